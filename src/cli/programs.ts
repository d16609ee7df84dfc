/**
 * The programs that run for hooks, of a runner and of a trial alike.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { variable } from "../base/environment.ts";
import type { Log } from "../base/log.ts";
import { chooseAccount } from "../engine/account.ts";
import { closedTo, shareWith } from "../engine/handover.ts";
import { Launchers } from "../engine/launcher.ts";
import { Servers } from "../engine/servers.ts";
import type { Manner } from "../engine/start.ts";
import type { Site } from "../lists/settings.ts";
import { packageHooks } from "../mill.ts";
import type { Spool } from "../spool/spool.ts";

/** The launchers of a home, as its settings say. They start nothing before the first hook. */
export function launchersOf(site: Site): Launchers {
  return new Launchers(site.hooks.launchers, sharing(mannerOf(site)));
}

/**
 * The processes of served hooks of a home.
 * @param manner that of its launchers
 * @param log where they speak
 */
export function serversOf(site: Site, manner: Manner, log: Log): Servers {
  return new Servers(site.hooks.servers, manner, log);
}

/** How programs are started in a home. Throws Failure where hooks.hook_user cannot hold. */
export function mannerOf(site: Site): Manner {
  const choice = chooseAccount(site.hooks.hook_user);
  return {
    environment: hookEnvironment(site),
    resources: site.hooks,
    ...(choice.kind === "other" && { account: choice.account }),
    ...(choice.kind === "none" && { refused: choice.reason }),
  };
}

/** From then on the hooks' account can read what this process makes. */
function sharing(manner: Manner): Manner {
  if (manner.account) shareWith(manner.account);
  return manner;
}

/** What keeps hooks that are programs from running as they should. */
export function troubleOf(
  { account, refused }: Manner,
  spool: Spool,
): string | undefined {
  if (refused !== undefined) return refused;
  if (!account) return undefined;
  const folders = spool.queues().map((queue) => spool.claimed(queue));
  const closed = closedTo(account, folders.filter(isThere));
  if (closed === undefined) return undefined;
  const group = `chgrp ${account.gid} ${closed} && chmod g+x ${closed}`;
  return `hooks.hook_user: the account ${account.name} may not enter ${closed}, so its hooks could read no message: ${group}`;
}

function isThere(path: string): boolean {
  return existsSync(path);
}

/** What every hook has in its environment, whatever the message. */
function hookEnvironment(site: Site): Record<string, string> {
  const tools = join(packageHooks, "..", "bin");
  const lib = join(packageHooks, "..", "lib");
  return {
    PATH: `${tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    LANG: "C.UTF-8",
    HOME: site.home,
    LISTMILL_HOME: site.home,
    PYTHONPATH: lib,
    PERL5LIB: lib,
    ...(variable("TZ") ? { TZ: variable("TZ") as string } : {}),
  };
}
