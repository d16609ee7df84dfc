/**
 * Chapter five: what Ben gets, who reads digests: three posts as one message.
 */
import { letter } from "../letters.ts";
import type { Mill } from "../mill.ts";
import { command, heading, say } from "../page.ts";
import type { PostOffice } from "../postoffice.ts";
import { expect, until } from "../told.ts";
import { arrived, read } from "./distribution.ts";

const play = "play@lists.example.org";

export async function digest(mill: Mill, outside: PostOffice): Promise<void> {
  heading("5  A digest");
  mill.type(
    ["receive", "--sender", "zoe@example.net", play],
    letter("6-lanterns"),
  );
  mill.type(
    ["receive", "--sender", "anna@example.org", play],
    letter("7-bicycle"),
  );
  await arrived(
    outside,
    ["anna@example.org", "zoe@example.net"],
    "<bicycle.2@",
  );
  await until("three posts are collected", () => settled(mill));
  expect(
    "Ben has got nothing so far",
    outside.mailbox("ben@example.com").length === 0,
  );
  say(
    "\nBen reads digests. One goes out by number, size or age, or when somebody says so:",
  );
  mill.type(["digest", "issue", play]);
  await arrived(outside, ["ben@example.com"], "multipart/digest");
  const issue = read(outside.find("ben@example.com", "multipart/digest"));
  const lines = issue.slice(0, issue.indexOf("multipart/digest")).split("\n");
  const shown = lines.slice(0, -3);
  command(`head -${shown.length} mail/ben@example.com/new/*`, shown.join("\n"));
  for (const id of ["<lanterns.1@", "<9c1f.zoe@", "<bicycle.2@"])
    expect(`the digest holds ${id}…>`, issue.includes(id));
}

/** Whether the mill has nothing at hand but what is due another day. */
function settled(mill: Mill): boolean {
  const rows = JSON.parse(mill.ask(["--json", "queue"])) as { next: string }[];
  return rows.every(({ next }) => /^\d{4}-/.test(next));
}
