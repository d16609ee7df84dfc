/**
 * What a runner that delivers looks at while it runs, at each scan: how many others share its limits,
 * and whether a person has ordered another rate.
 */
import { messageOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { outbound } from "../engine/aftermath.ts";
import type { Site } from "../lists/settings.ts";
import { ratedAt, toldPeers } from "../outbound/carry.ts";
import { type Ordered, Orders } from "../outbound/pace/orders.ts";
import type { Node } from "../spool/lease.ts";
import { announce, peersOf } from "../spool/peers.ts";
import type { Spool } from "../spool/spool.ts";

export interface Steered {
  readonly site: Site;
  readonly spool: Spool;
  readonly node: Node;
  /** Those that it runs; "*": all. */
  readonly queues: readonly string[] | "*";
  readonly log: Log;
}

/** Begins to look. @returns ends it */
export async function steer(steered: Steered): Promise<() => void> {
  const { site, spool, node, queues, log } = steered;
  await announce(spool, node, queues);
  if (queues !== "*" && !queues.includes(outbound)) return () => {};
  const orders = new Orders(spool, outbound);
  let known = "";
  const lookAtPeers = async () => {
    const { shared_rate, daily } = site.outbound;
    if (shared_rate === 0 && daily === 0) return;
    const peers = await peersOf(spool, node, outbound);
    if (peers.join() === known) return;
    toldPeers(site, node.name, peers.length, peers.indexOf(node.name));
    known = peers.join();
  };
  const followed = (ordered: Ordered) => {
    switch (ordered.kind) {
      case "order":
        rated(ordered.order.rate, "as ordered");
        break;
      case "none":
        rated(site.outbound.rate, "as the settings say");
        break;
      case "unreadable":
        log(node.name, `${ordered.path} cannot be read: the rate stays`);
    }
  };
  const rated = (rate: number, why: string) => {
    ratedAt(site, node.name, rate);
    const words = rate === 0 ? "no limit" : `${rate} messages a minute`;
    log(node.name, `${outbound}: ${words}, ${why}`);
  };
  const look = async () => {
    try {
      orders.look(followed);
      await lookAtPeers();
    } catch (error) {
      // A home that is gone for a moment ends no runner.
      log(node.name, `cannot look after its pace: ${messageOf(error)}`);
    }
  };
  await look();
  const timer = setInterval(() => void look(), site.runner.scan);
  return () => clearInterval(timer);
}
