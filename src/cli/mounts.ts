/**
 * What `listmill check` finds of a home that several hosts share: how it is mounted, and whether runners
 * on other hosts see what is written here, and this host what they write.
 */
import { hostClock } from "../base/clock.ts";
import { host } from "../base/environment.ts";
import { plural } from "../base/log.ts";
import { ask } from "../spool/echo.ts";
import { mountOf, type Trouble, troubles } from "../spool/mount.ts";
import { hostOf, livingNodes } from "../spool/nodes.ts";
import { doingOf, runsOf } from "../spool/peers.ts";
import type { Context } from "./context.ts";

/** Milliseconds that a change may need to be seen besides the time between two scans. */
const SEEN = 5000;
/** Milliseconds by which clocks may be off. */
const OFF = 2000;

/** Options of the mount. */
export function mountTroubles({ spool }: Context): Trouble[] {
  const mount = mountOf(spool.root);
  return mount ? troubles(mount) : [];
}

/** Asks the runners on other hosts. Takes as long as a scan of theirs. */
export async function hostTroubles(context: Context): Promise<Trouble[]> {
  const { spool, site } = context;
  const living = livingNodes(spool, site.node.stale, hostClock);
  const found: Trouble[] = [];
  const warn = (what: string) => found.push({ level: "warning", what });
  for (const name of living) {
    const { ahead = 0 } = doingOf(spool, name) ?? {};
    if (Math.abs(ahead) > OFF)
      warn(
        `${hostOf(name)}: its clock is ${plural(Math.round(Math.abs(ahead) / 1000), "second", "seconds")} ${ahead > 0 ? "ahead of" : "behind"} the file server's; set it right (chrony, ntpd)`,
      );
  }
  // Only runners look around; a person's command does not.
  const others = living.filter(
    (name) => hostOf(name) !== host() && runsOf(spool, name).length > 0,
  );
  const { scan } = site.runner;
  const heard = await ask(spool, others, scan + SEEN);
  for (const name of others)
    if (!heard.has(name))
      warn(
        `${hostOf(name)}: its runner ${name} lives, and did not see within ${plural((scan + SEEN) / 1000, "second", "seconds")} what was written here: it has just died or lost the network (listmill nodes tells in half a minute); or else look whether both hosts mount the same home, and with what options (docs/cluster.md)`,
      );
  return found;
}
