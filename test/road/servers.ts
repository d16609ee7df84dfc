/**
 * Real servers for journeys, started with lab/services.sh in a folder of their own and ended by the
 * process ids that it noted. The folder is short, and other users may look into it, as they must.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Test } from "tap";
import { variable } from "../../src/base/environment.ts";

const services =
  variable("LISTMILL_TEST_SERVICES") ??
  join(import.meta.dirname, "../../../shared/lab/services.sh");
const path = `${variable("PATH")}:/usr/sbin:/sbin`;

const programs = {
  postfix: "/usr/sbin/postfix",
  exim: "/opt/exim4/usr/sbin/exim4",
  slapd: "/usr/sbin/slapd",
  postgres: "/usr/lib/postgresql/15/bin/postgres",
  mariadb: "/usr/sbin/mariadbd",
  rabbitmq: "/usr/lib/rabbitmq/bin/rabbitmq-server",
  redis: "/usr/bin/redis-server",
  gdbm: "/usr/bin/gdbmtool",
  swaks: "/usr/bin/swaks",
  curl: "/usr/bin/curl",
  dovecot: "/usr/sbin/dovecot",
  git: "/usr/bin/git",
  "public-inbox": "/usr/bin/public-inbox-httpd",
  mhonarc: "/usr/bin/mhonarc",
} as const;

/**
 * Whether these servers can be started here. Where not the test is skipped with the reason, or fails
 * when LISTMILL_TEST_SERVERS=required. LISTMILL_TEST_SERVICES names the script that starts servers,
 * where it does not lie beside the tree.
 */
export function needServers(
  t: Pick<Test, "fail" | "pass">,
  ...names: (keyof typeof programs)[]
): boolean {
  const reason = missing(names);
  if (reason === undefined) return true;
  if (variable("LISTMILL_TEST_SERVERS") === "required") t.fail(reason);
  else t.pass(reason, { skip: true });
  return false;
}

function missing(names: (keyof typeof programs)[]): string | undefined {
  if (!existsSync(services)) return `no ${services}`;
  if (process.getuid?.() !== 0) return "only root can start servers";
  const absent = names.find((name) => !existsSync(programs[name]));
  return absent && `no ${absent} here: ${programs[absent]} is missing`;
}

/** Exim reads only so many lines of those that start_exim has added. */
const forgetting = `
list=/etc/exim4/trusted_configs
if grep -sq "^$1" $list; then sed -i "\\#^$1#d" $list; fi`;

export class Servers {
  /** Absolute; removed at the end of the test. */
  readonly dir: string;

  /** A folder for servers, which all end when the test does. */
  constructor(t: Pick<Test, "teardown">) {
    const root = existsSync("/dev/shm") ? "/dev/shm" : "/tmp";
    this.dir = mkdtempSync(join(root, `lm-${process.pid}-`));
    chmodSync(this.dir, 0o755);
    t.teardown(() => {
      this.bash(`stop_all; ${forgetting}`, [`${this.dir}/`]);
      rmSync(this.dir, { recursive: true, force: true });
    });
  }

  /**
   * Runs lines of bash that know start_postfix and its like; $@ are the arguments.
   * @returns what they printed
   */
  bash(
    lines: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): string {
    return execFileSync(
      "bash",
      ["-c", `source "$SERVICES"; ${lines}`, "bash", ...args],
      {
        env: {
          PATH: path,
          LANG: "C.UTF-8",
          SERVICES: services,
          SVC_STATE: join(this.dir, "state"),
          ...environment,
        },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 60_000,
        killSignal: "SIGKILL",
      },
    );
  }

  /** Ends what was started in a folder. */
  stop(dir: string): void {
    this.bash('stop_all "$@"', [dir]);
  }
}

/** An account that mail is delivered under; made where it is missing. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export function account(servers: Servers, name: string): Account {
  const [uid = 0, gid = 0] = servers
    .bash('_svc_user "$1"; id -u "$1"; id -g "$1"', [name])
    .split("\n")
    .map(Number);
  return { name, uid, gid };
}

/** Runs a program of a server, with a message on stdin. @returns what it printed */
export function call(
  program: string,
  args: readonly string[],
  input: string | Buffer = "",
): string {
  const done = spawnSync(program, args, { input, env: { PATH: path } });
  if (done.error) throw done.error;
  const said = `${done.stdout}${done.stderr}`;
  if (done.status !== 0)
    throw new Error(`${program} ${args.join(" ")}: ${done.status} ${said}`);
  return said;
}

/** A port of loopback that nobody has just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address ? address.port : 0;
}
