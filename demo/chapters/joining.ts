/**
 * Chapter six: somebody joins by mail, after the list has asked the address itself.
 */
import { letter } from "../letters.ts";
import type { Mill } from "../mill.ts";
import { command, heading, say } from "../page.ts";
import type { PostOffice } from "../postoffice.ts";
import { expect } from "../told.ts";
import { arrived, read } from "./distribution.ts";

const dora = "dora@example.net";
const play = "play@lists.example.org";

export async function joining(mill: Mill, outside: PostOffice): Promise<void> {
  heading("6  Somebody joins");
  mill.type(
    ["receive", "--sender", dora, "play-subscribe@lists.example.org"],
    letter("8-join"),
  );
  await arrived(outside, [dora], "Do you want to join");
  say(
    "\nAnybody can write anybody's address into a mail, so the address itself is asked. Nothing is\nstored meanwhile: what is to happen stands, signed, in the address that an answer goes to.",
  );
  const question = read(outside.find(dora, "Do you want to join"));
  const back = /^Reply-To: (\S+)$/m.exec(question)?.[1] ?? "";
  command(`grep ^Reply-To mail/${dora}/new/*`, `Reply-To: ${back}`);
  expect("the question quotes nothing", !question.includes("let me in"));
  expect(
    "nobody has joined so far",
    !mill.ask(["member", "list", play]).includes(dora),
  );
  mill.type(["receive", "--sender", dora, back], letter("9-yes"));
  await arrived(outside, [dora], "Welcome to");
  mill.type(["member", "history", play, dora]);
  expect("Dora is a member", mill.ask(["member", "list", play]).includes(dora));
}
