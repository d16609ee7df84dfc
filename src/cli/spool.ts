/**
 * listmill spool: whether all of a home is whole, after a power failure, a restore, a copy.
 */
import { join } from "node:path";
import { lookOverArchive } from "../archive/verify.ts";
import { exit, Failure } from "../base/errors.ts";
import { plural } from "../base/log.ts";
import { outbound } from "../engine/aftermath.ts";
import { isDeadAt } from "../spool/nodes.ts";
import { accountOf } from "../spool/verify/account.ts";
import { Hand } from "../spool/verify/hand.ts";
import { Report } from "../spool/verify/report.ts";
import { mustBeMounted, type Seen, verify } from "../spool/verify/verify.ts";
import { asNode, type Self, untilEnded } from "./asnode.ts";
import { type Context, parse, type Verb } from "./context.ts";
import { asJson, asLine } from "./findings.ts";
import { Meter } from "./meter.ts";
import { write } from "./output.ts";

const verb: Verb = {
  usage: `\
spool verify [--repair]
    Reads the spool and the archive after a power failure, a restore or a copy: what is whole, what is
    not, what is there twice. Exits 65 where something is not whole. With --repair it is put right,
    and nothing is deleted: what is broken goes to failed/, what is there twice to held/, with the
    reason; folders and links that are missing are made. Runners may run.`,
  async run(context, args) {
    const options = { repair: { type: "boolean", default: false } } as const;
    const { values, positionals } = parse(args, options, 1);
    if (positionals[0] !== "verify")
      throw new Failure(exit.usage, "spool takes an action: spool verify");
    mustHaveLists(context);
    mustBeMounted(context.spool);
    const meter = new Meter(context.clock, "entry", "entries");
    return values.repair
      ? asNode(context, "spool verify --repair", meter, (self) =>
          look(context, meter, self.signal, self),
        )
      : untilEnded((signal) => look(context, meter, signal, undefined));
  },
};
export default verb;

/** Throws Failure 75 where the folder is missing: a file system may not be mounted. */
function mustHaveLists({ lists }: Context): void {
  lists.names();
}

/** @param self the node that repairs; without it nothing is changed */
async function look(
  context: Context,
  meter: Meter,
  signal: AbortSignal,
  self: Self | undefined,
): Promise<number> {
  const { home, spool, site, clock, json } = context;
  const tell = json ? asJson(meter) : asLine(meter);
  const report = new Report(home, tell);
  if (json) await write('{"findings":[');
  const seen = await verify({
    spool,
    report,
    signal,
    account: accountOf(home),
    listQueues: new Set([outbound]),
    hand: self && new Hand({ spool, clock, node: self.node, log: self.log }),
    now: () => clock.now(),
    isDead: async (name) =>
      self
        ? name !== self.node.name && (await self.node.isDead(name))
        : isDeadAt(spool, name, site.node.stale, clock.now()),
    counted: (entries) => meter.add(entries),
  });
  await lookOverArchive(join(home, "archive"), report, signal, self);
  meter.wipe();
  const { broken, repaired, notes } = report;
  if (json)
    await write(
      `\n],${JSON.stringify({ ...seen, broken, repaired, notes }, undefined, 1).slice(1)}\n`,
    );
  else context.say(summary(seen, report));
  return broken > 0 ? exit.dataError : exit.ok;
}

function summary({ entries, queues, atWork }: Seen, report: Report): string {
  const { broken, repaired, notes } = report;
  const all = `${figures(entries)} ${entries === 1 ? "entry" : "entries"} in ${plural(queues, "queue", "queues")}`;
  const busy = atWork > 0 ? ` (${figures(atWork)} at work, left alone)` : "";
  const told: string[] = [];
  if (broken > 0) told.push(`${figures(broken)} not whole`);
  if (repaired > 0) told.push(`${figures(repaired)} put right`);
  if (broken + repaired === 0) told.push("all whole");
  if (notes > 0) told.push(plural(notes, "note", "notes"));
  return `${all}${busy}: ${told.join(", ")}`;
}

/** 1234567 as 1,234,567. */
function figures(count: number): string {
  return count.toLocaleString("en-US");
}
