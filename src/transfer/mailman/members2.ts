/**
 * The members of a list of Mailman 2, with what they chose. Pure.
 */
import type { FoundMember } from "../found.ts";
import type { PythonValue } from "../python/literal.ts";
import { languageOf } from "../texts.ts";
import { bits, numberOf, type Source2, textOf } from "./source2.ts";

/** Why a member gets no mail: by bounces. Other reasons are the member's or the owner's choice. */
const BY_BOUNCES = 4;

/** @param path names the file in what is told of a member */
export function members2(source: Source2, path: string): FoundMember[] {
  const options = source.map("user_options");
  const names = source.map("usernames");
  const languages = source.map("language");
  const statuses = source.map("delivery_status");
  const usual = source.number("new_member_options", 256);
  const moderatedByDefault = source.posting.members !== "accept";
  const one = (
    key: PythonValue,
    spelt: PythonValue,
    digest: boolean,
  ): FoundMember => {
    const set = numberOf(options.get(key)) ?? 0;
    const has = (bit: number) => (set & bit) !== 0;
    const differs = (bit: number) => ((set ^ usual) & bit) !== 0;
    const [status = 0, since = 0] = pair(statuses.get(key));
    const off = has(bits.noMail) || (status > 0 && status !== BY_BOUNCES);
    const digests = has(bits.plain) ? "digest-plain" : "digest-mime";
    const language = languageOf(textOf(languages.get(key)));
    const name = textOf(names.get(key)).trim();
    return {
      address: textOf(spelt) || textOf(key),
      delivery: off ? "nomail" : digest ? digests : "posts",
      ...(name && { name }),
      ...(language &&
        language !== languageOf(source.text("preferred_language")) && {
          language,
        }),
      ...(has(bits.moderated) &&
        !moderatedByDefault && { moderation: "moderated" }),
      ...(!has(bits.moderated) && moderatedByDefault && { moderation: "free" }),
      ...(differs(bits.notOwn) && { ownCopy: !has(bits.notOwn) }),
      ...(differs(bits.noDuplicates) && {
        duplicates: !has(bits.noDuplicates),
      }),
      ...(has(bits.acknowledge) && { acknowledge: true }),
      ...(status === BY_BOUNCES && { suspended: Math.round(since * 1000) }),
      where: `${path}: member ${textOf(key)}`,
    };
  };
  return [
    ...[...source.map("members")].map(([key, spelt]) => one(key, spelt, false)),
    ...[...source.map("digest_members")].map(([key, spelt]) =>
      one(key, spelt, true),
    ),
  ];
}

function pair(value: PythonValue | undefined): number[] {
  return Array.isArray(value) ? value.map((one) => numberOf(one) ?? 0) : [];
}
