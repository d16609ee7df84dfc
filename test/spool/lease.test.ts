import {
  existsSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { exit, Failure } from "../../src/base/errors.ts";
import { isDead, myIdentity } from "../../src/spool/identity.ts";
import { enter, type Node } from "../../src/spool/lease.ts";
import { nodeNames } from "../../src/spool/nodes.ts";
import { ServerClock } from "../../src/spool/serverclock.ts";
import type { Spool } from "../../src/spool/spool.ts";
import { child } from "../lists/children.ts";
import { put, spoolIn } from "./fixtures/entries.ts";

const times = { renew: 1000, stale: 30_000 };
const HOUR = 3_600_000;

/** A host's clock that is wrong. */
const off = (milliseconds: number): Clock => ({
  now: () => systemClock.now() + milliseconds,
});

interface Tearing {
  teardown(act: () => unknown): unknown;
}

async function node(
  t: Tearing,
  spool: Spool,
  host: string,
  clock: Clock = systemClock,
  onLost: (reason: string) => void = () => {},
): Promise<Node> {
  const entered = await enter(spool, host, times, clock, onLost);
  t.teardown(() => entered.leave());
  return entered;
}

/** Makes a node of this process look like one of another machine. */
function moveAway(spool: Spool, { name }: Node): void {
  writeFileSync(
    join(spool.nodes(), name, "who.json"),
    JSON.stringify({ ...myIdentity(), machine: "another" }),
  );
}

/** As if so many milliseconds had gone by on the server since a node renewed its lease. */
function age(spool: Spool, { name }: Node, milliseconds: number): void {
  const then = (systemClock.now() - milliseconds) / 1000;
  const folder = join(spool.nodes(), name);
  utimesSync(join(folder, "lock"), then, then);
  utimesSync(folder, then, then);
}

t.test("a living node is not dead, and holds its lease", async (t) => {
  const spool = spoolIn(t.testdir());
  const a = await node(t, spool, "a");
  const b = await node(t, spool, "b");
  t.ok(a.holds());
  t.equal(await a.isDead(b.name), false);
  t.equal(await b.isDead(a.name), false);
  t.same(nodeNames(spool).sort(), [a.name, b.name].sort());
});

t.test(
  "a node that left is gone, and whoever holds its entries is dead",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const a = await node(t, spool, "a");
    const b = await node(t, spool, "b");
    await b.leave();
    t.notOk(b.holds());
    t.same(nodeNames(spool), [a.name]);
    t.equal(await a.isDead(b.name), true);
  },
);

t.test("a killed process is dead at once on the same machine", async (t) => {
  const spool = spoolIn(t.testdir());
  await put(spool, "posts");
  const killed = await child(
    "spool/fixtures/mover.ts",
    [spool.root, "posts", "x", "1", "1"],
    { failpoint: "claimed" },
  );
  t.equal(killed.signal, "SIGKILL", killed.errors);
  const [dead = ""] = nodeNames(spool);
  t.match(dead, /^x\./);
  t.ok(existsSync(join(spool.nodes(), dead, "lock")), "its lock is there");
  const a = await node(t, spool, "a");
  t.equal(await a.isDead(dead), true);
});

t.test(
  "a node of another machine is dead when its lease is stale, not before",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const a = await node(t, spool, "a");
    const b = await node(t, spool, "b");
    moveAway(spool, b);
    t.equal(await a.isDead(b.name), false);
    age(spool, b, times.stale - 5000);
    t.equal(await a.isDead(b.name), false, "not renewed for a while");
    age(spool, b, times.stale + 1000);
    t.equal(await a.isDead(b.name), true);
  },
);

t.test(
  "a node that is just entering has no lock yet, and is not dead",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const a = await node(t, spool, "a");
    const b = await node(t, spool, "b");
    moveAway(spool, b);
    rmSync(join(spool.nodes(), b.name, "lock"), { recursive: true });
    t.equal(await a.isDead(b.name), false);
  },
);

for (const wrong of [HOUR, -HOUR])
  t.test(
    `a host clock ${wrong / HOUR} h off judges as a right one does`,
    async (t) => {
      const spool = spoolIn(t.testdir());
      const a = await node(t, spool, "a", off(wrong));
      const b = await node(t, spool, "b");
      moveAway(spool, b);
      moveAway(spool, a);
      t.ok(Math.abs(a.serverTime() - systemClock.now()) < 5000);
      t.ok(a.holds());
      t.equal(await a.isDead(b.name), false);
      t.equal(await b.isDead(a.name), false);
      age(spool, b, times.stale - 5000);
      t.equal(await a.isDead(b.name), false);
      age(spool, b, times.stale + 1000);
      t.equal(await a.isDead(b.name), true);
      age(spool, a, times.stale + 1000);
      t.equal(await b.isDead(a.name), true);
    },
  );

