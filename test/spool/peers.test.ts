import { mkdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { systemClock } from "../../src/base/clock.ts";
import { enter } from "../../src/spool/lease.ts";
import { announce, peersOf } from "../../src/spool/peers.ts";
import { Spool } from "../../src/spool/spool.ts";

t.test("those who live and run the queue, in one order for all", async (t) => {
  const spool = new Spool(join(t.testdir(), "spool"));
  mkdirSync(spool.nodes(), { recursive: true });
  const times = { renew: 5000, stale: 30_000 };
  const node = (host: string) =>
    enter(spool, host, times, systemClock, () => {});
  const nodes = [await node("b"), await node("a"), await node("c")];
  const [b, a, c] = nodes;
  if (!a || !b || !c) throw new Error("three nodes");
  t.same(await peersOf(spool, a, "outbound"), [], "nobody has said so yet");
  await announce(spool, b, "*");
  await announce(spool, a, ["posts", "outbound"]);
  await announce(spool, c, ["archive"]);
  t.same(await peersOf(spool, a, "outbound"), [a.name, b.name]);
  t.same(await peersOf(spool, c, "outbound"), [a.name, b.name]);
  t.same(await peersOf(spool, c, "archive"), [b.name, c.name]);
  await b.leave();
  t.same(await peersOf(spool, a, "outbound"), [a.name]);
  const dead = { ...a, isDead: async () => true };
  t.same(await peersOf(spool, { ...dead, name: "d" }, "outbound"), []);
  for (const one of [a, c]) await one.leave();
});
