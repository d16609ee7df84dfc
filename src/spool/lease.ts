/**
 * A node is one runner process; its lease is a lock on `nodes/<node>/`, renewed all the while.
 * A node whose lock is stale, or whose process is known to be gone, is dead: others take over what
 * it held. A node that could not renew for half of the stale time calls itself lost before that,
 * and stops. The only importer of proper-lockfile.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import type { Clock } from "../base/clock.ts";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";
import { writeNew } from "./durable.ts";
import { type Identity, isDead, myIdentity } from "./identity.ts";
import { newId } from "./name.ts";
import { ServerClock } from "./serverclock.ts";
import { listFolder, type Spool } from "./spool.ts";

export interface LeaseTimes {
  /** Milliseconds between two renewals. */
  readonly renew: number;
  /** Milliseconds without a renewal after which others take a node for dead. */
  readonly stale: number;
}

/** This process as a node of the spool. */
export interface Node {
  readonly name: string;
  /** Whether the lease is held for certain: nothing may be taken, sent or committed without. */
  holds(): boolean;
  /** The file server's time, in milliseconds. */
  serverTime(): number;
  /** Whether another node is dead. */
  isDead(name: string): Promise<boolean>;
  /** Gives the lease up; the node's folder goes. */
  leave(): Promise<void>;
}

/**
 * Makes this process a node.
 * @param onLost called once when the lease is lost: stop everything
 */
export async function enter(
  spool: Spool,
  host: string,
  times: LeaseTimes,
  clock: Clock,
  onLost: (reason: string) => void,
): Promise<Node> {
  const name = `${host}.${process.pid}.${newId(clock.now()).slice(0, 9)}`;
  const folder = join(spool.nodes(), name);
  const server = new ServerClock(clock);
  mkdirSync(folder, { recursive: true });
  await writeNew(join(folder, "who.json"), `${JSON.stringify(myIdentity())}\n`);
  server.touch(folder);
  let renewed = clock.now();
  let lost = false;
  const lose = (reason: string) => {
    if (lost) return;
    lost = true;
    onLost(reason);
  };
  const utimes = server.fs.utimes;
  server.fs.utimes = (path, access, asked, done) => {
    // From before the call: it may hang, with the lock dated and nobody told.
    const began = clock.now();
    utimes(path, access, asked, (error) => {
      if (!error) renewed = began;
      done(error);
    });
  };
  let release: () => Promise<void>;
  try {
    release = await lockfile.lock(folder, {
      lockfilePath: join(folder, "lock"),
      realpath: false,
      stale: times.stale,
      fs: server.fs,
      update: times.renew,
      onCompromised: (error) => lose(messageOf(error)),
    });
  } catch (error) {
    throw new Failure(
      exit.tryLater,
      `${folder}: no lease could be taken: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return {
    name,
    holds() {
      if (!lost && clock.now() - renewed > times.stale / 2)
        lose(`not renewed for ${Math.round((clock.now() - renewed) / 1000)} s`);
      return !lost;
    },
    serverTime: () => server.now(),
    async isDead(other) {
      const path = join(spool.nodes(), other);
      const who = identityOf(path);
      if (who && isDead(who)) return true;
      // One that is just entering has no lock yet.
      const last = Math.max(dated(path), dated(join(path, "lock")));
      return server.touch(folder) - last >= times.stale;
    },
    async leave() {
      if (!lost) await release().catch(() => {});
      lost = true;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Whether a node is dead, for those who only look and have no lease: judged by this host's clock, so
 * nothing may be done upon it.
 * @param now milliseconds
 */
export function seemsDead(
  spool: Spool,
  name: string,
  { stale }: Pick<LeaseTimes, "stale">,
  now: number,
): boolean {
  const path = join(spool.nodes(), name);
  const who = identityOf(path);
  if (who && isDead(who)) return true;
  return now - Math.max(dated(path), dated(join(path, "lock"))) >= stale;
}

/** What a node's folder is called. */
export const nodeShape = /^[^.].*\.\d+\.[0-9a-z]{9}$/;

/** The nodes that have a folder, alive or dead. */
export function nodeNames(spool: Spool): string[] {
  return listFolder(spool.nodes()).filter((name) => nodeShape.test(name));
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

/** A folder's date by the server's clock, in milliseconds; 0 where there is no such folder. */
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
    if (code === "ENOENT" || code === "ESTALE") return 0;
    throw error;
  }
}
