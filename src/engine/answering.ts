/**
 * Requests in a message, each put to the hook of its name: what it prints is what is answered. One
 * that has to wait makes all of them wait: hooks that answer do the same again without harm.
 */
import { stopwatch } from "../base/clock.ts";
import type { Asker } from "./asker.ts";
import { type Hook, type Stage, wordOf } from "./layers.ts";
import type { Content, Emission, Request } from "./question.ts";
import type { Verdict } from "./verdict.ts";

/** What came of one request. */
export interface Answered {
  readonly request: Request;
  /** `unknown`: there is no hook of that name. */
  readonly kind: "done" | "refused" | "unknown";
  /** "" where nothing need be said. */
  readonly text: string;
}

/** What came of all of them, or the hook that stops them. */
export type Answering =
  | { readonly kind: "done"; readonly answers: readonly Answered[] }
  | {
      readonly kind: "stopped";
      readonly hook: Hook;
      readonly verdict: Extract<Verdict, { reason: string }>;
    };

/**
 * @param isLifted whether a person has let the message pass this stage
 * @param emitted gets what the hooks emit
 */
export async function answering<C extends Content>(
  asker: Asker<C>,
  standing: Parameters<Asker<C>["ask"]>[2],
  stage: Stage,
  requests: readonly Request[],
  isLifted: boolean,
  emitted: Emission[],
): Promise<Answering> {
  const hooks = byWord(stage, asker);
  const answers: Answered[] = [];
  for (const request of requests) {
    const hook = hooks.get(request.name);
    if (!hook) {
      answers.push({ request, kind: "unknown", text: "" });
      continue;
    }
    const seconds = stopwatch();
    const own: Emission[] = [];
    const answer = await asker.ask(hook, stage, standing, own, {
      ...request,
      names: [...hooks.keys()],
    });
    const { verdict, text = "" } = answer;
    asker.tell(hook, stage, answer, verdict, seconds());
    switch (verdict.kind) {
      case "pass":
      case "skip":
        answers.push({ request, kind: "done", text });
        break;
      case "reject":
        answers.push({ request, kind: "refused", text: verdict.reason });
        break;
      case "discard":
        asker.say(`${hook.path}: discard: ${verdict.reason}`);
        answers.push({ request, kind: "done", text: "" });
        break;
      case "hold":
        if (isLifted) break;
        emitted.push(...own);
        return { kind: "stopped", hook, verdict };
      case "later":
        return { kind: "stopped", hook, verdict };
    }
    emitted.push(...own);
  }
  return { kind: "done", answers };
}

/** The first of a name wins. */
function byWord<C extends Content>(
  { hooks }: Stage,
  asker: Asker<C>,
): Map<string, Hook> {
  const found = new Map<string, Hook>();
  for (const hook of hooks)
    if (!asker.isObserved(hook) && !found.has(wordOf(hook)))
      found.set(wordOf(hook), hook);
  return found;
}

/** The names that a stage answers to. */
export function wordsOf({ hooks }: Stage): Set<string> {
  return new Set(hooks.map(wordOf));
}
