// Two hosts with kernels of their own share a home on a real NFS server: every post goes to every
// member once, whatever happens to a host, to the network, to a process or to the server. Of what was
// on its way when a host died, one transaction a connection may come twice.
// LISTMILL_LAB_POSTS=2000 brings as many posts as one wishes to the first journey.
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import t, { type Test } from "tap";
import { type Far, type Host, hosts, Lab, lacking } from "./lab.ts";
import { list, Mill, names, post, until } from "./mill.ts";

t.setTimeout(900_000);

const skip = lacking();
const members = Array.from({ length: 10 }, (_, at) => `m${at}@x.example`);
const [author = ""] = members;
const connections = 2;
const site = `\
[node]
renew = "1s"
stale = "8s"
[runner]
scan = "1s"
jobs = 4
[outbound]
rate = 0
recipients = 5
connections = ${connections}
`;
/** Recipients that may get a post twice when a runner dies. */
const bound = 5 * connections;

/** A home on the share, with posts of its own. */
class Home {
  readonly lab: Lab;
  readonly mill: Mill;
  readonly #name: string;
  readonly #from: number;
  #runners = 0;

  constructor(lab: Lab, mill: Mill, name: string) {
    this.lab = lab;
    this.mill = mill;
    this.#name = name;
    this.#from = lab.taken.length;
  }

  static async make(lab: Lab, name: string): Promise<Home> {
    const folder = join(lab.folder, name);
    mkdirSync(folder);
    const mill = await Mill.make(folder, {
      ...{ smtp: lab.smtp, members: [author], site },
      list: `[digest]\nenabled = false\n[file]\npath = "lists/${list}/members.txt"\n`,
    });
    const lists = join(folder, "lists", list);
    writeFileSync(join(lists, "members.txt"), `${members.join("\n")}\n`);
    // The state is each host's own.
    for (const host of hosts)
      cpSync(join(folder, "state"), lab.disk(host, `state-${name}`), {
        recursive: true,
      });
    rmSync(join(folder, "state"), { recursive: true });
    symlinkSync(`/var/local/state-${name}`, join(folder, "state"));
    return new Home(lab, mill, name);
  }

  /** Brings posts as an MTA does that writes into the spool. */
  bring(count: number): void {
    for (let at = 0; at < count; at += 1) {
      const id = `p${at}`;
      const text = `Return-Path: <${author}>\nDelivered-To: ${list}\n${post(id, author)}`;
      const draft = this.mill.spool("incoming", "tmp", id);
      writeFileSync(draft, text);
      renameSync(draft, this.mill.spool("incoming", "new", id));
    }
  }

  /** Starts a runner, and waits until it runs. */
  async run(host: Host): Promise<Runner> {
    this.#runners += 1;
    const pid = `/run/${this.#name}-${this.#runners}`;
    const command = `echo $$ > ${pid}; exec ${resolve("bin/listmill")} --home ${this.lab.share}/${this.#name} run`;
    const far = this.lab.start(host, ["sh", "-c", command]);
    await until(
      () => / runs incoming/.test(far.log()),
      () => `${host} to run\n${far.log()}`,
    );
    return new Runner(this.lab, host, far, pid);
  }

  /** Deliveries so far. */
  get deliveries(): number {
    return this.#taken.reduce((sum, it) => sum + it.recipients.length, 0);
  }

  get #taken() {
    return this.lab.taken.slice(this.#from);
  }

  async done(runners: readonly Runner[], seconds = 300): Promise<void> {
    await until(
      () => this.mill.busy() === 0,
      () =>
        `the spool to be empty; left: ${this.mill.left()}\n${runners.map((it) => it.log.slice(-3000)).join("\n---\n")}`,
      seconds,
    );
  }

