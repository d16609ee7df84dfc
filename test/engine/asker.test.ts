// Recipients of other lists, who gave which address, and what a hook that stops a message emits.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Report } from "../../src/engine/asker.ts";
import { turn } from "../../src/engine/turn.ts";
import type { GivenBy } from "../../src/spool/envelope.ts";
import { Toy } from "./toy.ts";

/** An inline hook that brings the recipients of other lists. */
const bringing = (...lists: string[]) => `
export default async function (ask) { return all(ask); }
async function* all(ask) {
  for (const list of ${JSON.stringify(lists)}) yield* ask.recipientsOf(list);
}`;

function lists(t: Test) {
  const toy = new Toy(t);
  const own = (list: string, name: string, text: string) =>
    toy.hook(`q/10-recipients/${name}`, text, 0o755, `${list}/hooks.d`);
  return { toy, own, sh: (text: string) => `#!/bin/sh\n${text}\n` };
}

t.test("lists in a circle are asked once each", async (t) => {
  const { toy, own, sh } = lists(t);
  toy.hook("q/10-recipients/90-others.hook.mjs", bringing("a", "b"));
  own("a", "10-people", sh("echo anna@x; echo all@x"));
  own("a", "90-others.hook.mjs", bringing("b", "list", "a"));
  own("b", "10-people", sh("echo bert@x; echo all@x"));
  own("b", "90-others.hook.mjs", bringing("a"));
  toy.portion = 10;
  await toy.put("q");
  await toy.turn("q");
  const { recipients } = toy.one("outbound");
  t.same(recipients.trim().split("\n").sort(), [
    "all@x",
    "all@x",
    "anna@x",
    "bert@x",
  ]);
});

t.test("a list of which a part fails is no list", async (t) => {
  const { toy, own, sh } = lists(t);
  toy.hook("q/10-recipients/90-others.hook.mjs", bringing("a"));
  own("a", "10-people", sh("echo anna@x"));
  own("a", "20-more", sh("echo bert@x; echo no directory >&2; exit 75"));
  await toy.put("q");
  await toy.turn("q");
  t.same(toy.found("outbound"), []);
  t.match(
    toy.heard().join("\n"),
    /waits .*a: q\/10-recipients\/20-more: later: no directory/,
  );
});

t.test(
  "a broken list of hooks of another list makes the message wait",
  async (t) => {
    const { toy, own, sh } = lists(t);
    toy.hook("q/10-recipients/90-others.hook.mjs", bringing("a"));
    toy.hook("q/10-recipients/10-open", sh("echo x@x"), 0o757, "a/hooks.d");
    own("a", "20-people", sh("echo anna@x"));
    await toy.put("q");
    await toy.turn("q");
    t.same(toy.found("outbound"), []);
    t.match(toy.heard().join("\n"), /waits .*a: .*refused/);
  },
);

t.test("an entry tells which hook gave an address", async (t) => {
  const { toy } = lists(t);
  toy.shell("q/10-recipients/10-first", "echo anna@x; echo bert@x");
  toy.shell("q/10-recipients/20-none", "true");
  toy.shell("q/10-recipients/30-second", "echo carl@x; echo anna@x");
  toy.shell("q/20-refine/10-each", "sort -u");
  toy.shell("q/30-recipients/10-late", "echo dora@x");
  toy.portion = 2;
  await toy.put("q");
  await toy.turn("q");
  toy.one("outbound");
  await toy.turn("outbound");
  const entries = toy.found("outbound");
  t.equal(entries.length, 2, "each portion tells it");
  for (const { path, envelope } of entries) {
    const told = (envelope.given ?? []).map(
      ({ hook, file, start, end }: GivenBy) => [
        hook,
        readFileSync(join(path, file), "utf8").slice(start, end),
      ],
    );
    t.same(told, [
      ["q/10-recipients/10-first", "anna@x\nbert@x\n"],
      ["q/10-recipients/20-none", ""],
      ["q/10-recipients/30-second", "carl@x\nanna@x\n"],
      ["q/30-recipients/10-late", "dora@x\n"],
    ]);
  }
});

t.test("it still tells after a part of them was served", async (t) => {
  const { toy } = lists(t);
  toy.shell(
    "q/10-recipients/10-first",
    "echo anna@x; echo bert@x; echo carl@x",
  );
  toy.shell(
    "outbound/10-deliver/10-some",
    `printf 'anna@x\\tnever\\tno such\\nbert@x\\tlater\\tfull\\ncarl@x\\tsent\\tok\\n'`,
  );
  toy.portion = 10;
  await toy.put("q");
  await toy.turn("q");
  await toy.turn("outbound");
  const { path, envelope, recipients } = toy.one("outbound");
  t.equal(recipients, "bert@x\n");
  const [given] = envelope.given ?? [];
  t.equal(given?.hook, "q/10-recipients/10-first");
  t.equal(
    readFileSync(join(path, given?.file ?? ""), "utf8"),
    "anna@x\nbert@x\ncarl@x\n",
  );
});

t.test("who holds or rejects a message may tell people of it", async (t) => {
  for (const verdict of ["hold", "reject"]) {
    const { toy } = lists(t);
    toy.hook(
      "q/10-approve/10-stop.hook.mjs",
      `export default (ask) => {
        ask.emit({ recipient: "owner@x", content: [Buffer.from("Note: look\\n")] });
        return { kind: "${verdict}", reason: "too few" };
      };`,
    );
    const { id } = await toy.put("q");
    await toy.turn("q");
    t.equal(toy.one("incoming").envelope.recipient, "owner@x");
    if (verdict === "reject") continue;
    const held = toy.one("held");
    t.equal(held.name.id, id);
    t.match(held.envelope.rest, { queue: "q", stage: "q/10-approve" });
  }
});

t.test("the witness is told what came of each hook", async (t) => {
  const { toy } = lists(t);
  toy.observe = ["q/10-approve/20-watched"];
  toy.shell("q/10-approve/10-good", "exit 0");
  toy.shell("q/10-approve/20-watched", "echo nobody; exit 77");
  toy.shell("q/10-approve/30-bad", "exit 3");
  await toy.put("q");
  const reports: Report[] = [];
  const mill = {
    ...toy.mill,
    witness: (report: Report) => reports.push(report),
  };
  const [name] = toy.found("q").map((found) => found.name);
  if (name) await turn(mill, "q", { kind: "entry", name });
  t.same(
    reports.map(({ hook, verdict, observed }) => [
      hook.path,
      verdict.kind,
      observed,
    ]),
    [
      ["q/10-approve/10-good", "pass", false],
      ["q/10-approve/20-watched", "reject", true],
      ["q/10-approve/30-bad", "later", false],
    ],
  );
  t.ok(reports.every(({ milliseconds }) => milliseconds > 0));
});

t.test("a list that nobody is on is refined too", async (t) => {
  const { toy } = lists(t);
  toy.shell("q/10-recipients/10-none", "true");
  toy.hook("q/10-recipients/20-none.hook.mjs", "export default () => {};");
  toy.shell("q/20-refine/10-count", "[ -s /dev/stdin ] || exit 80");
  await toy.put("q");
  await toy.turn("q");
  t.match(toy.one("held").envelope.rest, { stage: "q/20-refine" });
});
