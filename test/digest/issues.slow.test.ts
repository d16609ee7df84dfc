import { readdirSync, unlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { collect, pending } from "../../src/digest/collect.ts";
import {
  begun,
  type Claimant,
  type Issue,
  claim as taken,
} from "../../src/digest/issues.ts";
import { child } from "../lists/children.ts";

const claim = (claimant: Claimant) =>
  taken(claimant, { now: Date.now(), volume: "never" });

async function collectAll(digestDir: string, ...ids: string[]) {
  for (const id of ids)
    await collect({
      digestDir,
      id,
      content: [Buffer.from(`Subject: ${id}\n\nHello\n`)],
      received: new Date("2026-07-31T12:00:00Z"),
      asOf: 0,
    });
}

function numbers(issue: Issue | undefined): number[] | undefined {
  return issue?.posts.map((post) => post.number);
}

t.test(
  "an issue takes what is pending, and the next one what came after",
  async (t) => {
    const digestDir = t.testdir();
    await collectAll(digestDir, "a", "b");
    const first = await claim({ digestDir, id: "i1" });
    t.equal(first?.number, 1);
    t.same(numbers(first), [1, 2]);
    await collectAll(digestDir, "c");
    const second = await claim({ digestDir, id: "i2" });
    t.equal(second?.number, 2);
    t.same(numbers(second), [3]);
  },
);

t.test(
  "the same id is given the same answer, whatever came between",
  async (t) => {
    const digestDir = t.testdir();
    t.notOk(begun({ digestDir, id: "i0" }));
    t.equal(await claim({ digestDir, id: "i0" }), undefined);
    t.ok(begun({ digestDir, id: "i0" }));
    await collectAll(digestDir, "a");
    const first = await claim({ digestDir, id: "i1" });
    await collectAll(digestDir, "b");
    t.same(await claim({ digestDir, id: "i1" }), first);
    t.equal(await claim({ digestDir, id: "i0" }), undefined);
    t.same(numbers(await claim({ digestDir, id: "i2" })), [2]);
    t.same(await claim({ digestDir, id: "i1" }), first);
  },
);

t.test("a claim that finds nothing leaves no gap in the issues", async (t) => {
  const digestDir = t.testdir();
  await collectAll(digestDir, "a");
  t.equal((await claim({ digestDir, id: "i1" }))?.number, 1);
  t.equal(await claim({ digestDir, id: "i2" }), undefined);
  await collectAll(digestDir, "b");
  t.equal((await claim({ digestDir, id: "i3" }))?.number, 2);
});

t.test("a post that a person removed is passed over", async (t) => {
  const digestDir = t.testdir();
  await collectAll(digestDir, "a", "b", "c");
  unlinkSync(join(digestDir, "posts", "0", "2"));
  t.same(numbers(await claim({ digestDir, id: "i1" })), [1, 3]);
});

t.test("a broken record is a failure that names it", async (t) => {
  const digestDir = t.testdir({ claims: { "0": { "1": "{}" } } });
  await t.rejects(claim({ digestDir, id: "i1" }), {
    name: "Failure",
    message: /claims\/0\/1 is no record of a claim/,
  });
});

t.test(
  "killed behind the claim, the same id gets the issue, and no other does",
  async (t) => {
    const dir = t.testdir();
    const args = [dir, "p", "1", "3", "3"];
    const died = await child("digest/digesting.ts", args, {
      failpoint: "digest-claimed",
    });
    t.equal(died.signal, "SIGKILL");
    t.equal(await claim({ digestDir: dir, id: "other" }), undefined);
    const again = await child("digest/digesting.ts", [dir, "p", "3", "3", "9"]);
    t.same(again.lines, ["collected p3", "issue p3 1 p1,p2,p3"], again.errors);
  },
);

t.test("killed behind a post's number, the post is in one issue", async (t) => {
  const dir = t.testdir();
  const args = [dir, "p", "1", "1", "9"];
  await child("digest/digesting.ts", args, { failpoint: "number-allotted" });
  t.same(numbers(await claim({ digestDir: dir, id: "i1" })), [1]);
  await child("digest/digesting.ts", args);
  t.equal(pending(dir).posts, 0);
});

t.test(
  "processes that collect and claim at once, killed again and again: each post in exactly one issue",
  async (t) => {
    const dir = t.testdir();
    const issues = new Map<string, string>();
    const note = (lines: string[]) => {
      for (const line of lines) {
        const [what, id = "", number = "", posts = ""] = line.split(" ");
        if (what !== "issue") continue;
        const said = `${number} ${posts}`;
        if ((issues.get(id) ?? said) !== said)
          t.fail(`${id}: ${issues.get(id)}, then ${said}`);
        issues.set(id, said);
      }
    };
    let kills = 0;
    const work = async (prefix: string, every: string) => {
      for (let at = 1; ; ) {
        const killAfter = 1 + Math.floor(Math.random() * 40);
        const args = [dir, prefix, String(at), "60", every];
        const ended = await child("digest/digesting.ts", args, { killAfter });
        note(ended.lines);
        if (ended.code === 0) return;
        if (ended.signal !== "SIGKILL") throw new Error(ended.errors);
        kills += 1;
        const done = ended.lines.filter((line) => line.startsWith("collected"));
        at = Math.max(1, at + done.length - 3);
      }
    };
    // Two have the same ids: a host that was thought dead, and the one that took over.
    await Promise.all([
      work("a", "5"),
      work("b", "4"),
      work("c", "7"),
      work("c", "7"),
    ]);
    t.ok(kills > 2, `${kills} kills`);
    const rest = await claim({ digestDir: dir, id: "rest" });
    const taken = [...issues.values()].map((said) => said.split(" "));
    const posts = taken.flatMap(([, posts = ""]) => posts.split(","));
    t.equal(posts.length + (rest?.posts.length ?? 0), 180);
    t.equal(new Set(posts).size, posts.length);
    const issued = taken
      .map(([number]) => Number(number))
      .sort((a, b) => a - b);
    t.same(
      issued,
      Array.from({ length: issued.length }, (_, index) => index + 1),
    );
  },
);

t.test(
  "posts that were issued long ago are removed, the others are not",
  async (t) => {
    const digestDir = t.testdir();
    await collectAll(digestDir, "a", "b");
    await claim({ digestDir, id: "i1" });
    const long = Date.now() / 1000 - 70 * 24 * 3600;
    utimesSync(join(digestDir, "claims", "0", "1"), long, long);
    await collectAll(digestDir, "c");
    await claim({ digestDir, id: "i2" });
    t.same(readdirSync(join(digestDir, "posts", "0")), ["3"]);
    await collectAll(digestDir, "d");
    t.same(numbers(await claim({ digestDir, id: "i3" })), [4]);
  },
);
