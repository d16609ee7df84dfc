// One letter for all commands of a mail: what it tells, and how much of it.
import { simpleParser } from "mailparser";
import t, { type Test } from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { answerTo, type Outcome } from "../../src/commands/answer.ts";
import { Lists } from "../../src/lists/directory.ts";
import { loadSite } from "../../src/lists/settings.ts";

async function told(t: Test, outcomes: readonly Outcome[], quotes = true) {
  const home = t.testdir({ lists: {} });
  const site = loadSite(home);
  const list = await new Lists(home, site).create("news@x.org", {});
  const occasion = { site, list, now: 0, id: "0abc" };
  const to = { address: "ann@x.org", languages: ["de"] };
  const content = answerTo(occasion, to, outcomes, "<1@x.org>", quotes);
  return content && (await simpleParser(await bytes(content, 1_000_000)));
}

const outcome = (name: string, text: string): Outcome => ({
  request: { name, rest: "" },
  kind: "done",
  text,
});

t.test("what was answered in another way is not told", async (t) => {
  t.equal(
    await told(t, [outcome("help", ""), outcome("who", "\n")]),
    undefined,
  );
});

t.test("each command, what came of it, and what was no command", async (t) => {
  const mail = await told(t, [
    outcome("help", ""),
    outcome("weather", "sunny\nand warm\n"),
    { request: { name: "wether", rest: "x" }, kind: "unknown", text: "" },
  ]);
  t.equal(mail?.inReplyTo, "<1@x.org>");
  t.match(mail?.text, "  > weather\n    sunny\n    and warm\n");
  t.match(mail?.text, /> wether x\n +\S/);
  t.notMatch(mail?.text, "> help");
});

t.test("a stranger's words are not carried", async (t) => {
  const unknown: Outcome = {
    request: { name: "buy", rest: "at http://evil.example" },
    kind: "unknown",
    text: "",
  };
  const mail = await told(t, [unknown], false);
  t.match(mail?.text, "> buy\n");
  t.notMatch(mail?.text, "evil");
});

t.test("each of several has its share of the lines", async (t) => {
  const long = "line\n".repeat(5000);
  const names = Array.from({ length: 12 }, (_, n) => `long${n}`);
  const mail = await told(
    t,
    names.map((name) => outcome(name, long)),
  );
  const lines = mail?.text?.split("\n") ?? [];
  t.ok(lines.length < 1020, `${lines.length} lines`);
  for (const name of names.slice(0, 10))
    t.ok(lines.includes(`  > ${name}`), name);
  t.notOk(lines.includes("  > long10"), "ten commands a mail");
  t.equal(lines.filter((line) => line.trim() === "…").length, 10);
  t.match(mail?.text, "10");
});
