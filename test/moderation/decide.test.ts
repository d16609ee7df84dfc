import { mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { decide } from "../../src/moderation/decide.ts";
import { decided, decisionsOf } from "../../src/moderation/decision.ts";
import { findHeld, heldOf, tailOf } from "../../src/moderation/held.ts";
import { take } from "../../src/spool/claim.ts";
import { enqueue } from "../../src/spool/enqueue.ts";
import { newId, parseName } from "../../src/spool/name.ts";
import { entriesOf, find, hold, release } from "../../src/spool/operator.ts";
import { Spool } from "../../src/spool/spool.ts";

const list = "news@lists.example.org";
const now = Date.UTC(2026, 0, 1);

async function homeWith(t: Test, count = 1) {
  const home = t.testdir({ spool: {}, archive: {} });
  const spool = new Spool(join(home, "spool"));
  spool.make("held");
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const id = newId(now + at);
    ids.push(id);
    await enqueue(spool, {
      queue: "held",
      name: { due: now / 1000, attempt: 0, id },
      envelope: {
        sender: "anna@example.com",
        recipient: list,
        list,
        origin: "mta",
        received: new Date(now).toISOString(),
        rest: { queue: "posts", stage: "posts/10-approve" },
        history: [
          {
            at: new Date(now).toISOString(),
            where: "posts/10-approve/20-policy",
            what: "held",
            reason: "why",
          },
        ],
      },
      message: [
        Buffer.from("From: Anna <anna@example.com>\nSubject: one\n\nText.\n"),
      ],
    });
  }
  const by = (who: string, more: object = {}) => ({
    site: { home, delimiters: "-+", hostname: "mill.example.org" },
    list: { address: list, local: "news", domain: "lists.example.org" },
    lists: { get: () => undefined },
    spool,
    now: now + 1000,
    id: `by-${who}`,
    by: who,
    reason: "",
    ...more,
  });
  const names = (queue: string) =>
    readdirSync(spool.waiting(queue)).map((file) => parseName(file)?.id);
  return { home, spool, ids, by, names };
}

t.test(
  "the first decision counts, and whoever comes later is told of it",
  async (t) => {
    const { ids, by, names } = await homeWith(t);
    const tail = tailOf(ids[0] ?? "");
    const first = await decide(by("maria"), tail, "approve");
    t.match(first, {
      kind: "done",
      decision: { by: "maria", author: "anna@example.com", subject: "one" },
    });
    t.same(names("posts"), ids);
    t.same(names("held"), []);
    t.match(await decide(by("paul"), tail, "reject"), {
      kind: "late",
      decision: { verdict: "approve", by: "maria" },
    });
    t.same(names("posts"), ids);
    t.match(
      await decide(by("maria"), tail, "approve"),
      { kind: "done" },
      "a second try is the same",
    );
  },
);

t.test(
  "what was decided before a crash is done by whoever comes next",
  async (t) => {
    const { ids, by, names, spool, home } = await homeWith(t);
    const [id = ""] = ids;
    await decided(decisionsOf(home, list), id, {
      verdict: "discard",
      by: "maria",
      reason: "",
      at: now,
      id: "by-maria",
      author: "anna@example.com",
      subject: "one",
      sender: "anna@example.com",
    });
    t.ok(findHeld(by("x"), list, tailOf(id)), "it still waits");
    t.match(await decide(by("paul"), tailOf(id), "approve"), {
      kind: "late",
      decision: { verdict: "discard", by: "maria" },
    });
    t.same(names("held"), []);
    t.notOk(readdirSync(spool.root).includes("posts"), "and it went nowhere");
  },
);

t.test("of many who decide at once one wins", async (t) => {
  const { ids, by } = await homeWith(t);
  const tail = tailOf(ids[0] ?? "");
  const all = await Promise.allSettled(
    ["a", "b", "c", "d"].map((who) =>
      decide(by(who), tail, who < "c" ? "approve" : "reject"),
    ),
  );
  const kinds = all.map((each) =>
    each.status === "fulfilled" ? each.value.kind : "error",
  );
  t.equal(kinds.filter((kind) => kind === "done").length, 1, kinds.join());
  t.equal(kinds.filter((kind) => kind === "late").length, 3);
});

t.test(
  "nothing is decided about what is not there, or is another list's",
  async (t) => {
    const { by, ids } = await homeWith(t);
    t.same(await decide(by("a"), "0123456789ab", "approve"), { kind: "gone" });
    t.same(await decide(by("a"), "", "approve"), { kind: "gone" });
    const other = by("a", {
      list: {
        address: "other@lists.example.org",
        local: "other",
        domain: "lists.example.org",
      },
    });
    t.same(await decide(other, tailOf(ids[0] ?? ""), "approve"), {
      kind: "gone",
    });
    t.equal([...heldOf(by("x"), list)].length, 1);
  },
);

t.test("what a node has at work is left to it", async (t) => {
  const { by, ids, spool } = await homeWith(t);
  const name = parseName(readdirSync(spool.waiting("held"))[0] ?? "");
  t.ok(name);
  if (!name) return;
  take(spool, "held", { kind: "entry", name }, "other", { now: () => now });
  const busy = decide(by("a"), tailOf(ids[0] ?? ""), "approve");
  await t.rejects(busy, /is at work on other/);
});

t.test("old decisions are forgotten where moderators decide", async (t) => {
  const { by, ids, home } = await homeWith(t);
  const folder = decisionsOf(home, list);
  const old = join(folder, "old");
  mkdirSync(join(old, "approve"), { recursive: true });
  const then = new Date(Date.now() - 61 * 86_400_000);
  utimesSync(old, then, then);
  await decide(by("a"), tailOf(ids[0] ?? ""), "approve");
  const left = readdirSync(folder);
  t.notOk(left.includes("old"), left.join());
  t.ok(left.includes(ids[0] ?? ""));
});

t.test("what a person laid aside waits for no moderator", async (t) => {
  const { by, ids, spool } = await homeWith(t);
  const [id = ""] = ids;
  const found = () => [...entriesOf(spool, "held")][0];
  const held = found();
  t.ok(held);
  if (!held) return;
  await release(spool, held, now + 10);
  await hold(spool, find(spool, `posts/${id}`), now + 20);
  t.equal(found()?.name.id, id);
  t.same([...heldOf(by("x"), list)], []);
  t.same(await decide(by("a"), tailOf(id), "discard"), { kind: "gone" });
  t.equal(found()?.name.id, id);
});

t.test("a list that has moved has what was held before", async (t) => {
  const { by, ids, names } = await homeWith(t);
  const address = "fresh@lists.example.org";
  const local = "fresh";
  const domain = "lists.example.org";
  const more = {
    list: { address, local, domain },
    lists: { get: () => ({ address }) },
  };
  t.equal([...heldOf(by("x", more), address)].length, 1);
  t.match(await decide(by("a", more), tailOf(ids[0] ?? ""), "approve"), {
    kind: "done",
  });
  t.same(names("held"), []);
});
