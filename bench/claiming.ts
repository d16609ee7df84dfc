/**
 * Takes every entry of a queue as a runner takes it, against others who do the same, and gives none back:
 * prints how many it got, and how many others had taken meanwhile. Starts when the file `go` is in HOME.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../src/base/clock.ts";
import { take } from "../src/spool/claim.ts";
import { scan } from "../src/spool/queue.ts";
import { Spool } from "../src/spool/spool.ts";

const [home = "", node = ""] = process.argv.slice(2);
const spool = new Spool(join(home, "spool"));
const QUEUE = "claims";

while (!readdirSync(home).includes("go")) await sleep(20);
let got = 0;
let missed = 0;
const begun = performance.now();
for (;;) {
  const now = systemClock.now() / 1000;
  const { due } = await scan({ spool, queue: QUEUE, now, most: 5000 });
  if (due.length === 0) break;
  for (const waiting of due)
    if (take(spool, QUEUE, waiting, node, systemClock)) got += 1;
    else missed += 1;
}
const seconds = (performance.now() - begun) / 1000;
console.log(JSON.stringify({ got, missed, seconds }));