t.test(
  "a clock that is set while the node runs makes nobody dead",
  async (t) => {
    const spool = spoolIn(t.testdir());
    let wrong = 0;
    const a = await node(t, spool, "a", {
      now: () => systemClock.now() + wrong,
    });
    const b = await node(t, spool, "b");
    moveAway(spool, b);
    for (wrong of [HOUR, -HOUR]) t.equal(await a.isDead(b.name), false);
  },
);

t.test(
  "a node that could not renew for half the stale time calls itself lost, once",
  async (t) => {
    const spool = spoolIn(t.testdir());
    let gone = 0;
    const reasons: string[] = [];
    const a = await node(
      t,
      spool,
      "a",
      { now: () => systemClock.now() + gone },
      (reason) => reasons.push(reason),
    );
    gone = times.stale / 2 - 2000;
    t.ok(a.holds());
    gone = times.stale / 2 + 2000;
    t.notOk(a.holds());
    gone = 0;
    t.notOk(a.holds(), "lost is lost");
    t.equal(reasons.length, 1);
    t.match(reasons[0], /^not renewed for \d+ s$/);
  },
);

t.test("a node whose lock was removed is told so", async (t) => {
  const spool = spoolIn(t.testdir());
  const lost = Promise.withResolvers<string>();
  const a = await node(t, spool, "a", systemClock, lost.resolve);
  const alive = setInterval(() => {}, 1000);
  t.teardown(() => clearInterval(alive));
  rmSync(join(spool.nodes(), a.name), { recursive: true });
  t.match(await lost.promise, /ENOENT/);
  t.notOk(a.holds());
});

t.test(
  "a lease that cannot be taken is a failure that says where",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const at = systemClock.now();
    const frozen: Clock = { now: () => at };
    const first = await node(t, spool, "a", frozen);
    rmSync(join(spool.nodes(), first.name, "who.json"));
    await t.rejects(
      enter(spool, "a", times, frozen, () => {}),
      new Failure(
        exit.tryLater,
        `${join(spool.nodes(), first.name)}: no lease could be taken: Lock file is already being held`,
      ),
    );
  },
);

t.test("other files among the nodes are no nodes", async (t) => {
  const spool = spoolIn(t.testdir());
  const a = await node(t, spool, "a");
  writeFileSync(join(spool.nodes(), "README"), "");
  writeFileSync(join(spool.nodes(), ".hidden"), "");
  t.same(nodeNames(spool), [a.name]);
});

t.test("a process is dead only where that is known for certain", async (t) => {
  const me = myIdentity();
  t.equal(isDead(me), false);
  t.equal(isDead({ ...me, started: "1" }), true, "its number went to another");
  t.equal(isDead({ ...me, pid: 2 ** 30 }), true, "there is no such process");
  t.equal(isDead({ ...me, pid: 2 ** 30, machine: "another" }), false);
  t.equal(isDead({ ...me, pid: 2 ** 30, machine: "" }), false);
});

t.test(
  "the server's clock dates what is touched, and tells it in this host's time",
  async (t) => {
    const folder = t.testdir();
    const server = new ServerClock(off(HOUR));
    t.ok(Math.abs(server.touch(folder) - systemClock.now()) < 5000);
    t.ok(Math.abs(server.now() - systemClock.now()) < 5000);
    t.same(readdirSync(folder), [], "nothing stays of the touch");
    const stat = await stated(server, folder);
    t.ok(Math.abs(stat.mtime.getTime() - off(HOUR).now()) < 5000);
    const asked = new Date(1_767_225_600_005);
    await new Promise((resolve) =>
      server.fs.utimes(folder, asked, asked, resolve),
    );
    t.same(
      (await stated(server, folder)).mtime,
      asked,
      "our own lock has the time we gave it",
    );
    utimesSync(folder, 1, 1);
    t.not(
      (await stated(server, folder)).mtime.getTime(),
      asked.getTime(),
      "until somebody else touches it",
    );
  },
);

function stated(server: ServerClock, path: string) {
  return new Promise<{ mtime: Date }>((resolve, reject) =>
    server.fs.stat(path, (error, stat) =>
      stat ? resolve(stat) : reject(error),
    ),
  );
}
