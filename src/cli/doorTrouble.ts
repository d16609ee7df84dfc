/**
 * What is wrong with what bounces come by: the door by HTTP, where this host is to open it, and return paths
 * of MediaWiki's BounceHandler.
 */
import { host } from "../base/environment.ts";
import { messageOf } from "../base/errors.ts";
import { mustHaveSecret } from "../lists/bouncehandler.ts";
import { gateOf } from "../receipt/gate.ts";
import type { Context } from "./context.ts";

/** Tells each trouble, with what to do. */
export function doorTrouble(
  { site, lists }: Context,
  error: (what: string) => void,
  warn: (what: string) => void,
): void {
  const attempt = (act: () => unknown) => {
    try {
      act();
    } catch (thrown) {
      error(messageOf(thrown));
    }
  };
  if (site.roles.get(host())?.queues?.includes("http"))
    attempt(() => gateOf(site));
  const { bouncehandler } = site.bounces;
  if (!bouncehandler) return;
  attempt(() => mustHaveSecret(site));
  for (const [wiki, address] of Object.entries(bouncehandler.lists))
    attempt(() => {
      if (!lists.get(address))
        warn(
          `[bounces.bouncehandler.lists] ${wiki}: there is no list ${address}; bounces of this wiki are refused, and kept for no list where they come by HTTP`,
        );
    });
}
