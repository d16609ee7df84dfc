/**
 * Chapter two: a message waits. No runner is up, so one can look at the entry in peace.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { letter } from "../letters.ts";
import type { Mill } from "../mill.ts";
import { command, heading, say, tree } from "../page.ts";
import { expect } from "../told.ts";

export function waiting(mill: Mill): void {
  heading("2  A message comes in, and waits");
  say(
    "This is what an MTA's pipe does. Exit code 0 is given when it is on disk.",
  );
  mill.type(
    ["receive", "--sender", "anna@example.org", "play@lists.example.org"],
    letter("1-premiere"),
  );
  command("tree -I bell spool/incoming", tree(mill.home, ["spool/incoming"]));
  const [entry = ""] = readdirSync(join(mill.home, "spool/incoming/new"));
  const path = `spool/incoming/new/${entry}/envelope.json`;
  const envelope = readFileSync(join(mill.home, path), "utf8");
  command(`cat ${path}`, envelope);
  say(
    "The name says when it is due (seconds since 1970), how often it was tried, and its id.",
  );
  const { sender, list } = JSON.parse(envelope) as Record<string, unknown>;
  expect("the envelope names the sender", sender === "anna@example.org");
  expect("the envelope names the list", list === "play@lists.example.org");
}
