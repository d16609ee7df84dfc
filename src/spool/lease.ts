/**
 * A node is one runner process; its lease is a lock on `nodes/<node>/`, renewed all the while.
 * A node whose lock is stale, or whose process is known to be gone, is dead: others take over what
 * it held. A node that could not renew for half of the stale time calls itself lost before that,
 * and stops. The only importer of proper-lockfile.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import type { Clock } from "../base/clock.ts";
import { exit, Failure, messageOf } from "../base/errors.ts";
import { writeNew } from "./durable.ts";
import { myIdentity } from "./identity.ts";
import { newId } from "./name.ts";
import { isDeadAt } from "./nodes.ts";
import { ServerClock } from "./serverclock.ts";
import type { Spool } from "./spool.ts";

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
 * @param clock the host's, for it is compared with the file server's
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
  let renewed = moment(clock);
  let lost = false;
  const lose = (reason: string) => {
    if (lost) return;
    lost = true;
    onLost(reason);
  };
  const utimes = server.fs.utimes;
  server.fs.utimes = (path, access, asked, done) => {
    // From before the call: it may hang, with the lock dated and nobody told.
    const began = moment(clock);
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
    rmSync(folder, { recursive: true, force: true });
    throw new Failure(
      exit.tryLater,
      `${folder}: no lease could be taken: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return {
    name,
    holds() {
      const since = lost ? 0 : elapsed(renewed, clock);
      if (since > times.stale / 2)
        lose(`not renewed for ${Math.round(since / 1000)} s`);
      return !lost;
    },
    serverTime: () => server.now(),
    isDead: async (other) =>
      isDeadAt(spool, other, times.stale, server.lately(folder)),
    async leave() {
      if (!lost) await release().catch(() => {});
      lost = true;
      // Another host may just leave something there: a name of NFS for a file that is open, a question.
      const again = { maxRetries: 10, retryDelay: 20 };
      rmSync(folder, { recursive: true, force: true, ...again });
    },
  };
}

interface Moment {
  readonly wall: number;
  readonly steady: number;
}

function moment(clock: Clock): Moment {
  return { wall: clock.now(), steady: performance.now() };
}

/** Milliseconds since then. A clock that is set stretches it at most: one that sleeps tells too little. */
function elapsed(since: Moment, clock: Clock): number {
  const { wall, steady } = moment(clock);
  return Math.max(wall - since.wall, steady - since.steady);
}
