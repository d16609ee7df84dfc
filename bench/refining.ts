/**
 * A process of its own that makes and refines a list's distribution list once, as a runner would
 * with the default hooks, and prints what that took as JSON: `node bench/refining.ts HOME LIST`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../src/base/clock.ts";
import { noLog } from "../src/base/log.ts";
import { Launchers } from "../src/engine/launcher.ts";
import { Pipelines } from "../src/engine/layers.ts";
import { Pass } from "../src/engine/pass.ts";
import { Servers } from "../src/engine/servers.ts";
import { Lists } from "../src/lists/directory.ts";
import { eachLine } from "../src/lists/refine/filter.ts";
import { loadSite } from "../src/lists/settings.ts";
import { mailTrade } from "../src/mill.ts";
import type { Envelope } from "../src/spool/envelope.ts";
import { newId } from "../src/spool/name.ts";
import { peakMemory } from "./measure.ts";

const [home = ".", address = ""] = process.argv.slice(2);
const site = loadSite(home);
const trade = mailTrade(site, new Lists(site.home, site), "bench");
const path = mkdtempSync(join(site.home, "spool/refining-"));
const file = join(path, "message");
writeFileSync(file, "From: author@bench.example\nSubject: bench\n\nHello\n");
const message = await trade.open([{ path: file, start: 0, end: 51 }]);
if ("noMessage" in message) throw new Error(message.noMessage);
const envelope: Envelope = {
  sender: "author@bench.example",
  recipient: address,
  list: address,
  origin: "mta",
  received: "2026-01-01T00:00:00.000Z",
  history: [],
};
const now = systemClock.now();
const name = { due: 0, attempt: 0, id: newId(now) };
const place = trade.place(envelope);
const pipelines = new Pipelines();
const launchers = new Launchers(1, { environment: {} });
const seconds: Record<string, number> = {};
const pass = new Pass(
  { queue: "posts", name, path },
  envelope,
  message,
  place,
  {
    trade,
    pipelines,
    launchers,
    servers: new Servers(1, { environment: {} }, noLog),
    limits: { timeout: site.hooks.timeout, output: site.hooks.output },
    log: noLog,
    clock: systemClock,
    signal: new AbortController().signal,
    holds: () => true,
    witness: ({ hook, verdict, milliseconds }) => {
      if (verdict.kind !== "pass")
        throw new Error(`${hook.path}: ${JSON.stringify(verdict)}`);
      seconds[hook.path] = milliseconds / 1000;
    },
  },
);
try {
  const pipeline = pipelines.get("posts", place.layers, now);
  const stages = pipeline.stages.filter(
    ({ verb }) => verb === "recipients" || verb === "refine",
  );
  const from = performance.now();
  const end = await pass.run({ ...pipeline, stages });
  const total = (performance.now() - from) / 1000;
  const peak = peakMemory();
  let addresses = 0;
  await eachLine(pass.distribution.file ?? "", () => {
    addresses += 1;
  });
  process.stdout.write(
    `${JSON.stringify({ end, addresses, total, peak, seconds })}\n`,
  );
} finally {
  rmSync(path, { recursive: true });
  await launchers.close();
}
process.exit();
