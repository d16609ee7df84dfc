/**
 * The last chapter: what is left, and where the reader may look.
 */
import type { Mill } from "../mill.ts";
import { command, heading, say } from "../page.ts";
import { expect } from "../told.ts";

export async function end(mill: Mill): Promise<void> {
  heading("7  What is left");
  command("kill %1");
  expect("the runner ends by itself with 0", (await mill.stop()) === 0);
  mill.type(["queue"]);
  const rows = JSON.parse(mill.ask(["--json", "queue"])) as { error: string }[];
  expect(
    "nothing has failed",
    rows.every(({ error }) => error === ""),
  );
  say(
    "That is no leftover, but the digest's alarm clock: a message that is due tomorrow.",
  );
  heading("Look around");
  say(`\
All of it is kept until the next demo:

cd ${mill.home}
cat run.log                                  what the mill did
less archive/*/*/*/*.eml                     the stored posts
ls mail/*/new                                who got what

docs/hooks.md tells how to write hooks; README.md how to run a mill behind your MTA.`);
}
