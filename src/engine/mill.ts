/**
 * What a runner works with: the spool, its node, the trade, and how hooks are found and run.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Node } from "../spool/lease.ts";
import type { Spool } from "../spool/spool.ts";
import type { Report } from "./asker.ts";
import type { Retry } from "./backoff.ts";
import type { Launchers } from "./launcher.ts";
import type { Pipelines } from "./layers.ts";
import type { Limits } from "./program.ts";
import type { Content } from "./question.ts";
import type { Servers } from "./servers.ts";
import type { Trade } from "./trade.ts";

export interface Mill<C extends Content = Content> {
  readonly spool: Spool;
  readonly node: Node;
  readonly trade: Trade<C>;
  readonly pipelines: Pipelines;
  readonly launchers: Launchers;
  readonly servers: Servers;
  readonly limits: Limits;
  readonly retry: Retry;
  /** Most recipients of an entry that is served; longer lists are cut up. */
  readonly portion: number;
  /** The folders of the entries whose turn is being made. */
  readonly atWork: Set<string>;
  /**
   * Whether this runner goes on itself with what it routes to a queue: then one of that queue's turns is
   * its own from now on. @returns what gives the turn back where nothing came of it; undefined: no
   */
  runs?(queue: string): (() => void) | undefined;
  /**
   * Milliseconds since 1970 before which nothing is taken from a queue but what has waited too long;
   * infinite: nothing at all; undefined where it is open.
   */
  closedUntil?(queue: string): number | undefined;
  /** What takes the messages of a queue is away until then (milliseconds since 1970). */
  close?(queue: string, until: number): void;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told of each hook that was asked. */
  readonly witness?: (report: Report) => void;
}
