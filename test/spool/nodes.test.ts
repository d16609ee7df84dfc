import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { hostClock } from "../../src/base/clock.ts";
import { myIdentity } from "../../src/spool/identity.ts";
import { enter } from "../../src/spool/lease.ts";
import {
  enteredAt,
  hostOf,
  livesOf,
  nodeNames,
} from "../../src/spool/nodes.ts";
import { spoolIn } from "./fixtures/entries.ts";

const times = { renew: 1000, stale: 30_000 };

t.test("a node's name tells its host, and since when", (t) => {
  const name = "mx-1.4711.0mwwxe1m7";
  t.equal(hostOf(name), "mx-1");
  const spool = spoolIn(t.testdir());
  t.equal(enteredAt(spool, name), Number.parseInt("0mwwxe1m7", 36));
  t.equal(hostOf("mx1.drain"), "");
  t.end();
});

t.test("who is no node sees who lives", async (t) => {
  const spool = spoolIn(t.testdir());
  const living = await enter(spool, "a", times, hostClock, () => {});
  const silent = await enter(spool, "b", times, hostClock, () => {});
  t.teardown(() => Promise.all([living.leave(), silent.leave()]));
  const folder = join(spool.nodes(), silent.name);
  const elsewhere = { ...myIdentity(), machine: "another" };
  writeFileSync(join(folder, "who.json"), JSON.stringify(elsewhere));
  const then = (hostClock.now() - 31_000) / 1000;
  utimesSync(join(folder, "lock"), then, then);
  utimesSync(folder, then, then);
  const killed = "c.1.0mwwxe1m7";
  mkdirSync(join(spool.nodes(), killed));
  const gone = { ...myIdentity(), pid: 2 ** 30 };
  writeFileSync(join(spool.nodes(), killed, "who.json"), JSON.stringify(gone));
  const names = nodeNames(spool);
  const lives = livesOf(spool, names, times.stale, hostClock);
  t.match(lives.get(living.name), { isDead: false });
  t.match(lives.get(silent.name), { isDead: true });
  t.ok((lives.get(silent.name)?.age ?? 0) > 30_000);
  t.match(lives.get(killed), { isDead: true });
  t.same(readdirSync(spool.nodes()).sort(), names.sort(), "nothing is left");
});
