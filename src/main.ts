/**
 * The command line: finds the verb, and says what went wrong in one line on stderr.
 */
import { join } from "node:path";
import { keepCompiled } from "./base/compiled.ts";
import { homeNamed } from "./base/environment.ts";
import { exit, Failure, messageOf } from "./base/errors.ts";
import type { Verb } from "./cli/context.ts";

/** Each verb's file, loaded only when it is called: an MTA's pipe starts in a moment. */
const verbs: Record<string, () => Promise<{ default: Verb }>> = {
  init: () => import("./cli/init.ts"),
  check: () => import("./cli/check.ts"),
  list: () => import("./cli/list.ts"),
  held: () => import("./cli/held.ts"),
  member: () => import("./cli/member.ts"),
  role: () => import("./cli/people.ts"),
  policy: () => import("./cli/policy.ts"),
  import: () => import("./cli/import.ts"),
  bounces: () => import("./cli/bounces.ts"),
  suppress: () => import("./cli/suppress.ts"),
  state: () => import("./cli/state.ts"),
  keys: () => import("./cli/keys.ts"),
  receive: () => import("./cli/receive.ts"),
  run: () => import("./cli/run.ts"),
  nodes: () => import("./cli/nodes.ts"),
  queue: () => import("./cli/queue.ts"),
  spool: () => import("./cli/spool.ts"),
  rate: () => import("./cli/rate.ts"),
  hooks: () => import("./cli/hooks.ts"),
  template: () => import("./cli/template.ts"),
  replay: () => import("./cli/replay.ts"),
  archive: () => import("./cli/archive.ts"),
  digest: () => import("./cli/digest.ts"),
  consume: () => import("./cli/consume.ts"),
  aliases: () => import("./cli/aliases.ts"),
};

async function help(only?: string): Promise<string> {
  if (only !== undefined && !Object.hasOwn(verbs, only)) throw unknown(only);
  const lines = [
    "listmill: a mailing list manager made of spool and hook directories",
    "",
  ];
  for (const [name, load] of Object.entries(verbs))
    if (only === undefined || name === only)
      lines.push((await load()).default.usage.trimEnd(), "");
  lines.push(
    "--home DIR (or LISTMILL_HOME, or the current directory) names the home.",
    "--json prints what is listed as JSON. Exit codes are those of sysexits(3); hooks try, trace and",
    "new end with that of the verdict.",
  );
  return lines.join("\n");
}

function unknown(name: string): Failure {
  const names = Object.keys(verbs).join(", ");
  return new Failure(exit.usage, `unknown verb "${name}"; there are: ${names}`);
}

/** Takes the options that every verb has out of the arguments. */
function common(args: string[]): {
  home?: string;
  json: boolean;
  help: boolean;
  rest: string[];
} {
  const found: { home?: string; json: boolean; help: boolean; rest: string[] } =
    {
      json: false,
      help: false,
      rest: [],
    };
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    // What follows is another program's.
    if (arg === "--" || arg === "--exec") {
      found.rest.push(...args.slice(at));
      break;
    }
    if (arg === "--home") {
      at += 1;
      if (args[at] === undefined)
        throw new Failure(exit.usage, "--home takes a directory");
      found.home = args[at] as string;
    } else if (arg.startsWith("--home=")) found.home = arg.slice(7);
    else if (arg === "--json") found.json = true;
    else if (arg === "--help" || arg === "-h") found.help = true;
    else found.rest.push(arg);
  }
  return found;
}

async function main(args: string[]): Promise<number> {
  const { home, json, help: wantsHelp, rest } = common(args);
  const [name, ...others] = rest;
  if (name === undefined || name === "help" || wantsHelp) {
    process.stdout.write(`${await help(name === "help" ? others[0] : name)}\n`);
    return name === undefined && !wantsHelp ? exit.usage : exit.ok;
  }
  if (name === "--version" || name === "version") {
    const { version } = (
      await import("../package.json", { with: { type: "json" } })
    ).default;
    process.stdout.write(`${version}\n`);
    return exit.ok;
  }
  const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!load) throw unknown(name);
  keepCompiled(join(homeNamed(home), "state", "compiled"));
  const { Context } = await import("./cli/context.ts");
  return (await load()).default.run(new Context(home, json), others);
}

function complain(error: unknown): number {
  if (error instanceof Failure) {
    process.stderr.write(`listmill: ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`listmill: ${messageOf(error)}\n`);
  // On a doubt an MTA must keep the message: 75.
  return exit.tryLater;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader of our output has left: nothing more to say.
  process.exit(error.code === "EPIPE" ? exit.ok : exit.ioError);
});

process.exitCode = await main(process.argv.slice(2)).catch(complain);
