/**
 * Chapter four: a post that is refused. The sender is told why; the list never sees it.
 */
import { letter } from "../letters.ts";
import type { Mill } from "../mill.ts";
import { command, cut, grep, heading, say } from "../page.ts";
import type { PostOffice } from "../postoffice.ts";
import { expect } from "../told.ts";
import { arrived, read } from "./distribution.ts";

const seller = "sales@lights.example.com";

export async function refusal(mill: Mill, outside: PostOffice): Promise<void> {
  heading("4  A post that is refused");
  mill.type(
    ["receive", "--sender", seller, "play@lists.example.org"],
    letter("5-offer"),
  );
  await arrived(outside, [seller], "multipart/report");
  const rejected = grep(mill.said(), "rejected");
  command("grep rejected run.log | cut -c26-", cut(rejected, 26));
  say(
    "\nThe sender is told (RFC 3464), from the null sender, so that nobody answers:",
  );
  const report = read(outside.find(seller, "multipart/report"));
  const shown = report.split("\n").slice(0, 22).join("\n");
  command(`head -22 mail/${seller}/new/*`, shown);
  expect(
    "the report comes from the null sender",
    report.startsWith("Return-Path: <>\n"),
  );
  expect(
    "the report gives the reason",
    report.includes("Only members may post"),
  );
  expect(
    "the list did not get it",
    outside.find("zoe@example.net", "<offer-20-off@") === undefined,
  );
}
