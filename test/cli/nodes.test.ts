import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { hostClock } from "../../src/base/clock.ts";
import nodes from "../../src/cli/nodes.ts";
import { myIdentity } from "../../src/spool/identity.ts";
import { enter } from "../../src/spool/lease.ts";
import { announce, tell } from "../../src/spool/peers.ts";
import { Spool } from "../../src/spool/spool.ts";
import { makeHome, verb } from "./atHome.ts";

const settings = '[node."store"]\nqueues = ["archive"]\n';

t.test("who lives, what it runs, holds and sends", async (t) => {
  const home = await makeHome(t, { settings });
  const run = (args: string[], json = false) =>
    verb(t, home, nodes, args, json);
  t.match(await run([]), {
    code: 0,
    out: "no runner lives\nno runner lives on store, of which listmill.toml tells\n",
  });
  t.same(JSON.parse((await run([], true)).out), []);
  const spool = new Spool(join(home, "spool"));
  const times = { renew: 5000, stale: 30_000 };
  const node = await enter(spool, "mx1", times, hostClock, () => {});
  t.teardown(() => node.leave());
  await announce(spool, node, ["incoming", "outbound"]);
  tell(spool, node.name, { rate: 600, sent: 118, ahead: 3_600_000 });
  mkdirSync(join(spool.claimed("outbound", node.name), "entry"), {
    recursive: true,
  });
  const dead = "mx2.4711.0mwwxe1m7";
  mkdirSync(join(spool.nodes(), dead));
  writeFileSync(
    join(spool.nodes(), dead, "who.json"),
    JSON.stringify({ ...myIdentity(), pid: 2 ** 30 }),
  );
  const { out } = await run([]);
  t.match(
    out,
    /^mx1\.\S+ +lives +20\d\d-\S+ +incoming outbound +outbound 1 +118 a minute \(of 600\)$/m,
  );
  t.match(out, /^mx2\.4711\.0mwwxe1m7 +dead, \d+ s +.* a command/m);
  t.match(
    out,
    /^mx1\S+: its clock is 3600 seconds ahead of the file server's$/m,
  );
  t.match(out, /^mx2\S+ is dead: any runner takes over what it had at work/m);
  t.match(JSON.parse((await run([], true)).out), [
    {
      host: "mx1",
      state: "lives",
      runs: ["incoming", "outbound"],
      holds: { outbound: 1 },
      sent: 118,
      rate: 600,
      ahead: 3600,
    },
    { host: "mx2", state: "dead", sent: null },
  ]);
});

t.test("a host whose runner is dead is one on which none lives", async (t) => {
  const home = await makeHome(t, { settings });
  const nodesAt = new Spool(join(home, "spool")).nodes();
  mkdirSync(join(nodesAt, "store.4711.0mwwxe1m7"), { recursive: true });
  writeFileSync(
    join(nodesAt, "store.4711.0mwwxe1m7", "who.json"),
    JSON.stringify({ ...myIdentity(), pid: 2 ** 30 }),
  );
  const { out } = await verb(t, home, nodes, []);
  t.match(out, /^store\S+ is dead/m);
  t.match(out, /^no runner lives on store, of which listmill.toml tells$/m);
});

t.test("a host is drained and resumed", async (t) => {
  const home = await makeHome(t, { settings });
  const run = (args: string[], json = false) =>
    verb(t, home, nodes, args, json);
  t.match(await run(["drain", "nobody"]), {
    code: 64,
    err: 'no host "nobody" has a runner or a section [node.HOST]; there are store',
  });
  t.match(await run(["drain"]), { code: 64, err: /^which host\? .* store$/ });
  t.match(await run(["drain", "store", "x"]), { code: 64 });
  t.match(await run(["frobnicate"]), { code: 64, err: /drain, resume/ });
  t.match(await run(["drain", "store"]), {
    code: 0,
    out: /^store: its runners take nothing more, within 5 seconds/,
  });
  t.match((await run(["drain", "store"])).out, /was drained already/);
  t.match(
    (await run([])).out,
    /^store is drained, and no runner of it lives$/m,
  );
  t.same(JSON.parse((await run(["resume", "store"], true)).out), {
    host: "store",
    drained: false,
  });
  t.match((await run(["resume", "store"])).out, /was not drained/);
});
