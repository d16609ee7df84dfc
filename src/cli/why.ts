/**
 * Why somebody gets a post, or does not: which hooks gave the address, as an outbound entry keeps
 * it, and what became of it. Files are read as streams, whatever their size; nothing is changed.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { exit } from "../base/errors.ts";
import { linesOf, linesOfFile } from "../base/lines.ts";
import { oneLine } from "../base/log.ts";
import { chunks } from "../base/pieces.ts";
import { keyOf } from "../mail/address.ts";
import type { Envelope, GivenBy } from "../spool/envelope.ts";
import { entriesOf, envelopeOf, type Found } from "../spool/operator.ts";
import type { Spool } from "../spool/spool.ts";
import type { Context } from "./context.ts";
import { isGone } from "./waiting.ts";

interface Reason {
  readonly hook: string;
  /** The address as the hook gave it. */
  readonly as: string;
}

interface Why {
  readonly address: string;
  readonly given: readonly Reason[];
  /** Whether it is among this entry's recipients. */
  readonly recipient: boolean;
  /** What is noted of it already: `sent` or `never`, with the server's reply. */
  readonly settled?: { readonly kind: string; readonly reply: string };
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
  const envelope = envelopeOf(found);
  const given: Reason[] = [];
  for (const part of envelope.given ?? [])
    for await (const line of linesOfPart(found, part))
      if (isSame(line, address)) given.push({ hook: part.hook, as: line });
  const recipient = await isAmong(found, address);
  const settled = recipient ? await settledOf(found, address) : undefined;
  const other = recipient
    ? undefined
    : await otherEntry(spool, found, envelope, address);
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
    lines.push(
      `${rest.settled.kind === "sent" ? "delivered" : "failed for good"}: ${rest.settled.reply}`,
    );
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
function isOpen({ path, queue }: Found, { given, rest }: Envelope): boolean {
  return (
    given === undefined &&
    (rest?.queue ?? queue) !== "outbound" &&
    !existsSync(join(path, "recipients"))
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

async function isAmong({ path }: Found, address: string): Promise<boolean> {
  for await (const line of missing(linesOfFile(join(path, "recipients"))))
    if (isSame(line, address)) return true;
  return false;
}

async function settledOf(
  { path }: Found,
  address: string,
): Promise<Why["settled"]> {
  for await (const line of missing(linesOfFile(join(path, "progress")))) {
    const [recipient = "", kind = "", ...reply] = line.split("\t");
    if ((kind === "sent" || kind === "never") && isSame(recipient, address))
      return { kind, reply: reply.join(" ") };
  }
  return undefined;
}

/** Another entry that follows from the same post and has the address. */
async function otherEntry(
  spool: Spool,
  found: Found,
  { origin }: Envelope,
  address: string,
): Promise<string | undefined> {
  if (!origin.includes("/")) return undefined;
  for (const other of entriesOf(spool, found.queue))
    if (
      other.name.id !== found.name.id &&
      envelopeOf(other).origin === origin &&
      (await isAmong(other, address))
    )
      return other.name.id;
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
