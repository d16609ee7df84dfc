/**
 * Other list managers on the same work: peers.sh, which lies beside the project where it is there at
 * all, sets them up, each delivering straight into smtp-sink, and measures them with all processes
 * counted. Those that are installed take part; with LISTMILL_BENCH_PEERS in the environment missing ones
 * are installed, and what takes minutes is measured too.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { atEnd } from "./ending.ts";
import { medianRun, type Run } from "./measure.ts";
import { place } from "./place.ts";
import { run } from "./programs.ts";
import type { Row } from "./table.ts";

const script = resolve(import.meta.dirname, "../../shared/peers/peers.sh");
const needs = [script, "/sys/fs/cgroup/cpuacct", "/usr/bin/jq", "/usr/bin/gcc"];
/** The one of its networks in which delayed ACKs are off. */
const NETWORK = "quick";
const isWanted = !!process.env.LISTMILL_BENCH_PEERS;

/** `batched`: one post, recipients by the hundred or more; `verp`: an envelope a recipient; `posts`: to 10 members. */
export type Work = "batched" | "verp" | "posts";

interface Peer {
  readonly name: string;
  /** As peers.sh calls it. */
  readonly word: string;
  readonly program: string;
  readonly rounds: number;
  /** How peers.sh is asked to do a work; a reason where it takes too long. */
  readonly works: Readonly<Record<Work, string | { readonly slow: string }>>;
}

const peers: readonly Peer[] = [
  {
    name: "mlmmj",
    word: "mlmmj",
    program: "/usr/bin/mlmmj-receive",
    rounds: 3,
    works: {
      batched: "run_w1 mlmmj 100000 batch",
      verp: "run_w1 mlmmj 10000 verp",
      posts: "run_w3 mlmmj batch",
    },
  },
  {
    name: "Mailman 3",
    word: "mailman",
    program: "/usr/bin/mailman",
    rounds: 1,
    works: {
      batched: "run_w1 mailman 10000 batch",
      verp: isWanted
        ? "run_w1 mailman 10000 verp"
        : { slow: "takes minutes: LISTMILL_BENCH_PEERS=1 has it measured" },
      posts: "run_w3 mailman batch",
    },
  },
];

/** What a peer took for a work. */
export interface PeerRun extends Run {
  /** Recipients, or posts. */
  readonly count: number;
}

/** How the peers do a work. @returns their rows, and their rates a second by name */
export async function peersAt(
  work: Work,
): Promise<{ rows: Row[]; references: Record<string, number> }> {
  const rows: Row[] = [];
  const references: Record<string, number> = {};
  for (const peer of peers) {
    const name =
      peer.word === "mlmmj" ? `${peer.name}, delayed ACKs off` : peer.name;
    const found = await measure(peer, work);
    if ("skipped" in found) {
      rows.push({ name, ...found });
      continue;
    }
    const { seconds, ...cost } = found;
    const figure = found.count / seconds;
    references[peer.name] = figure;
    const unit = work === "posts" ? "posts/s" : "recipients/s";
    rows.push({ name, figure, unit, ...cost });
  }
  return { rows, references };
}

async function measure(
  peer: Peer,
  work: Work,
): Promise<PeerRun | { skipped: string }> {
  const words = peer.works[work];
  try {
    const skipped = await missing(peer);
    if (skipped !== undefined) return { skipped };
    if (typeof words !== "string") return { skipped: words.slow };
    const runs: PeerRun[] = [];
    for (let round = 0; round < peer.rounds; round += 1) {
      await call(words.split(" "));
      runs.push(parseRun(readFileSync(results(), "utf8")));
    }
    return { ...medianRun(runs), count: runs[0]?.count ?? 0 };
  } catch (error) {
    return { skipped: (error as Error).message.replaceAll("\n", " ") };
  }
}

/** @param lines what peers.sh has noted, the last one counts. Throws where that did not end well */
export function parseRun(lines: string): PeerRun {
  const found = JSON.parse(lines.trim().split("\n").at(-1) ?? "");
  if (found.timeout || found.msgs < found.expect)
    throw new Error(`only ${found.msgs} of ${found.expect} messages came`);
  return {
    seconds: found.wall,
    cpu: found.cpu,
    memory: found.rss_kb / 1024,
    count: found.recips,
  };
}

const made = new Map<Peer, Promise<string | undefined>>();

/** Sets a peer up once. @returns why it cannot take part */
function missing(peer: Peer): Promise<string | undefined> {
  const known = made.get(peer) ?? setUp(peer);
  made.set(peer, known);
  return known;
}

async function setUp(peer: Peer): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "only root can set it up";
  const absent = needs.find((path) => !existsSync(path));
  if (absent) return `no ${absent}`;
  if (!existsSync(peer.program)) {
    if (!isWanted)
      return `no ${peer.program}: install it, or set LISTMILL_BENCH_PEERS=1`;
    await call(["install_peers"]);
  }
  mkdirSync(folder(), { recursive: true });
  const network = `/run/netns/peers-${NETWORK}`;
  const isOurs = !existsSync(network);
  atEnd(() => {
    stop(peer);
    if (isOurs && existsSync(network))
      execFileSync("ip", ["netns", "del", `peers-${NETWORK}`]);
  });
  await call([`setup_${peer.word}`]);
  return undefined;
}

/** Its daemons, and what was interrupted: they are not children of the bench. */
function stop(peer: Peer): void {
  for (const args of [
    ["stop", peer.word],
    ["cg_stop", `peers_${peer.word}`],
    ["cg_stop", "peers_sink"],
  ])
    execFileSync(script, args, { env: environment() });
  rmSync("/dev/shm/peers", { recursive: true, force: true });
}

function folder(): string {
  return join(place(), "peers");
}

function results(): string {
  return join(folder(), "results.jsonl");
}

async function call(args: readonly string[]): Promise<void> {
  await run({ file: script, args, environment: environment() });
}

/** No second try and no wait for a quiet machine: all others have their turn as it is. */
function environment(): Record<string, string> {
  return {
    PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
    WORK: folder(),
    PEERS_NS: NETWORK,
    QUIET: "0",
    REPS: "1",
    TRIES: "1",
    NOISE: "1000",
  };
}
