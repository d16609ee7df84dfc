/**
 * What tells programs that an issue of the digest was made: it follows from the claim of the entry, so it is
 * the same in every try.
 */
import { join } from "node:path";
import {
  type EventEmission,
  emissionOf,
  type Occurrence,
} from "../lists/events.ts";
import type { Envelope } from "../spool/envelope.ts";
import { begun, claim } from "./issues.ts";
import type { Counting } from "./record.ts";

/** What an entry of the queue `digest` has issued, told; undefined where it has issued nothing. */
export async function issuedBy(
  arrival: Omit<Occurrence, "site" | "list"> & {
    readonly site: Occurrence["site"] & { readonly home: string };
    readonly list: Occurrence["list"] & {
      readonly settings: { readonly digest: Omit<Counting, "now"> };
    };
    readonly envelope: Envelope;
  },
): Promise<EventEmission | undefined> {
  const { site, list, id, envelope, now } = arrival;
  const digestDir = join(site.home, "archive", list.address, "digest");
  if (!begun({ digestDir, id })) return undefined;
  const counting = { ...list.settings.digest, now };
  const issue = await claim({ digestDir, id }, counting);
  if (!issue || issue.posts.length === 0) return undefined;
  const { number, volume, ordinal, posts } = issue;
  const by = envelope.origin === "operator" ? "command" : "mill";
  return emissionOf(
    arrival,
    "digest.issued",
    { by, who: "" },
    { issue: number, volume, number: ordinal, posts: posts.length },
  );
}
