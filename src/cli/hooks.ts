/**
 * listmill hooks: what will run, what it has done, and what it would do.
 */
import { actionOf } from "./actions.ts";
import type { Context, Verb } from "./context.ts";
import * as list from "./hooks/list.ts";
import * as fresh from "./hooks/new.ts";
import * as report from "./hooks/report.ts";
import * as trace from "./hooks/trace.ts";
import * as attempt from "./hooks/try.ts";

interface Action {
  readonly usage: string;
  run(context: Context, args: readonly string[]): Promise<number>;
}

const actions: Readonly<Record<string, Action>> = {
  try: attempt,
  trace,
  new: fresh,
  report,
};

const verb: Verb = {
  usage: [list, ...Object.values(actions)].map(({ usage }) => usage).join("\n"),
  async run(context, args) {
    const [word = "", ...rest] = args;
    const act = actionOf(actions, word);
    if (act) return act.run(context, rest);
    return args.some((arg) => arg === "--stats" || arg === "--reset")
      ? report.stats(context, args)
      : list.run(context, args);
  },
};
export default verb;
