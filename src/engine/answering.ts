/**
 * Requests in a message, each put to the hook of its name: what it prints is what is answered. One
 * that has to wait makes all of them wait: hooks that answer do the same again without harm.
 */
import { stopwatch } from "../base/clock.ts";
import type { Asker } from "./asker.ts";
import { type End, endOf } from "./end.ts";
import { type Hook, type Stage, wordOf } from "./layers.ts";
import type { Content, Emission, Request } from "./question.ts";

/** What came of one request. */
export interface Answered {
  readonly request: Request;
  /** `unknown`: there is no hook of that name. */
  readonly kind: "done" | "refused" | "unknown";
  /** "" where nothing need be said. */
  readonly text: string;
}

/** What came of all of them, or what stops them. */
export interface Answering {
  readonly end: End;
  readonly answers: readonly Answered[];
  /** What the hooks emitted. */
  readonly emitted: readonly Emission[];
}

/**
 * @param requests what the message asks for
 * @param path the queue's name and the stage's
 * @param isLifted whether a person has let the message pass this stage
 */
export async function answering<C extends Content>(
  asker: Asker<C>,
  standing: Parameters<Asker<C>["ask"]>[2],
  stage: Stage,
  requests: readonly Request[],
  path: string,
  isLifted: boolean,
): Promise<Answering> {
  const hooks = byWord(stage);
  const names = [...hooks.keys()];
  const answers: Answered[] = [];
  const emitted: Emission[] = [];
  for (const request of requests) {
    const hook = hooks.get(request.name);
    if (!hook) {
      answers.push({ request, kind: "unknown", text: "" });
      continue;
    }
    const seconds = stopwatch();
    const own: Emission[] = [];
    const asked = { ...request, names };
    const answer = await asker.ask(hook, stage, standing, own, asked);
    const { verdict, text = "" } = answer;
    asker.tell(hook, stage, answer, verdict, seconds());
    if (asker.isObserved(hook)) {
      answers.push({ request, kind: "done", text: "" });
      continue;
    }
    if (verdict.kind === "later" || (verdict.kind === "hold" && !isLifted)) {
      const end = endOf(verdict, hook.path, path);
      return {
        end,
        answers: [],
        // Those before are asked again when it is released; where it never is, what they have done is
        // done, and not told.
        emitted: verdict.kind === "hold" ? own : [],
      };
    }
    emitted.push(...own);
    if (verdict.kind === "reject")
      answers.push({ request, kind: "refused", text: verdict.reason });
    else answers.push({ request, kind: "done", text });
    if (verdict.kind === "discard")
      asker.say(`${hook.path}: discard: ${verdict.reason}`);
  }
  return { end: { kind: "done" }, answers, emitted };
}

/** The first of a name wins. */
function byWord({ hooks }: Stage): Map<string, Hook> {
  const found = new Map<string, Hook>();
  for (const hook of hooks)
    if (!found.has(wordOf(hook))) found.set(wordOf(hook), hook);
  return found;
}

/** The names that a stage answers to. */
export function wordsOf({ hooks }: Stage): Set<string> {
  return new Set(hooks.map(wordOf));
}
