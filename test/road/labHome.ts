/**
 * A home on the share of the lab: a list of ten members, runners on hosts, and what came of its posts.
 */
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { type Far, type Host, hosts, type Lab, listmill } from "./lab.ts";
import { list, Mill, names, post, until } from "./mill.ts";

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
export const bound = 5 * connections;

/** A home on the share, with posts of its own. */
export class Home {
  readonly lab: Lab;
  readonly mill: Mill;
  /** As hosts see it. */
  readonly path: string;
  readonly #name: string;
  readonly #from: number;
  #runners = 0;

  private constructor(lab: Lab, mill: Mill, name: string, path: string) {
    this.lab = lab;
    this.mill = mill;
    this.path = path;
    this.#name = name;
    this.#from = lab.taken.length;
  }

  /** @param host on whose own disk it lies, instead of the share */
  static async make(
    lab: Lab,
    name: string,
    host?: Host,
    settings = "",
  ): Promise<Home> {
    const folder = host ? lab.disk(host, name) : join(lab.folder, name);
    const path = `${host ? "/var/local" : lab.share}/${name}`;
    mkdirSync(folder);
    const mill = await Mill.make(folder, {
      ...{ smtp: lab.smtp, members: [author], site },
      list: `${settings}[digest]\nenabled = false\n[file]\npath = "lists/${list}/members.txt"\n`,
    });
    const lists = join(folder, "lists", list);
    writeFileSync(join(lists, "members.txt"), `${members.join("\n")}\n`);
    // The state is each host's own.
    for (const host of hosts)
      cpSync(join(folder, "state"), lab.disk(host, `state-${name}`), {
        recursive: true,
        // Whose it is, each host writes itself.
        filter: (path) => basename(path) !== "host",
      });
    rmSync(join(folder, "state"), { recursive: true });
    symlinkSync(`/var/local/state-${name}`, join(folder, "state"));
    return new Home(lab, mill, name, path);
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

  /** Waits until these posts are held. @returns their ids */
  async held(posts: number): Promise<string[]> {
    const waiting = () => names(this.mill.spool("held", "new"));
    await until(
      () => waiting().length === posts && this.mill.busy() === posts,
      () => `${posts} posts to be held; left: ${this.mill.left()}`,
      120,
    );
    return waiting().map((name) => name.slice(name.lastIndexOf(".") + 1));
  }

  /** Starts a runner, and waits until it runs. */
  async run(host: Host): Promise<Runner> {
    this.#runners += 1;
    const pid = `/run/${this.#name}-${this.#runners}`;
    const command = `echo $$ > ${pid}; exec ${listmill.join(" ")} --home ${this.path} run`;
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

  /** Compares what came with what was brought. */
  account(count: number): Account {
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
    for (const key of wanted) seen.delete(key);
    return {
      lost,
      strange: [...seen.keys()],
      doubles: this.deliveries - wanted.length + lost.length - seen.size,
      archived: this.mill.shelved(),
    };
  }

  /** How many deliveries each post had that went out; what the list says itself is none. */
  posts(): Map<string, number> {
    const found = new Map<string, number>();
    for (const { message, recipients } of this.#taken)
      if (message.endsWith("@home.example>"))
        found.set(message, (found.get(message) ?? 0) + recipients.length);
    return found;
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

/** What became of posts to all members. */
export interface Account {
  /** Deliveries that never came, and some that nobody asked for. */
  readonly lost: readonly string[];
  readonly strange: readonly string[];
  /** How many came once more. */
  readonly doubles: number;
  /** The numbers of the posts in the archive. */
  readonly archived: readonly number[];
}

export class Runner {
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
