/**
 * Chapter three: the mill turns. Four posts go to four lists, each with its own kind of members.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { dropLetter, letter } from "../letters.ts";
import type { Mill } from "../mill.ts";
import { command, cut, heading, say, tree } from "../page.ts";
import type { PostOffice } from "../postoffice.ts";
import { helpers, parents, teachers } from "../sources.ts";
import { expect, until } from "../told.ts";

const players = ["anna@example.org", "zoe@example.net"];

export async function distribution(
  mill: Mill,
  outside: PostOffice,
): Promise<void> {
  heading("3  The mill turns");
  mill.start();
  await arrived(outside, players, "<lanterns.1@");
  await until("the post is archived", () => isArchived(mill, "play"));
  command("cut -c12- run.log", cut(mill.said(), 12));

  say(
    "\nThree more. One has an attachment, one is signed; and one does not come by a pipe:\nthe MTA leaves it in spool/incoming, which is a Maildir.",
  );
  mill.type(
    [
      "receive",
      "--sender",
      "frost@school.example",
      "teachers@lists.example.org",
    ],
    letter("2-timetable"),
  );
  mill.type(
    ["receive", "--sender", "frost@school.example", "year4@lists.example.org"],
    letter("3-trip"),
  );
  dropLetter(mill, "4-van");
  await arrived(outside, teachers, "<20260302192045.7F3A@");
  await arrived(outside, parents, "<20260303075502.7F41@");
  await arrived(outside, helpers, "<van.77@");
  say("\nWhat the world outside got, a Maildir each:");
  const boxes = readdirSync(join(mill.home, "mail")).sort();
  const got = boxes.flatMap((address) => outside.mailbox(address));
  command(
    "ls mail/*/new/*",
    got.map((path) => relative(mill.home, path)).join("\n"),
  );
  expect("each has got one message, and nobody else", got.length === 9);

  const post = read(outside.find("zoe@example.net", "<lanterns.1@"));
  say(
    "\nThe post that Zoë got: the marks of a list, and no more request for a receipt.",
  );
  const [header = ""] = post.split("\n\n");
  command("sed '/^$/q' mail/zoe@example.net/new/*", header);
  expect(
    "it comes from the bounce address",
    header.startsWith("Return-Path: <play-bounces@lists.example.org>"),
  );
  expect(
    "the site's hook has edited it",
    header.includes("\nList-Archive: <https://school.example/play>"),
  );
  expect("the subject has its prefix", /^Subject: \[play\] /m.test(header));
  expect(
    "nobody asks for a receipt",
    !header.includes("Disposition-Notification-To"),
  );
  expect(
    "it has its footer",
    post.includes("To all who make the play: play@lists.example.org"),
  );

  const signed = read(
    outside.find("lena@example.com", "<20260303075502.7F41@"),
  );
  const body = (text: string) => text.slice(text.indexOf("\n\n"));
  expect(
    "the signed body is the same byte for byte",
    body(signed) === body(read(letter("3-trip"))),
  );
  say(
    "\nThe signed letter came without a footer, its body the same byte for byte. With OpenSSL:",
  );
  command("openssl cms -verify -noverify -in mail/lena@example.com/new/*");
  expect(
    "the attachment is whole",
    read(outside.find("ito@school.example", "7F3A@")).includes(
      'filename="friday.csv"',
    ),
  );

  for (const list of ["teachers", "year4", "helpers"])
    await until(`${list}@ is archived`, () => isArchived(mill, list));
  say("\nThe archive:");
  command(
    "tree -I 'numbers|digest' archive",
    tree(mill.home, ["archive"], /^(numbers|digest)$/),
  );
}

function isArchived(mill: Mill, list: string): boolean {
  return mill.said().includes(`: ${list}@lists.example.org 1\n`);
}

/** Waits until each address has a message with this text in it. */
export async function arrived(
  outside: PostOffice,
  addresses: readonly string[],
  text: string,
): Promise<void> {
  for (const address of addresses)
    await until(
      `${address} gets ${text}…>`,
      () => outside.find(address, text) !== undefined,
    );
}

export function read(path: string | undefined): string {
  expect("the message is there", path !== undefined);
  return readFileSync(path, "utf8");
}
