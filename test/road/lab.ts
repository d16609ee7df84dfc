/**
 * Two hosts and an NFS server, all of them real kernels: the lab of nfs-lab.sh, with a home on the
 * share and a sink that counts. Each lab has a folder and a network of its own.
 */
import {
  type ChildProcess,
  execFile,
  spawn,
  spawnSync,
} from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const run = promisify(execFile);
const script = resolve("../shared/lab/nfs-lab.sh");
/** An address on the hosts' network that is the sink's. */
const SINK = "10.77.0.100";

/** Why there can be no lab here. */
export function lacking(): string | false {
  if (!existsSync(script)) return `no lab: ${script} is not there`;
  if (process.getuid?.() !== 0) return "the lab needs root";
  return existsSync("/dev/net/tun") ? false : "the lab needs /dev/net/tun";
}

/**
 * How a host starts listmill: they are one machine, and what this one has compiled of the source lies
 * in its tree, which they read.
 */
export const listmill: readonly string[] = [
  "env",
  "LISTMILL_MACHINE=lab",
  `NODE_COMPILE_CACHE=${resolve("node_modules/.cache/node")}`,
  resolve("bin/listmill"),
];

export type Host = "node-a" | "node-b";
export const hosts = ["node-a", "node-b"] as const;

/** What the sink took. */
export interface Taken {
  readonly message: string;
  readonly recipients: readonly string[];
  readonly at: number;
  /** The host that brought it. */
  readonly host: Host;
}

/** A program on a host. */
export interface Far {
  readonly child: ChildProcess;
  /** What it has said so far. */
  log(): string;
}

export class Lab {
  /** The share as hosts see it. */
  readonly share = "/mnt/nfs";
  readonly taken: Taken[] = [];
  /** The sink, as hosts reach it. */
  smtp = "";
  readonly #dir = mkdtempSync(join(tmpdir(), "lm-lab-"));
  readonly #name = basename(this.#dir).toLowerCase();
  #sink: ChildProcess | undefined;

  private constructor() {}

  /**
   * Starts everything.
   * @param teardown is given what ends it
   * @param options of the mount
   */
  static async up(
    { teardown }: { teardown(act: () => void): unknown },
    options = "vers=4.2,hard",
  ): Promise<Lab> {
    const lab = new Lab();
    teardown(() => lab.down());
    await lab.tell("up", { NFSLAB_OPTS: options });
    await lab.#keepAddress();
    await lab.#startSink();
    return lab;
  }

  /** The share as this machine sees it: files put there are such as the file server's own. */
  get folder(): string {
    return join(this.#dir, "server", "export");
  }

  /** A path on a host's own disk, `/var/local/NAME` there. */
  disk(host: Host, name: string): string {
    return join(this.#dir, host, "local", name);
  }

  /** A verb of the script: cut, heal, kill, boot, pause, resume, server-kill … */
  async tell(
    verb: string,
    more: Record<string, string> = {},
    ...args: string[]
  ): Promise<void> {
    await run(script, [verb, ...args], {
      env: { ...this.#env, ...more },
      maxBuffer: 1e8,
    });
  }

  async to(verb: string, host: Host): Promise<void> {
    await this.tell(verb, {}, host);
  }

  /** Starts a program on a host. */
  start(host: Host, command: readonly string[]): Far {
    const child = spawn(script, ["exec", host, ...command], {
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => {
        log += data;
      });
    return { child, log: () => log };
  }

  /** Runs a program on a host to its end. @returns what it printed; throws where it fails */
  async exec(host: Host, ...command: string[]): Promise<string> {
    const { child, log } = this.start(host, command);
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`${host}: ${command.join(" ")}: ${log()}`);
    return log();
  }

  get #env() {
    return {
      ...process.env,
      NFSLAB_DIR: this.#dir,
      NFSLAB_NAME: this.#name,
      NFSLAB_SRC: resolve("."),
    };
  }

  /**
   * A bridge takes the lowest hardware address of its ports, and another one when that port is cut
   * off: hosts that are not cut would look for the file server in vain until they ask for it anew.
   */
  async #keepAddress(): Promise<void> {
    const keep = "ip link set br0 address $(cat /sys/class/net/br0/address)";
    await run("ip", ["netns", "exec", this.#name, "sh", "-c", keep]);
  }

  async #startSink(): Promise<void> {
    const inside = ["netns", "exec", this.#name];
    await run("ip", [
      ...inside,
      ...["ip", "addr", "add", `${SINK}/24`, "dev", "br0"],
    ]);
    const program = join(import.meta.dirname, "labSink.ts");
    const sink = spawn("ip", [...inside, process.execPath, program, SINK], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#sink = sink;
    const lines = createInterface({ input: sink.stdout });
    const [url] = (await once(lines, "line")) as [string];
    this.smtp = url;
    lines.on("line", (line) => {
      const { from, ...taken } = JSON.parse(line);
      const host = from.endsWith(".11") ? "node-a" : "node-b";
      this.taken.push({ ...taken, host });
    });
  }

  /** Ends everything; waits for nothing, so that it can be the last act of a process. */
  down(): void {
    this.#sink?.kill();
    spawnSync(script, ["down"], { env: this.#env, stdio: "ignore" });
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
