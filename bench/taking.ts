/**
 * A runner that does nothing with what it takes: `taking.ts SPOOL NODE COUNT` takes so many entries of
 * the queue `q`, puts each back as a new one, and prints what it took.
 */
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { breath } from "../src/base/breath.ts";
import { systemClock } from "../src/base/clock.ts";
import { errnoOf } from "../src/base/errors.ts";
import { Line } from "../src/engine/line.ts";
import { formatName, freshName } from "../src/spool/name.ts";
import { nameOf } from "../src/spool/queue.ts";
import { Spool } from "../src/spool/spool.ts";

export interface Taken {
  readonly seconds: number;
  /** Milliseconds until the first entry was found. */
  readonly first: number;
  /** Milliseconds on the processor, the longest that nothing else could go on. */
  readonly pause: number;
  /** Claims that somebody else was faster with. */
  readonly lost: number;
}

const [root = "", me = "", count = ""] = process.argv.slice(2);
const spool = new Spool(root);
const claimed = spool.claimed("q", me);
mkdirSync(claimed, { recursive: true });

let told = Promise.withResolvers<void>();
const line = new Line("q", 1, {
  mill: {
    spool,
    node: {
      name: me,
      holds: () => true,
      serverTime: () => systemClock.now(),
      isDead: async () => false,
      leave: async () => {},
    },
    clock: systemClock,
    log: (where, what) => console.error(where, what),
    retry: { first: 1, most: 1, give_up: 1 },
  },
  scan: 5000,
  signal: new AbortController().signal,
  onMore: () => told.resolve(),
});

// Processor time: a rename in a large folder waits for the disk now and then, whoever looks.
let pause = 0;
let last = spent();
setInterval(() => {
  const now = spent();
  pause = Math.max(pause, now - last);
  last = now;
}, 1);

const begun = performance.now();
let first = 0;
let lost = 0;
for (let taken = 0; taken < Number(count); ) {
  told = Promise.withResolvers();
  const waiting = line.next();
  if (!waiting) {
    await told.promise;
    continue;
  }
  first ||= performance.now() - begun;
  const name = nameOf(waiting);
  line.begin(waiting);
  try {
    renameSync(join(spool.waiting("q"), name), join(claimed, name));
    taken += 1;
    putBack(name);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    lost += 1;
  }
  line.active -= 1;
  line.end(waiting);
  await breath();
}
const seconds = (performance.now() - begun) / 1000;
const taken: Taken = { seconds, first, pause, lost };
process.stdout.write(`${JSON.stringify(taken)}\n`, () => process.exit());

/** Milliseconds on the processor. */
function spent(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** As what has just come. */
function putBack(name: string): void {
  const fresh = formatName(freshName(systemClock.now()));
  renameSync(join(claimed, name), join(spool.waiting("q"), fresh));
  line.hear();
}
