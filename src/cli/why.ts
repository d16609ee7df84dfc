/**
 * Why somebody gets a post, or does not: which hooks gave the address, as an outbound entry keeps
 * it, and what became of it. Lists are read page by page, up to the address where it is in one;
 * nothing is changed.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { linesOf } from "../base/lines.ts";
import { oneLine } from "../base/log.ts";
import { chunks } from "../base/pieces.ts";
import { type Standing, standingsOf } from "../engine/ledger.ts";
import { keyOf } from "../mail/address.ts";
import {
  type Envelope,
  type GivenBy,
  readEnvelope,
} from "../spool/envelope.ts";
import {
  entriesOf,
  envelopeOf,
  type Found,
  mustHavePortion,
  restOf,
} from "../spool/operator.ts";
import type { Spool } from "../spool/spool.ts";
import type { Context } from "./context.ts";
import { isGone } from "./waiting.ts";

interface Reason {
  readonly hook: string;
  /** The address as the hook gave it. */
  readonly as: string;
}

const endWords = {
  sent: "delivered",
  never: "failed for good",
  dropped: "dropped",
};

interface Why {
  readonly address: string;
  readonly given: readonly Reason[];
  /** Whether it is among this entry's recipients. */
  readonly recipient: boolean;
  /** What is noted of it already: `sent` or `never` with the server's reply, or `dropped`. */
  readonly settled?: {
    readonly kind: keyof typeof endWords;
    readonly reply: string;
  };
  /** Whether the recipients are still to be asked for. */
  readonly open?: true;
  /** Another entry of the same post that has it. */
  readonly other?: string;
}

/** What a hook gave, in short. */
interface Gift {
  readonly hook: string;
  readonly addresses: number;
  readonly bytes: number;
}

/** Says why somebody gets a post. */
export async function explain(
  context: Context,
  found: Found,
  address: string,
): Promise<number> {
  const told = await why(context.spool, found, address);
  if (context.json) context.say(JSON.stringify(told, undefined, 1));
  else for (const line of whyLines(found, told)) context.say(oneLine(line));
  return whyCode(told);
}

/** Finds out about an address. @param spool where other entries of the post are looked for */
async function why(spool: Spool, found: Found, address: string): Promise<Why> {
  const read = readEnvelope(found.path);
  if (read.kind === "broken")
    throw new Failure(exit.dataError, `${found.name.id}: ${read.reason}`);
  const envelope = envelopeOf(found);
  mustHavePortion(found, envelope);
  const given: Reason[] = [];
  for (const part of envelope.given ?? [])
    for await (const line of linesOfPart(found, part))
      if (isSame(line, address)) given.push({ hook: part.hook, as: line });
  const standing = standingOf(found, envelope, address);
  const recipient = standing !== undefined;
  const settled = standing && settledOf(standing);
  const other = standing
    ? undefined
    : otherEntry(spool, found, envelope, address);
  return {
    address,
    given,
    recipient,
    ...(settled ? { settled } : {}),
    ...(other ? { other } : {}),
    ...(isOpen(found, envelope) ? { open: true } : {}),
  };
}

/** The same for a person. */
function whyLines(found: Found, { given, ...rest }: Why): string[] {
  const { address } = rest;
  const lines = given.map(
    ({ hook, as }) => `given by ${hook}${as === address ? "" : `, as ${as}`}`,
  );
  if (given.length === 0)
    lines.push(
      rest.recipient
        ? "no hook is noted to have given it: the envelope names it"
        : rest.open
          ? "recipients are not known yet: hooks are asked for them when it goes on; see: listmill hooks trace"
          : `no hook gave ${address}`,
    );
  if (rest.settled)
    lines.push(`${endWords[rest.settled.kind]}: ${rest.settled.reply}`);
  else if (rest.recipient)
    lines.push(`among the recipients of ${found.name.id}, not delivered yet`);
  else if (rest.other)
    lines.push(`not a recipient of this entry, but of ${rest.other}`);
  else if (given.length > 0)
    lines.push(
      "not a recipient of this entry: a refine hook left it out, or it is in an entry of this post that is done",
    );
  return lines;
}

/** Whether an entry is before the hooks that give recipients. */
function isOpen(found: Found, envelope: Envelope): boolean {
  const { queue } = restOf(found, envelope) ?? found;
  return (
    envelope.given === undefined &&
    queue !== "outbound" &&
    !existsSync(join(found.path, "recipients"))
  );
}

/** 67 where it is nobody's. */
function whyCode({ given, recipient }: Why): number {
  return given.length > 0 || recipient ? exit.ok : exit.noUser;
}

/** What each hook gave. */
export async function gifts(
  found: Found,
  { given = [] }: Envelope,
): Promise<Gift[]> {
  const all: Gift[] = [];
  for (const part of given) {
    let addresses = 0;
    for await (const _ of linesOfPart(found, part)) addresses += 1;
    all.push({ hook: part.hook, addresses, bytes: part.end - part.start });
  }
  return all;
}

async function* linesOfPart(
  { path }: Found,
  { file, start, end }: GivenBy,
): AsyncGenerator<string> {
  if (end <= start) return;
  // The envelope can be edited by hand: it names no file outside the entry.
  const place = join(path, basename(file));
  yield* missing(linesOf(chunks([{ path: place, start, end }])));
}

/** The address among the recipients of an entry, and what is noted of it. */
function standingOf(
  { path }: Found,
  { portion }: Envelope,
  address: string,
): Standing | undefined {
  for (const page of standingsOf(path, portion)) {
    const hit = page.find((one) => isSame(one.address, address));
    if (hit) return hit;
  }
  return undefined;
}

function settledOf({ kind, reply = "" }: Standing): Why["settled"] {
  return kind === undefined || kind === "later" ? undefined : { kind, reply };
}

/** Another entry that follows from the same post and has the address. */
function otherEntry(
  spool: Spool,
  found: Found,
  { origin }: Envelope,
  address: string,
): string | undefined {
  if (!origin.includes("/")) return undefined;
  for (const other of entriesOf(spool, found.queue)) {
    if (other.name.id === found.name.id) continue;
    const envelope = envelopeOf(other);
    if (envelope.origin === origin && standingOf(other, envelope, address))
      return other.name.id;
  }
  return undefined;
}

function isSame(line: string, address: string): boolean {
  return keyOf(line) === keyOf(address);
}

/** No lines where there is no such file, or where a runner has taken the entry. */
async function* missing(lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
