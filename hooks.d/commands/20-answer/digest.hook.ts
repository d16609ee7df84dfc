#!/usr/bin/env listmill-hook
// digest N
// An issue of the digest that went out, while its posts are kept.
import { join } from "node:path";
import { digest } from "../../../src/commands/archive.ts";
import { callerOf, caseOf, languagesOf } from "../../../src/commands/case.ts";
import { issued } from "../../../src/digest/issues.ts";
import { buildMime } from "../../../src/digest/mime.ts";
import type { Ask, Reply } from "../../../src/hook.ts";

export default async function answer(ask: Ask): Promise<Reply> {
  const asked = caseOf(ask);
  if (!asked) return;
  const { site, list, message, id, now } = asked;
  const folder = join(site.home, "archive", list.address, "digest");
  return digest(asked, async (number) => {
    const issue = issued(folder, number);
    if (!issue) return;
    const languages = await languagesOf(site, list, message, callerOf(asked));
    return buildMime(issue, {
      audience: { site, list, languages },
      from: ask.address("owner"),
      date: new Date(issue.time || now),
      id,
    });
  });
}
