/**
 * The delivery of an outbound entry by this process: one dispatch, one pace and one set of connections
 * for all of its entries, made with the first.
 */
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { type Clock, systemClock } from "../base/clock.ts";
import { type Log, stderrLog } from "../base/log.ts";
import type { List } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import {
  certificatesOf,
  ofTheSystem,
  secretOf,
} from "../lists/sources/trust.ts";
import type { Message } from "../mail/message.ts";
import type { Envelope } from "../spool/envelope.ts";
import { Dispatch } from "./dispatch.ts";
import { type Desk, lettersFor } from "./letters.ts";
import { type Outcome, outcome, refusal } from "./outcome.ts";
import { bequeathed, inherited } from "./pace/inherited.ts";
import { Limits } from "./pace/limits.ts";
import { Prepared } from "./prepared.ts";
import { parseRelay, type RelayAddress } from "./smtp/dial.ts";
import { Session } from "./smtp/session.ts";

/** What is to be delivered, and by whom. */
export interface Cargo {
  readonly site: Site;
  readonly list: List | undefined;
  readonly node: string;
  readonly id: string;
  readonly envelope: Pick<Envelope, "sender" | "origin" | "list" | "given">;
  readonly message: Message;
  recipients(): AsyncIterable<string>;
  readonly signal: AbortSignal;
  /** Whether the entry is still this runner's. */
  holds(): boolean;
}

/** What the deliveries of a runner share. */
interface Carrier {
  readonly dispatch: Dispatch;
  readonly limits: Limits;
  readonly desk: Desk;
  /** Where its pace is kept. */
  readonly file: string;
}

const carriers = new Map<string, Carrier>();

/** The carrier of a runner's node, made where there is none yet. */
function carrierFor(site: Site, node: string): Carrier {
  const known = carriers.get(node);
  if (known) return known;
  const made = carrierOf(site, node, systemClock, stderrLog);
  carriers.set(node, made);
  return made;
}

/** @returns outcomes of some transactions at a time, see `Dispatch.deliver` */
export async function* carry(cargo: Cargo): AsyncGenerator<Outcome[]> {
  const carrier = carrierFor(cargo.site, cargo.node);
  const { envelope, signal } = cargo;
  const recipients: string[] = [];
  const refused: Outcome[] = [];
  const senderRefused =
    envelope.sender === "" ? undefined : refusal(envelope.sender);
  for await (const address of cargo.recipients()) {
    const reply = senderRefused ?? refusal(address);
    if (reply === undefined) recipients.push(address);
    else refused.push(outcome(address, "never", reply));
  }
  if (refused.length > 0) yield refused;
  if (recipients.length === 0) return;
  const { release, ...letters } = await lettersFor(
    cargo,
    recipients,
    carrier.desk,
  );
  try {
    yield* carrier.dispatch.deliver({
      list: envelope.list ?? "",
      post: envelope.origin,
      ...letters,
      signal,
      holds: () => cargo.holds(),
    });
  } finally {
    release();
  }
}

/** Before when nothing can be sent by this node, in milliseconds since 1970; 0: it can. */
export function closedUntil(node: string): number {
  return carriers.get(node)?.dispatch.closedUntil ?? 0;
}

/** Messages that this node sent in the last minute. */
export function sentLately(node: string): number {
  const speed = carriers.get(node)?.dispatch.speed;
  return speed?.lastMinute(systemClock.now()) ?? 0;
}

/**
 * How many runners share the limits that all have together.
 * @param rank this one's place among them from 0
 */
export function toldPeers(
  site: Site,
  node: string,
  count: number,
  rank: number,
): void {
  const { limits, dispatch } = carrierFor(site, node);
  limits.peers(count, rank);
  dispatch.wake();
}

/** Another rate from now on, in messages a minute; 0: no limit. */
export function ratedAt(site: Site, node: string, rate: number): void {
  const { limits, dispatch } = carrierFor(site, node);
  limits.change({ rate });
  dispatch.wake();
}

/** After the last delivery: the pace is written down for the next start, connections are closed. */
export async function rest(): Promise<void> {
  for (const { dispatch, limits, desk, file } of carriers.values()) {
    await dispatch.close();
    await limits.close();
    bequeathed(file);
    desk.prepared.close();
  }
  carriers.clear();
}

function carrierOf(site: Site, node: string, clock: Clock, log: Log): Carrier {
  const { hostname, home } = site;
  const { smtp, timeout, connections } = site.outbound;
  const address = parseRelay(smtp);
  // What fails comes first: a try that fails must take over no record.
  const login = loginOf(site);
  const tls = tlsOf(site, address.tls);
  const state = join(home, "state", "pace");
  const file = inherited(state, node, clock);
  const limits = new Limits({ ...site.outbound, file }, clock);
  const dispatch = new Dispatch({
    open: (signal) =>
      Session.open({ address, hostname, timeout, login, tls }, signal),
    limits,
    connections,
    clock,
    log,
    relay: smtp,
  });
  const desk = {
    most: mostOf(site),
    group: (domain: string) => limits.group(domain),
    expands: async (signal: AbortSignal) =>
      site.outbound.xverp && ((await dispatch.offers(signal))?.xverp ?? false),
    prepared: new Prepared(),
    spare: join(home, "state"),
    clock,
  };
  return { dispatch, limits, desk, file };
}

/** Most recipients of a transaction: those of all connections together may be repeated. */
function mostOf({ outbound }: Site): number {
  const { recipients, connections, max_repeat } = outbound;
  if (max_repeat === 0) return recipients;
  return Math.max(
    1,
    Math.min(recipients, Math.floor(max_repeat / connections)),
  );
}

function loginOf({ home, outbound }: Site) {
  const { user, password_file } = outbound;
  if (user === undefined) return undefined;
  const place = { home, section: "outbound" };
  return { user, password: secretOf("password_file", password_file, place) };
}

/** Whose certificates are believed, as with sources. Throws a Failure like `certificatesOf`. */
function tlsOf({ home, outbound }: Site, tls: RelayAddress["tls"]) {
  const { ca_file, user } = outbound;
  const isVerified = tls === "always" || (tls === "offered" && user);
  if (!isVerified) return undefined;
  const ca = certificatesOf(ca_file, { home, section: "outbound" });
  return { secureContext: ca ? createSecureContext({ ca }) : ofTheSystem() };
}
