// Two hosts with kernels of their own share a home on a real NFS server: every post goes to every
// member once, whatever happens to a host, to the network, to a process or to the server. Of what was
// on its way when a host died, one transaction a connection may come twice.
// LISTMILL_LAB_POSTS=2000 brings as many posts as one wishes to the first journey.
import { once } from "node:events";
import t, { type Test } from "tap";
import { type Host, hosts, Lab, lacking, listmill } from "./lab.ts";
import { bound, Home, type Runner } from "./labHome.ts";
import { names, until } from "./mill.ts";

t.setTimeout(900_000);

const skip = lacking();

/** None is lost, and no more came twice than may. */
function right(t: Test, home: Home, count: number, most = 0): void {
  const { lost, strange, doubles, archived } = home.account(count);
  t.strictSame(lost, [], "none is lost");
  t.strictSame(strange, [], "and nothing else came");
  t.ok(doubles <= most, `${doubles} came twice, ${most} may`);
  t.strictSame(
    archived,
    Array.from({ length: count }, (_, at) => at + 1),
    "the archive has each once",
  );
}

/** Waits until about a part of the deliveries was made. */
function some(home: Home, count: number, runners: readonly Runner[]) {
  return until(
    () => home.deliveries >= count,
    () =>
      `${count} deliveries\n${runners.map((it) => it.log.slice(-3000)).join("\n---\n")}`,
    120,
  );
}

t.test("two hosts on NFS", { skip }, async (t) => {
  const lab = await Lab.up({ teardown: (act) => t.teardown(act) });

  await t.test("four runners share the posts", async (t) => {
    const posts = Number(process.env.LISTMILL_LAB_POSTS ?? 60);
    const home = await Home.make(lab, "shared");
    home.bring(posts);
    const begun = Date.now();
    const starts = [...hosts, ...hosts].map((host) => home.run(host));
    const runners = await Promise.all(starts);
    await home.done(runners, 60 + posts);
    const seconds = (Date.now() - begun) / 1000;
    // A machine that is too busy may cost a host its lease.
    const lost = runners.filter(({ log }) => /lease is lost/.test(log)).length;
    right(t, home, posts, lost * bound);
    const shares = home.shares();
    t.comment(
      `${posts} posts, ${home.deliveries} deliveries in ${seconds.toFixed(0)} s: ${shares}`,
    );
    t.notMatch(shares, / (0|100) %/, "each host did some");
    for (const runner of runners) t.equal(await runner.stop(), 0, runner.log);
    t.strictSame(names(home.mill.spool("nodes")), []);
  });

  await t.test("both hosts decide about the same posts", async (t) => {
    const count = 12;
    const settings = 'policy = "moderated"\n';
    const home = await Home.make(lab, "decided", undefined, settings);
    home.bring(count);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    const ids = await home.held(count);
    const decide = async (host: Host, verdict: string, ids: string[]) => {
      const command = ["--home", home.path, "held", verdict, ...ids];
      const { child, log } = lab.start(host, [...listmill, ...command]);
      const [code] = await once(child, "close");
      t.ok([0, 65, 66].includes(code), `${host}: ${code}: ${log()}`);
      return log();
    };
    // They meet in the middle, wherever that is.
    const [approved, discarded] = await Promise.all([
      decide("node-a", "approve", ids),
      decide("node-b", "discard", ids.toReversed()),
    ]);
    const saying = (said: string, word: string) =>
      ids.filter((id) => said.includes(`${id}: ${word}\n`));
    const out = saying(approved, "accepted");
    t.strictSame(
      [...out, ...saying(discarded, "discarded")].sort(),
      ids.toSorted(),
      `each is decided once: ${approved}${discarded}`,
    );
    await home.done(runners);
    const posts = home.posts();
    t.equal(posts.size, out.length, "those that were let go went out");
    for (const [post, times] of posts) t.equal(times, 10, `${post}, to each`);
    for (const runner of runners) t.equal(await runner.stop(), 0, runner.log);
  });

  await t.test("a host that loses its power", async (t) => {
    const home = await Home.make(lab, "power");
    home.bring(40);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    await some(home, 100, runners);
    await lab.to("kill", "node-b");
    await home.done(runners);
    right(t, home, 40, bound);
    const [first] = runners;
    t.equal(await first?.stop(), 0);
    await lab.to("boot", "node-b");
  });

  await t.test("a host that is cut off longer than its lease", async (t) => {
    const home = await Home.make(lab, "cut");
    home.bring(40);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    await some(home, 100, runners);
    await lab.to("cut", "node-b");
    await home.done(runners);
    await lab.to("heal", "node-b");
    const zombie = runners[1];
    await until(
      () => /begins anew/.test(zombie?.log ?? ""),
      () => `the zombie to find out\n${zombie?.log}`,
    );
    t.match(zombie?.log, /the lease is lost: /);
    t.match(zombie?.log, /dropped: .*taken over by another node/);
    right(t, home, 40, bound);
    for (const runner of runners) t.equal(await runner.stop(), 0);
    t.strictSame(names(home.mill.spool("nodes")), []);
  });

  await t.test("a process that sleeps longer than its lease", async (t) => {
    const home = await Home.make(lab, "stopped");
    home.bring(40);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    const [, sleeper] = runners;
    await some(home, 100, runners);
    await sleeper?.signal("STOP");
    await home.done(runners);
    await sleeper?.signal("CONT");
    await until(
      () => /begins anew/.test(sleeper?.log ?? ""),
      () => `the sleeper to find out\n${sleeper?.log}`,
    );
    right(t, home, 40, bound);
    for (const runner of runners) t.equal(await runner.stop(), 0);
  });

  await t.test("a server that dies and comes back", async (t) => {
    const home = await Home.make(lab, "server");
    home.bring(40);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    await some(home, 100, runners);
    await lab.tell("server-kill");
    // One that was killed may still hold its port for a moment.
    await lab.tell("server-boot").catch(() => lab.tell("server-boot"));
    await home.done(runners);
    right(t, home, 40, 2 * bound);
    for (const runner of runners) t.equal(await runner.stop(), 0, runner.log);
  });

  await t.test("a host whose clock is an hour off", async (t) => {
    const home = await Home.make(lab, "clock");
    await lab.exec("node-b", "date", "-s", "+1 hour");
    home.bring(20);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    await home.done(runners);
    right(t, home, 20);
    t.match(
      runners[1]?.log,
      /the host's clock is 3\d\d\d seconds ahead of the file server's/,
    );
    const check = [...listmill, "--home", home.path, "check"];
    const told = await lab.exec("node-a", ...check);
    t.match(told, /node-b: its clock is 3\d\d\d seconds ahead/);
    t.notMatch(told, /did not see/);
    t.notMatch(told, /^error/m);
    for (const runner of runners) t.equal(await runner.stop(), 0);
    await lab.exec("node-b", "date", "-s", "-1 hour");
  });
});