  /** Compares what came with what was brought. @returns how many deliveries came more than once */
  account(t: Test, count: number): number {
    const seen = new Map<string, number>();
    for (const { message, recipients } of this.#taken)
      for (const recipient of recipients) {
        const key = `${message} ${recipient}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    const wanted = Array.from({ length: count }, (_, at) =>
      members.map((member) => `<p${at}@home.example> ${member}`),
    ).flat();
    const lost = wanted.filter((key) => !seen.has(key));
    t.strictSame(lost, [], "none is lost");
    t.equal(seen.size, wanted.length, "and nothing else came");
    const archived = this.mill.shelved();
    t.strictSame(
      archived,
      Array.from({ length: count }, (_, at) => at + 1),
      "the archive has each once",
    );
    return this.deliveries - wanted.length;
  }

  /** What share of the deliveries each host did. */
  shares(): string {
    const total = this.deliveries;
    return hosts
      .map((host) => {
        const its = this.#taken.filter((it) => it.host === host);
        const count = its.reduce((sum, it) => sum + it.recipients.length, 0);
        return `${host} ${Math.round((count / total) * 100)} %`;
      })
      .join(", ");
  }
}

class Runner {
  readonly host: Host;
  readonly #lab: Lab;
  readonly #far: Far;
  readonly #pid: string;

  constructor(lab: Lab, host: Host, far: Far, pid: string) {
    this.host = host;
    this.#lab = lab;
    this.#far = far;
    this.#pid = pid;
  }

  get log(): string {
    return this.#far.log();
  }

  async signal(signal: string): Promise<void> {
    const command = `kill -${signal} $(cat ${this.#pid})`;
    await this.#lab.exec(this.host, "sh", "-c", command);
  }

  /** @returns its exit code */
  async stop(): Promise<number> {
    const ended = once(this.#far.child, "close");
    await this.signal("TERM");
    const [code] = await ended;
    return code;
  }
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
  const lab = await Lab.up(t);

  await t.test("four runners share the posts", async (t) => {
    const posts = Number(process.env.LISTMILL_LAB_POSTS ?? 100);
    const home = await Home.make(lab, "shared");
    home.bring(posts);
    const begun = Date.now();
    const starts = [...hosts, ...hosts].map((host) => home.run(host));
    const runners = await Promise.all(starts);
    await home.done(runners, 60 + posts);
    const seconds = (Date.now() - begun) / 1000;
    t.equal(home.account(t, posts), 0, "none came twice");
    const shares = home.shares();
    t.comment(
      `${posts} posts, ${home.deliveries} deliveries in ${seconds.toFixed(0)} s: ${shares}`,
    );
    t.notMatch(shares, / (0|100) %/, "each host did some");
    for (const runner of runners) t.equal(await runner.stop(), 0, runner.log);
    t.strictSame(names(home.mill.spool("nodes")), []);
  });

  await t.test("a host that loses its power", async (t) => {
    const home = await Home.make(lab, "power");
    home.bring(40);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    await some(home, 100, runners);
    await lab.to("kill", "node-b");
    await home.done(runners);
    t.ok(home.account(t, 40) <= bound);
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
    t.ok(home.account(t, 40) <= bound);
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
    t.ok(home.account(t, 40) <= bound);
    for (const runner of runners) t.equal(await runner.stop(), 0);
  });

  await t.test("a server that dies and comes back", async (t) => {
    const home = await Home.make(lab, "server");
    home.bring(40);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    await some(home, 100, runners);
    await lab.tell("server-kill");
    await lab.tell("server-boot");
    await home.done(runners);
    t.ok(home.account(t, 40) <= 2 * bound);
    for (const runner of runners) t.equal(await runner.stop(), 0, runner.log);
  });

  await t.test("a host whose clock is an hour off", async (t) => {
    const home = await Home.make(lab, "clock");
    await lab.exec("node-b", "date", "-s", "+1 hour");
    home.bring(20);
    const runners = await Promise.all(hosts.map((host) => home.run(host)));
    await home.done(runners);
    t.equal(home.account(t, 20), 0);
    t.match(
      runners[1]?.log,
      /the host's clock is 3\d\d\d seconds ahead of the file server's/,
    );
    const listmill = resolve("bin/listmill");
    const told = await lab.exec(
      "node-a",
      ...[listmill, "--home", `${lab.share}/clock`, "check"],
    );
    t.match(told, /node-b: its clock is 3\d\d\d seconds ahead/);
    t.notMatch(told, /did not see/);
    t.notMatch(told, /^error/m);
    for (const runner of runners) t.equal(await runner.stop(), 0);
    await lab.exec("node-b", "date", "-s", "-1 hour");
  });
});
