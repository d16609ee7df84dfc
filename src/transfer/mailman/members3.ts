/**
 * Members of a list of Mailman 3. The API tells their preferences apart from them, under
 * /members/ID/preferences: where the document has them as "preferences" of a member they are kept.
 * Pure.
 */
import type { Delivery } from "../../lists/people.ts";
import type { FoundMember } from "../found.ts";
import { languageOf, lookedUp } from "../texts.ts";
import { isRecord, type Record3, type Source3, textOf } from "./source3.ts";

const deliveries: Readonly<Record<string, Delivery>> = {
  regular: "posts",
  plaintext_digests: "digest-plain",
  mime_digests: "digest-mime",
  summary_digests: "digest-plain",
};

/** @param where names the place in the document */
export function member3(
  entry: Record3,
  source: Source3,
  where: string,
): FoundMember {
  const own = isRecord(entry.preferences) ? entry.preferences : {};
  const said = (name: string) => own[name] ?? entry[name];
  const status = textOf(said("delivery_status") ?? "enabled");
  const off = ["by_user", "by_moderator", "unknown"].includes(status);
  const mode = lookedUp(deliveries, textOf(said("delivery_mode"))) ?? "posts";
  const language = languageOf(textOf(said("preferred_language")));
  const name = textOf(entry.display_name).trim();
  const action = entry.moderation_action;
  const strict = source.posting.members !== "accept";
  return {
    address: textOf(entry.email),
    delivery: off ? "nomail" : mode,
    ...(name && { name }),
    ...(language &&
      language !== languageOf(textOf(source.config.preferred_language)) && {
        language,
      }),
    ...(action === "hold" && !strict && { moderation: "moderated" }),
    ...((action === "accept" || action === "defer") &&
      strict && { moderation: "free" }),
    ...(typeof own.receive_own_postings === "boolean" && {
      ownCopy: own.receive_own_postings,
    }),
    ...(typeof own.receive_list_copy === "boolean" && {
      duplicates: own.receive_list_copy,
    }),
    ...(own.acknowledge_posts === true && { acknowledge: true }),
    ...(status === "by_bounces" && { suspended: suspendedAt(entry) }),
    where,
  };
}

/** When the last bounce came, if that is told. */
function suspendedAt(entry: Record3): number {
  const at = Date.parse(textOf(entry.last_bounce_received));
  return Number.isFinite(at) ? at : 0;
}
