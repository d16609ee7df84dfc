/**
 * Hooks that run in this process: `*.hook.ts` and `*.hook.mjs`, one exported async function.
 * A changed file is loaded anew for the next message. What it throws counts as "later".
 */
import { pathToFileURL } from "node:url";
import { messageOf } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import type { Hook } from "./layers.ts";
import {
  type Answer,
  answerOf,
  type Question,
  type Reply,
} from "./question.ts";

type InlineHook = (question: Question) => Promise<Reply> | Reply;

const loaded = new Map<string, { version: string; run: InlineHook }>();
/** Node remembers a module that could not be loaded: the next try needs another name. */
let failures = 0;

async function load(hook: Hook): Promise<InlineHook> {
  const known = loaded.get(hook.file);
  if (known?.version === hook.version) return known.run;
  const url = `${pathToFileURL(hook.file)}?${hook.version}.${failures}`;
  const module = await import(url).catch((error: unknown) => {
    failures += 1;
    throw error;
  });
  if (typeof module.default !== "function")
    throw new Error("it exports no function (export default async function …)");
  loaded.set(hook.file, { version: hook.version, run: module.default });
  return module.default;
}

/** @param timeout milliseconds; an inline hook cannot be stopped, but the message goes on waiting */
export async function askInline(
  hook: Hook,
  question: Question,
  timeout: number,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(
      () => resolve(failed(`no answer within ${timeout / 1000} s`)),
      timeout,
    );
  });
  try {
    const answer = async () =>
      answerOf(await (await load(hook))(question), question.verb);
    return await Promise.race([answer(), late]);
  } catch (error) {
    return failed(messageOf(error));
  } finally {
    clearTimeout(timer);
  }
}

function failed(reason: string): Answer {
  return { verdict: { kind: "later", reason: oneLine(reason, 500) }, line: "" };
}
