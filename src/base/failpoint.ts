/**
 * Places where a crash test may kill the process, in the order of a message's way.
 * LISTMILL_FAILPOINT=<name>[:<n>] kills it with SIGKILL at the n-th passage (default the first).
 */
import { variable } from "./environment.ts";

/** Every failpoint that a message passes; a test walks the list. */
export const failpoints = [
  "maildir-made",
  "maildir-claimed",
  "claimed",
  "hook-asked",
  "hooks-done",
  "passed-on",
  "child-written",
  "before-commit",
  "committed",
  "child-published",
  "published",
  "finished",
  "half-removed",
  "removed",
  "before-transaction",
  "transaction-sent",
  "transaction-noted",
  "number-allotted",
  "digest-claimed",
] as const;

/** Those that a message passes only where something befalls it. */
const others = [
  "drop-noted",
  "repair-claimed",
  "lay-noted",
  "repair-moved",
  "rename-begun",
  "rename-state",
  "rename-archive",
  "rename-carried",
  "remove-aside",
  "remove-written",
  "remove-cleared",
  "restore-filled",
  "restore-back",
  "member-added",
  "member-removed",
  "decision-made",
  "decision-announced",
  "decision-done",
  "bounce-noted",
  "bounce-kept",
  "trial-begun",
  "trial-silenced",
  "post-buried",
  "post-unshelved",
  "event-due",
  "event-told",
  "mbox-noted",
  "mbox-half",
  "mbox-written",
  "maildir-ready",
  "maildir-noted",
  "maildir-delivered",
  "http-answered",
  "inbox-noted",
  "inbox-half",
  "inbox-written",
  "mhonarc-done",
  "consumer-sent",
  "consume-ran",
  "consume-noted",
] as const;

export type Failpoint = (typeof failpoints)[number] | (typeof others)[number];

const [armed, count = "1"] = (variable("LISTMILL_FAILPOINT") ?? "").split(":");
let left = Number(count);

/** Dies here when this failpoint is armed. */
export function failpoint(name: Failpoint): void {
  if (name !== armed) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}
