/**
 * The nodes of a spool as anybody sees them: who has a folder in `nodes/`, on which host, since when,
 * and whether it lives. Ages are judged by the file server's clock.
 */
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { errnoOf } from "../base/errors.ts";
import { type Identity, isDead } from "./identity.ts";
import { birth } from "./name.ts";
import { ServerClock } from "./serverclock.ts";
import { listFolder, type Spool } from "./spool.ts";

/** What a node's folder is called. */
const nodeShape = /^([^.].*)\.\d+\.([0-9a-z]{9})$/;

/** How the order ends that drains a host (drain.ts), and a question who sees it (echo.ts). */
export const DRAIN = ".drain";
export const ECHO = ".echo";
/** How a folder begins that is made to learn the file server's time. */
const LOOK = ".look-";

/** Whether something in `nodes/` is ours: a node, a host's drain, or a question of a person's command. */
export function isOfNodes(name: string): boolean {
  return nodeShape.test(name) || name.endsWith(DRAIN) || isQuestion(name);
}

/** Whether it is what a person's command left there, if it is old. */
export function isQuestion(name: string): boolean {
  if (name.startsWith(LOOK)) return true;
  return (
    name.endsWith(ECHO) && /^[0-9a-z-]+$/.test(name.slice(0, -ECHO.length))
  );
}

/** The nodes that have a folder, alive or dead. */
export function nodeNames(spool: Spool): string[] {
  return listFolder(spool.nodes()).filter((name) => nodeShape.test(name));
}

/** The host that a node is on. */
export function hostOf(node: string): string {
  return nodeShape.exec(node)?.[1] ?? "";
}

/** When a node entered, in milliseconds since 1970: by the file server's clock, where that can be seen. */
export function enteredAt(spool: Spool, node: string): number {
  const who = join(spool.nodes(), node, "who.json");
  const stat = statSync(who, { throwIfNoEntry: false });
  return stat?.mtimeMs ?? birth(nodeShape.exec(node)?.[2] ?? "");
}

export interface Life {
  readonly isDead: boolean;
  /** Milliseconds since it renewed its lease, by the file server's clock; infinite where it has left. */
  readonly age: number;
}

/**
 * Looks how nodes are, for one who is none.
 * @param stale milliseconds without a renewal after which a node is dead
 * Throws the file system's error where nothing can be written in `nodes/`: a folder is made there and
 * removed, to learn the file server's time.
 */
export function livesOf(
  spool: Spool,
  nodes: readonly string[],
  stale: number,
  clock: Clock,
): Map<string, Life> {
  if (nodes.length === 0) return new Map();
  const folder = mkdtempSync(join(spool.nodes(), LOOK));
  try {
    const now = new ServerClock(clock).touch(folder);
    return new Map(
      nodes.map((node) => {
        const age = ageOf(spool, node, now);
        return [node, { isDead: isDeadAt(spool, node, stale, now), age }];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The nodes that live. Throws like `livesOf`. */
export function livingNodes(
  spool: Spool,
  stale: number,
  clock: Clock,
): string[] {
  const names = nodeNames(spool);
  const lives = livesOf(spool, names, stale, clock);
  return names.filter((name) => lives.get(name)?.isDead === false);
}

/**
 * Whether a node is dead.
 * @param stale milliseconds without a renewal after which it is
 * @param now the server's time; for those who may write nothing this host's, but nothing may be done
 *   upon that
 */
export function isDeadAt(
  spool: Spool,
  node: string,
  stale: number,
  now: number,
): boolean {
  return isGone(spool, node) || ageOf(spool, node, now) >= stale;
}

/** Whether a node's process is known to be gone. */
function isGone(spool: Spool, node: string): boolean {
  const who = identityOf(join(spool.nodes(), node));
  return who !== undefined && isDead(who);
}

/** Milliseconds since a node renewed its lease. @param now the server's time */
function ageOf(spool: Spool, node: string, now: number): number {
  const path = join(spool.nodes(), node);
  // One that is just entering has no lock yet.
  return now - Math.max(dated(path), dated(join(path, "lock")));
}

function identityOf(folder: string): Identity | undefined {
  try {
    return JSON.parse(
      readFileSync(join(folder, "who.json"), "utf8"),
    ) as Identity;
  } catch {
    return undefined;
  }
}

/** A folder's date by the server's clock, in milliseconds; before all time where there is none. */
function dated(folder: string): number {
  try {
    // NFS asks the server when a folder is opened; a mere stat may be answered from a cache.
    const fd = openSync(folder, "r");
    try {
      return fstatSync(fd).mtimeMs;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ESTALE") return Number.NEGATIVE_INFINITY;
    throw error;
  }
}
