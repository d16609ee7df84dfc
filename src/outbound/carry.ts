/**
 * The delivery of an outbound entry by this process: one relay and one pace for all of its
 * entries, made with the first. A runner's pace is kept in `state/pace/<node>.json`; a runner that
 * starts takes over the record of one that died here, so a restart is no way round the limit.
 */
import {
  mkdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { stderrLog } from "../base/log.ts";
import type { Piece } from "../base/pieces.ts";
import type { Site } from "../lists/settings.ts";
import { type Identity, isDead, myIdentity } from "../spool/identity.ts";
import { move } from "../spool/nfs.ts";
import { listFolder } from "../spool/spool.ts";
import { deliver } from "./deliver.ts";
import type { Outcome } from "./outcome.ts";
import { Pacekeeper } from "./pacekeeper.ts";
import { Relay } from "./smtp.ts";

/** What is to be delivered, and by whom. */
export interface Cargo {
  readonly site: Site;
  readonly node: string;
  readonly envelope: { readonly sender: string };
  readonly message: { pieces(): readonly Piece[] };
  recipients(): AsyncIterable<string>;
  readonly signal: AbortSignal;
  /** Whether the entry is still this runner's. */
  holds(): boolean;
}

interface Carrier {
  readonly relay: Relay;
  readonly pace: Pacekeeper;
}

const carriers = new Map<string, Carrier>();

/** @returns the outcomes of one transaction at a time, see `deliver` */
export function carry(cargo: Cargo): AsyncGenerator<Outcome[]> {
  const { site, node, envelope, message, signal } = cargo;
  let carrier = carriers.get(node);
  if (!carrier) {
    carrier = carrierOf(site, node);
    carriers.set(node, carrier);
  }
  return deliver({
    recipients: cargo.recipients(),
    content: message.pieces(),
    sender: envelope.sender,
    ...carrier,
    most: site.outbound.recipients,
    signal,
    holds: () => cargo.holds(),
  });
}

/** After the last delivery: the pace is written down for the next start, connections are closed. */
export async function rest(): Promise<void> {
  for (const { relay, pace } of carriers.values()) {
    await pace.close();
    await relay.close();
  }
  carriers.clear();
}

function carrierOf(site: Site, node: string): Carrier {
  const { smtp, rate, timeout } = site.outbound;
  const relay = new Relay({
    url: smtp,
    hostname: site.hostname,
    timeout,
    log: stderrLog,
  });
  const file = inherited(join(site.home, "state", "pace"), node);
  return { relay, pace: new Pacekeeper(file, rate, systemClock) };
}

/** The node's file, with the record of a dead node of this machine in it if there is one. */
export function inherited(folder: string, node: string): string {
  mkdirSync(folder, { recursive: true });
  const mine = join(folder, `${node}.json`);
  writeFileSync(join(folder, `${node}.who`), JSON.stringify(myIdentity()));
  const dead = listFolder(folder)
    .filter((name) => name.endsWith(".who"))
    .map((name) => name.slice(0, -".who".length))
    .filter(
      (name) => name !== node && isDead(whoIs(join(folder, `${name}.who`))),
    )
    .map((name) => ({ name, at: changed(join(folder, `${name}.json`)) }))
    .sort((a, b) => b.at - a.at);
  let taken = false;
  for (const { name, at } of dead) {
    const theirs = join(folder, `${name}.json`);
    if (!taken && at > 0) taken = move(theirs, mine);
    // What is older than the minute that counts is of no use to anybody.
    else if (at > 0 && systemClock.now() - at > 120_000) remove(theirs);
    if (changed(theirs) === 0) remove(join(folder, `${name}.who`));
  }
  return mine;
}

function whoIs(path: string): Identity {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Identity;
  } catch {
    return { pid: 0, started: "", machine: "" };
  }
}

/** Milliseconds since 1970; 0 where there is no such file. */
function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another runner was faster.
  }
}
