#!/usr/bin/env listmill-hook
// An issue goes to the members who read digests, in the form that each has chosen; a part of one to those
// who have changed over meanwhile.
import { issued } from "../../../src/digest/issues.ts";
import { issueIn, writeReaders } from "../../../src/digest/readers.ts";
import { digestOf } from "../../../src/digest/stream.ts";
import type { Ask, Reply } from "../../../src/hook.ts";
import { rosterOf } from "../../../src/lists/roster.ts";

export default async function readers(ask: Ask): Promise<Reply> {
  const { envelope, list, site } = ask;
  const extension = (envelope.extension ?? "").replace(/^digest.?/, "");
  const sent = issueIn(extension);
  if (!list || !sent) return;
  const { form, number, part } = sent;
  const roster = rosterOf(site.home);
  const file = ask.scratch();
  if (number === undefined)
    return roster.addressFile(list.address, `digest-${form}`, file);
  const issue = issued(digestOf(site, list), number);
  if (!issue)
    return ask.reject(`the posts of issue ${number} are kept no longer`);
  const name = { form, name: part };
  await writeReaders(roster, list.address, issue, name, file);
  return { file };
}
