/**
 * What a runner looks at while it runs, at each scan: whether its host is drained, how many others share
 * its limits, whether a person has ordered another rate, and what time it is. It tells what it does.
 */
import { host } from "../base/environment.ts";
import { messageOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { outbound } from "../engine/aftermath.ts";
import type { Site } from "../lists/settings.ts";
import { ratedAt, sentLately, toldPeers } from "../outbound/carry.ts";
import { type Ordered, Orders } from "../outbound/pace/orders.ts";
import { drainedHosts } from "../spool/drain.ts";
import { answer } from "../spool/echo.ts";
import type { Node } from "../spool/lease.ts";
import { announce, peersOf, tell } from "../spool/peers.ts";
import type { Spool } from "../spool/spool.ts";
import { Timekeeper } from "./timekeeping.ts";

export interface Steered {
  readonly site: Site;
  readonly spool: Spool;
  readonly node: Node;
  /** Those that it runs; "*": all. */
  readonly queues: readonly string[] | "*";
  readonly log: Log;
}

/** Begins to look. */
export async function steer(steered: Steered): Promise<Steering> {
  const { spool, node, queues } = steered;
  await announce(spool, node, queues);
  const steering = new Steering(steered);
  await steering.begin();
  return steering;
}

export class Steering {
  readonly #steered: Steered;
  readonly #orders: Orders;
  readonly #time: Timekeeper;
  #rate: number;
  #peers = "";
  #isDrained = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(steered: Steered) {
    const { site, spool, node, log } = steered;
    this.#steered = steered;
    this.#orders = new Orders(spool, outbound);
    this.#time = new Timekeeper(node, log);
    this.#rate = site.outbound.rate;
  }

  /** A person wants this host to take nothing more. */
  get isDrained(): boolean {
    return this.#isDrained;
  }

  async begin(): Promise<void> {
    await this.#look();
    const { scan } = this.#steered.site.runner;
    this.#timer = setInterval(() => void this.#look(), scan);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { spool, node, queues, log } = this.#steered;
    try {
      this.#time.look();
      this.#lookAtDrain();
      answer(spool, node.name);
      if (queues === "*" || queues.includes(outbound)) {
        this.#orders.look((ordered) => this.#follow(ordered));
        await this.#lookAtPeers();
      }
      this.#tell();
    } catch (error) {
      // A home that is gone for a moment ends no runner.
      log(node.name, `cannot look around: ${messageOf(error)}`);
    }
  }

  #lookAtDrain(): void {
    const { spool, node, log } = this.#steered;
    const isDrained = drainedHosts(spool).has(host());
    if (isDrained === this.#isDrained) return;
    this.#isDrained = isDrained;
    log(
      node.name,
      isDrained
        ? `${host()} is drained: what is at work is finished, nothing more is taken`
        : `${host()} is resumed`,
    );
  }

  async #lookAtPeers(): Promise<void> {
    const { site, spool, node } = this.#steered;
    const { shared_rate, daily } = site.outbound;
    if (shared_rate === 0 && daily === 0) return;
    const peers = await peersOf(spool, node, outbound);
    if (peers.join() === this.#peers) return;
    toldPeers(site, node.name, peers.length, peers.indexOf(node.name));
    this.#peers = peers.join();
  }

  #follow(ordered: Ordered): void {
    const { site, node, log } = this.#steered;
    switch (ordered.kind) {
      case "order":
        this.#rated(ordered.order.rate, "as ordered");
        break;
      case "none":
        this.#rated(site.outbound.rate, "as the settings say");
        break;
      case "unreadable":
        log(node.name, `${ordered.path} cannot be read: the rate stays`);
    }
  }

  #rated(rate: number, why: string): void {
    const { site, node, log } = this.#steered;
    this.#rate = rate;
    ratedAt(site, node.name, rate);
    const words = rate === 0 ? "no limit" : `${rate} messages a minute`;
    log(node.name, `${outbound}: ${words}, ${why}`);
  }

  #tell(): void {
    const { spool, node } = this.#steered;
    const sent = sentLately(node.name);
    tell(spool, node.name, { rate: this.#rate, sent, ahead: this.#time.ahead });
  }
}
