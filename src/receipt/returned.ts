/**
 * To which address a bounce came back. An MTA that pipes it may say so; else the fields that MTAs write
 * tell, and the message's own To and Cc: the first address there that takes bounces here.
 */
import { exit, Failure, messageOf } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import type { Lists } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import { canonical, fromLine, parseAddresses } from "../mail/address.ts";
import type { Header } from "../mail/header.ts";
import { type Addressed, doorOf, reached } from "./door.ts";

/** The queue that bounces go to. */
export const bounces = "bounces";

const FIELDS = [
  "Delivered-To",
  "X-Original-To",
  "Envelope-To",
  "X-Envelope-To",
  "To",
  "Cc",
];

/** Addresses of a header that are looked at: for some of them a directory may be asked. */
const MOST = 100;

/** Most characters of a recipient that is no address. */
const SHOWN = 320;

interface Here {
  readonly site: Site;
  readonly lists: Lists;
}

export interface Returned {
  /** Canonical where it is an address; "" where nothing says it. */
  readonly recipient: string;
  /** The list that it takes bounces for. */
  readonly at?: Addressed;
}

/**
 * @param given what the MTA says; undefined: look into the header
 * Throws Failure 75 where it cannot be told now.
 */
export async function returnedTo(
  here: Here,
  header: Header,
  given: string | undefined,
): Promise<Returned> {
  if (given !== undefined) {
    const recipient = fromLine(given);
    if (recipient === undefined) return { recipient: oneLine(given, SHOWN) };
    const at = await bouncesAt(here, recipient);
    return { recipient, ...(at && { at }) };
  }
  const seen = new Set<string>();
  for (const address of addressesIn(header)) {
    const recipient = canonical(address);
    if (recipient === undefined || seen.has(recipient)) continue;
    if (seen.size >= MOST) break;
    seen.add(recipient);
    const at = await bouncesAt(here, recipient);
    if (at) return { recipient, at };
  }
  return { recipient: "" };
}

function* addressesIn(header: Header): Generator<string> {
  for (const name of FIELDS)
    for (const value of header.all(name))
      for (const { address } of parseAddresses(value)) yield address;
}

/**
 * The list that an address takes bounces for. Throws Failure 75 where that cannot be told now.
 * @param recipient canonical
 */
export async function bouncesAt(
  { site, lists }: Here,
  recipient: string,
): Promise<Addressed | undefined> {
  try {
    const at = await reached(lists, site, recipient);
    if (!at) return undefined;
    const door = doorOf(at.extension, site.delimiters, false);
    return door.kind === "queue" && door.queue === bounces ? at : undefined;
  } catch (error) {
    throw new Failure(
      exit.tryLater,
      `<${recipient}>: whether there is such a list cannot be told now: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
