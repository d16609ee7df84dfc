/**
 * `listmill run lmtp`, `listmill run http`: the doors of receipt/, open until the process is asked to stop.
 */
import { stderrLog } from "../base/log.ts";
import type { Context } from "./context.ts";

/** What each door is called by people; the words stand beside the names of queues in `listmill run`. */
const names = { lmtp: "LMTP", http: "HTTP" } as const;

export type DoorWord = keyof typeof names;

/** Whether a word is no queue but a door. */
export function isDoor(word: string): word is DoorWord {
  return Object.hasOwn(names, word);
}

/** "LMTP and HTTP". */
export function nameOf(doors: readonly DoorWord[]): string {
  return doors.map((word) => names[word]).join(" and ");
}

export interface Door {
  /** Resolves when it is closed and nothing is in flight any more. */
  readonly closed: Promise<void>;
}

/**
 * Opens a door.
 * @param signal aborted when it shall close
 * Throws Failure where nobody can listen there.
 */
export async function openDoor(
  word: DoorWord,
  context: Context,
  signal: AbortSignal,
): Promise<Door> {
  const { site, lists, spool, clock } = context;
  const open = await opener(word);
  const door = await open({ site, lists, spool, clock, log: stderrLog });
  stderrLog(word, `listens on ${door.where} for ${site.home}`);
  const closed = new Promise<void>((done) => {
    const close = () => done(door.close());
    if (signal.aborted) close();
    else signal.addEventListener("abort", close, { once: true });
  });
  return { closed };
}

/** Only now: a runner without the door has no use for its packages. */
async function opener(word: DoorWord) {
  switch (word) {
    case "lmtp":
      return (await import("../receipt/lmtp.ts")).openLmtp;
    case "http":
      return (await import("../receipt/http.ts")).openHttp;
  }
}
