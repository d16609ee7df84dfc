// What the default refine hooks make of a post's list, in a home with a runner.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import queue from "../../src/cli/queue.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import {
  feed,
  makeHome,
  news,
  runAll,
  unmoderated,
  verb,
  waiting,
} from "../cli/atHome.ts";

t.setTimeout(60_000);

const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `p${from + n}@x.org`);

interface Told {
  list?: Record<string, unknown>;
  people: readonly string[];
}

async function home(t: Test, { list = {}, people }: Told) {
  const dir = await makeHome(t, { list: { archive: false, ...list } });
  // What goes out waits as it is.
  const hooks = join(dir, "hooks.d/outbound/05-approve");
  mkdirSync(hooks, { recursive: true });
  writeFileSync(join(hooks, "10-wait"), "#!/bin/sh\nexit 75\n", {
    mode: 0o755,
  });
  const { lists } = new Context(dir, false);
  await lists.set(news, ["file.path", "people"]);
  const be = (all: readonly string[]) =>
    writeFileSync(join(dir, "people"), all.map((one) => `${one}\n`).join(""));
  be(people);
  const post = (header = "") =>
    feed(dir, `From: P1 <p1@x.org>\n${header}Subject: Hello\n\nText.\n`);
  const set = (key: string, value: unknown) => lists.set(news, [key, value]);
  return { dir, be, post, set };
}

/** Who is to get what lies in outbound. */
function recipients(dir: string): string[][] {
  return waiting(dir, "outbound").map((entry) =>
    readFileSync(join(entry, "recipients"), "utf8").split("\n").slice(0, -1),
  );
}

const held = (dir: string) => waiting(dir, "held");
const reason = (entry: string) =>
  JSON.parse(readFileSync(join(entry, "envelope.json"), "utf8")).history.at(-1)
    .reason;

t.test(
  "a list that shrank waits for a person, and the owners hear of it",
  async (t) => {
    const { dir, be, post } = await home(t, {
      list: { owners: ["olga@x.org"] },
      people: people(0, 100),
    });
    await post();
    await runAll(dir);
    t.equal(recipients(dir).flat().length, 100);

    be(people(0, 80));
    await post();
    await runAll(dir);
    t.same(held(dir), [], "20 of 100 is within the limit");

    be([]);
    await post();
    const log = await runAll(dir);
    const [entry = ""] = held(dir);
    t.match(reason(entry), /has 0 recipients, and had 80 the last time/);
    t.match(log.join("\n"), /15-shrink/);
    const note = waiting(dir, "outbound").find((path) =>
      readFileSync(join(path, "recipients"), "utf8").includes("olga"),
    );
    const id = entry.slice(entry.lastIndexOf(".") + 1);
    t.match(
      readFileSync(join(note ?? "", "message"), "utf8"),
      `listmill queue release ${id}`,
    );

    be(people(0, 30));
    t.equal((await verb(t, dir, queue, ["release", id])).code, 0);
    await runAll(dir);
    await post();
    await runAll(dir);
    t.same(held(dir), [], "what a person let pass is what counts from now on");
    t.equal(
      recipients(dir)
        .flat()
        .filter((one) => one === "p29@x.org").length,
      4,
    );
  },
);

t.test("a list whose sources give nobody waits at any size", async (t) => {
  const { dir, be, post } = await home(t, {
    list: { owners: ["olga@x.org"] },
    people: [],
  });
  await post();
  await runAll(dir);
  const [entry = ""] = held(dir);
  t.match(reason(entry), /its sources gave no recipient at all/);
  be(["ann@x.org"]);
  const id = entry.slice(entry.lastIndexOf(".") + 1);
  t.equal((await verb(t, dir, queue, ["release", id])).code, 0);
  await runAll(dir);
  t.same(recipients(dir).flat().sort(), ["ann@x.org", "olga@x.org"]);
});

t.test("a shrinking is no matter where the list says so", async (t) => {
  const { dir, be, post } = await home(t, {
    list: { refine: { shrink_limit: "100%" } },
    people: people(0, 100),
  });
  await post();
  await runAll(dir);
  be(people(0, 1));
  await post();
  await runAll(dir);
  t.same(held(dir), []);
  t.equal(recipients(dir).flat().length, 101);
});

t.test("more than the cap waits for a person", async (t) => {
  const { dir, post } = await home(t, {
    list: { refine: { cap: 99 }, ...unmoderated },
    people: people(0, 100),
  });
  await post();
  await runAll(dir);
  const [entry = ""] = held(dir);
  t.match(reason(entry), /has 100 recipients, more than 99/);
  const id = entry.slice(entry.lastIndexOf(".") + 1);
  await verb(t, dir, queue, ["release", id]);
  await runAll(dir);
  t.equal(recipients(dir).flat().length, 100);
});

t.test(
  "doubles, the suppressed, the author and whom the post names",
  async (t) => {
    const { dir, post, set } = await home(t, {
      list: { own_copy: false, refine: { local_part: "any-case" } },
      people: [
        "B@z.org",
        "a@Z.org",
        "b@z.org",
        "P1@x.org",
        "c@y.org",
        "gone@y.org",
        "d@y.org",
      ],
    });
    writeFileSync(join(dir, "suppressed"), "gone@y.org\n");
    const to = "To: C <C@Y.org>, news@lists.example.org\nCc: d@y.org\n";
    await post(to);
    await runAll(dir);
    t.same(recipients(dir), [["c@y.org", "d@y.org", "B@z.org", "a@z.org"]]);
    await rosterOf(dir).add(news, "C@y.org", { duplicates: false });
    await post(to);
    await runAll(dir);
    const wished = recipients(dir).filter(({ length }) => length === 3);
    t.same(wished, [["d@y.org", "B@z.org", "a@z.org"]], "a member's own wish");
    await rosterOf(dir).add(news, "d@y.org", { duplicates: true });
    await set("refine.addressed", false);
    await set("refine.order", "none");
    await set("refine.local_part", "exact");
    await post(to);
    await runAll(dir);
    const second = recipients(dir).find((all) => all.includes("b@z.org"));
    t.same(second?.sort(), ["B@z.org", "a@z.org", "b@z.org", "d@y.org"]);
  },
);
