import {
  existsSync,
  mkdirSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { systemClock } from "../../src/base/clock.ts";
import { inspect } from "../../src/spool/claim.ts";
import { finish, Outbox, publish, remove } from "../../src/spool/commit.ts";
import { enter, type Node } from "../../src/spool/lease.ts";
import { formatName, newId, parseName } from "../../src/spool/name.ts";
import { frontDoor } from "../../src/spool/queue.ts";
import type { Spool } from "../../src/spool/spool.ts";
import { leaveFolders, sweepDrafts, takeOver } from "../../src/spool/sweep.ts";
import {
  childFor,
  claimed,
  heldIn,
  messagesIn,
  now,
  put,
  spoolIn,
  takeFrom,
  text,
  treeOf,
  waitingIn,
} from "./fixtures/entries.ts";

const DAY = 86_400;

interface Tearing {
  teardown(act: () => unknown): unknown;
}

async function living(t: Tearing, spool: Spool): Promise<Node> {
  const times = { renew: 1000, stale: 30_000 };
  const node = await enter(spool, "b", times, systemClock, () => {});
  t.teardown(() => node.leave());
  return node;
}

async function sweep(t: Tearing, spool: Spool): Promise<string[]> {
  const lines: string[] = [];
  const node = await living(t, spool);
  const taken = await takeOver(spool, node, now * 1000, (where, what) =>
    lines.push(`${where}: ${what}`),
  );
  if (taken !== lines.length) throw new Error(`${taken}: ${lines.join()}`);
  return lines;
}

t.test(
  "an entry that a dead node held waits again, an attempt more",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const { name } = await claimed(spool);
    t.same(await sweep(t, spool), [
      `posts/${name.id}: taken over from a, attempt 1`,
    ]);
    t.same(waitingIn(spool, "posts"), [
      formatName({ ...name, due: now, attempt: 1 }),
    ]);
    t.same(heldIn(spool), []);
    t.notOk(
      existsSync(spool.claimed("posts", "a")),
      "the dead node's folder is gone",
    );
  },
);

t.test("what was to wait on when its node died waits on", async (t) => {
  const spool = spoolIn(t.testdir());
  await put(spool, "posts", { due: now + 600, attempt: 2 });
  takeFrom(spool, "posts");
  await sweep(t, spool);
  const [file = ""] = waitingIn(spool, "posts");
  t.match(parseName(file), { due: now + 600, attempt: 3 });
});

t.test("what a living node holds stays", async (t) => {
  const spool = spoolIn(t.testdir());
  const times = { renew: 1000, stale: 30_000 };
  const other = await enter(spool, "a", times, systemClock, () => {});
  t.teardown(() => other.leave());
  await claimed(spool, "posts", other.name);
  const before = heldIn(spool);
  t.same(await sweep(t, spool), []);
  t.same(heldIn(spool), before);
});

t.test("a message that kills its runners comes back ever later", async (t) => {
  const spool = spoolIn(t.testdir());
  for (const [attempt, wait] of [
    [0, 0],
    [1, 1],
    [3, 9],
    [40, 300],
    [99_999, 300],
  ] as const) {
    const queue = `q${attempt}`;
    await put(spool, queue, { attempt });
    takeFrom(spool, queue);
    await sweep(t, spool);
    const [file = ""] = waitingIn(spool, queue);
    t.equal(parseName(file)?.due, now + wait, `attempt ${attempt}`);
  }
});

t.test(
  "committed results are published by whoever takes over, and hooks need not run",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    const outbox = new Outbox(claim);
    for (const queue of ["alpha", "alpha", "beta"])
      await outbox.add(childFor(queue));
    await outbox.commit();
    await sweep(t, spool);
    const again = takeFrom(spool, "posts", "b");
    t.equal(inspect(again), "committed");
    t.same((await publish(spool, again)).sort(), ["alpha", "beta"]);
    t.same(messagesIn(spool, "alpha"), [text, text]);
    t.same(messagesIn(spool, "beta"), [text]);
    t.same(heldIn(spool), []);
  },
);

t.test("results that were not committed are discarded", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  await new Outbox(claim).add(childFor("alpha"));
  await sweep(t, spool);
  const again = takeFrom(spool, "posts", "b");
  t.equal(inspect(again), "whole");
  t.same(treeOf(again.path), ["envelope.json", "message"]);
  t.same(waitingIn(spool, "alpha"), []);
});

t.test(
  "the folder made ready for an MTA's file is empty, and goes",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const name = formatName({ due: now, attempt: 0, id: newId(0) });
    mkdirSync(join(spool.claimed(frontDoor, "a"), name), { recursive: true });
    spool.make(frontDoor);
    writeFileSync(join(spool.waiting(frontDoor), `${now + 1}.M1P2.host`), text);
    await sweep(t, spool);
    const again = takeFrom(spool, frontDoor, "b");
    t.equal(inspect(again), "empty");
    remove(spool, again);
    t.same(waitingIn(spool, frontDoor), [`${now + 1}.M1P2.host`]);
    t.same(heldIn(spool), []);
  },
);

