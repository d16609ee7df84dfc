/**
 * What the digest queue does with what comes: LIST-digest@ is a post to collect, LIST-digest-issue@
 * the alarm that was set for the oldest post or an operator's wish, LIST-digest-mime@ and -plain@
 * are issues on their way. An alarm is a message that is not due yet: the spool is the calendar.
 */
import { join } from "node:path";
import type { Piece } from "../base/pieces.ts";
import type { List } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import { compose, messageId } from "../mail/compose.ts";
import { collect, due, type Pending, pending } from "./collect.ts";
import { begun, claim } from "./issues.ts";
import { buildMime } from "./mime.ts";
import { buildPlain } from "./plain.ts";

export interface Arrival {
  readonly site: Site;
  readonly list: List;
  /** The entry's id, the same in every try. */
  readonly id: string;
  readonly received: Date;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What follows `digest`: "", "issue", "mime" or "plain". */
  readonly extension: string;
  readonly byHand: boolean;
  readonly content: readonly Piece[];
  address(extension: string): string;
}

/** A message that follows. `due` is in seconds since 1970. */
export interface Following {
  readonly recipient: string;
  readonly content: readonly Piece[];
  readonly due?: number;
}

/** @returns the messages that follow: an alarm, or an issue in its two forms */
export async function collectOrIssue(arrival: Arrival): Promise<Following[]> {
  const { extension, list, id, now, byHand } = arrival;
  const digestDir = join(arrival.site.home, "archive", list.address, "digest");
  if (extension === "mime" || extension === "plain") return [];
  const settings = list.settings.digest;
  // An issue that was begun under this id before a crash is finished first.
  if (begun({ digestDir, id })) return issue(arrival, digestDir);
  if (extension === "issue") {
    // An alarm is early where its post went out in an issue meanwhile, or somebody rang it.
    const state = pending(digestDir);
    const isDue = byHand || due(state, settings, now);
    return isDue ? issue(arrival, digestDir) : alarms(arrival, state);
  }
  const state = await collect({ ...arrival, digestDir });
  if (due(state, settings, now)) return issue(arrival, digestDir);
  return state.first ? alarms(arrival, state) : [];
}

/** The oldest post that is in no issue sets an alarm for its age. */
function alarms(arrival: Arrival, { oldest }: Pending): Following[] {
  const { age } = arrival.list.settings.digest;
  return oldest && age > 0 ? [alarm(arrival, oldest.getTime() + age)] : [];
}

/** @param due milliseconds since 1970 */
function alarm(
  { address, id, received, site }: Arrival,
  due: number,
): Following {
  const recipient = address("digest-issue");
  const content = compose({
    from: address("owner"),
    to: recipient,
    subject: "The oldest post of the digest has waited long enough",
    date: received,
    messageId: messageId(`alarm.${id}`, site.hostname),
    text: "An alarm that the digest set itself.\n",
  });
  return { recipient, content: [content], due: Math.ceil(due / 1000) };
}

/** @returns the issue in its two forms, and an alarm for posts that came meanwhile */
async function issue(
  arrival: Arrival,
  digestDir: string,
): Promise<Following[]> {
  const { id, list, received, site, address } = arrival;
  const found = await claim({ digestDir, id });
  if (!found) return [];
  const masthead = {
    audience: { site, list },
    from: address("owner"),
    date: received,
    id,
  };
  return [
    {
      recipient: address("digest-mime"),
      content: await buildMime(found, masthead),
    },
    {
      recipient: address("digest-plain"),
      content: await buildPlain(found, masthead),
    },
    ...alarms(arrival, pending(digestDir)),
  ];
}