t.test(
  "an MTA's file that was claimed is an entry without an envelope",
  async (t) => {
    const spool = spoolIn(t.testdir());
    spool.make(frontDoor);
    writeFileSync(join(spool.waiting(frontDoor), `${now}.M1P2.host`), text);
    takeFrom(spool, frontDoor);
    await sweep(t, spool);
    const again = takeFrom(spool, frontDoor, "b");
    t.equal(inspect(again), "whole");
    t.same(treeOf(again.path), ["message"]);
  },
);

t.test(
  "read mail and other strangers in cur/ are left where they are",
  async (t) => {
    const spool = spoolIn(t.testdir());
    spool.make(frontDoor);
    const files = [
      join(spool.claimed(frontDoor), `${now}.M1P2.host:2,S`),
      join(spool.claimed(frontDoor, "a"), "note"),
      join(spool.nodes(), "README"),
      join(spool.root, "README"),
    ];
    mkdirSync(spool.claimed(frontDoor, "a"));
    mkdirSync(spool.nodes());
    for (const file of files) writeFileSync(file, "");
    t.same(await sweep(t, spool), []);
    for (const file of files) t.ok(existsSync(file), file);
  },
);

t.test("only drafts that nobody touched for a day are removed", async (t) => {
  const spool = spoolIn(t.testdir());
  const node = await living(t, spool);
  spool.make("posts");
  const folder = spool.writing("posts");
  const [old, young, dropped] = [1, 2, 3].map(() =>
    formatName(childFor("posts").name),
  );
  const made: Record<string, number> = {
    [`${old}`]: DAY + 60,
    [`${dropped}.dropped`]: DAY + 60,
    [`${young}`]: DAY - 60,
    "a stranger's": DAY + 60,
    ".hidden": 2 * DAY,
  };
  for (const [name, seconds] of Object.entries(made)) {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, "message"), "");
    const then = systemClock.now() / 1000 - seconds;
    utimesSync(path, then, then);
  }
  await put(spool, "posts", { due: 1 });
  t.equal(
    sweepDrafts(spool, node, () => {}),
    2,
  );
  t.same(
    readdirSync(folder).sort(),
    [".hidden", "a stranger's", `${young}`].sort(),
  );
  spool.make(frontDoor);
  const left = join(spool.writing(frontDoor), "1700000000.M1P2.mx1");
  writeFileSync(left, "");
  utimesSync(left, 1, 1);
  t.equal(
    sweepDrafts(spool, node, () => {}),
    1,
    "what an MTA left goes",
  );
  t.equal(
    waitingIn(spool, "posts").length,
    1,
    "what waits, waits however long",
  );
});

t.test(
  "what is left of an entry that was done with goes at once",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const node = await living(t, spool);
    spool.make(frontDoor);
    const folder = spool.writing(frontDoor);
    const name = formatName(childFor(frontDoor).name);
    const stays = [name, `${now}.M1P2.host.done`, "mail.done"];
    for (const file of [`${name}.done`, ...stays])
      mkdirSync(join(folder, file));
    writeFileSync(join(folder, `${name}.done`, "progress"), "");
    t.equal(
      sweepDrafts(spool, node, () => {}),
      1,
    );
    t.same(readdirSync(folder).sort(), stays.sort(), "an MTA's files stay");
  },
);

t.test("an entry has ended though its folder cannot go yet", async (t) => {
  const spool = spoolIn(t.testdir());
  const node = await living(t, spool);
  const claim = await claimed(spool, "posts", node.name);
  // As a file that NFS keeps while somebody has it open.
  mkdirSync(join(claim.path, "out"));
  writeFileSync(join(claim.path, "out", ".nfs0001"), "");
  finish(spool, claim);
  t.same([...heldIn(spool), ...waitingIn(spool, "posts")], []);
  t.equal(
    sweepDrafts(spool, node, () => {}),
    1,
  );
  t.same(readdirSync(spool.writing("posts")), []);
});

t.test("an entry that cannot be taken over keeps no other", async (t) => {
  const spool = spoolIn(t.testdir());
  const node = await living(t, spool);
  const stuck = await claimed(spool, "posts", "dead");
  await claimed(spool, "posts", "dead");
  // Something stands where it would go.
  const name = { ...stuck.name, attempt: stuck.name.attempt + 1 };
  const place = join(spool.waiting("posts"), formatName(name));
  mkdirSync(place);
  writeFileSync(join(place, "message"), "");
  const said: string[] = [];
  const log = (_: string, what: string) => said.push(what);
  const at = (stuck.name.due - 10) * 1000;
  t.equal(await takeOver(spool, node, at, log), 1);
  t.match(said.sort(), [
    /^cannot be taken over from dead: ENOTEMPTY/,
    /^taken/,
  ]);
  t.equal(heldIn(spool).length, 1, "it stays where it is");
});

t.test("a node that leaves takes its empty folders with it", async (t) => {
  const spool = spoolIn(t.testdir());
  await claimed(spool, "posts");
  spool.make("alpha");
  mkdirSync(spool.claimed("alpha", "a"));
  leaveFolders(spool, "a");
  t.same(readdirSync(spool.claimed("alpha")), []);
  t.same(
    readdirSync(spool.claimed("posts")),
    ["a"],
    "it still holds an entry there",
  );
});
