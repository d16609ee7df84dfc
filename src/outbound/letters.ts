/**
 * What the recipients of an entry are sent: one letter for many, or a letter for each where a return
 * path of its own tells whom a bounce is about (VERP), or the list's settings put something personal
 * into it. Nothing of that is stored: it is merged when the letter is sent.
 */
import type { Clock } from "../base/clock.ts";
import type { List } from "../lists/directory.ts";
import { keyringOf } from "../lists/keyring.ts";
import { isPersonal } from "../lists/schema/personal.ts";
import { type Verp, verpOf } from "../lists/schema/verp.ts";
import type { Stamping } from "../lists/stamps.ts";
import { domainOf } from "../mail/address.ts";
import type { Cargo } from "./carry.ts";
import { valuesOf } from "./personal/values.ts";
import { type Template, templateOf } from "./personal.ts";
import type { Prepared } from "./prepared.ts";
import type { Lot, ShipmentGiven } from "./shipment.ts";
import type { Letter } from "./smtp/letter.ts";
import { ordinalOf } from "./verp/ordinal.ts";
import { returnPathsOf } from "./verp/returnpaths.ts";
import { asksOrdinal, chosen } from "./verp/rotation.ts";
import { wireOf } from "./wire.ts";

/** What letters are made of and with. */
export interface Desk {
  /** Most recipients of a letter. */
  readonly most: number;
  /** Which domains may be in one transaction: see Limits. */
  group(domain: string): string;
  /** Whether the relay expands senders itself (XVERP), and is to. */
  expands(signal: AbortSignal): Promise<boolean>;
  readonly prepared: Prepared;
  /** A folder for what is too large for memory. */
  readonly spare: string;
  readonly clock: Clock;
}

type Given = Pick<ShipmentGiven, "lots" | "letter">;

/**
 * The letters of an entry.
 * @returns them, and what to call after the last. Throws a Failure where keys or the state cannot
 *   be used, and what reading the message throws.
 */
export async function lettersFor(
  cargo: Cargo,
  recipients: readonly string[],
  desk: Desk,
): Promise<Given & { release: () => void }> {
  const { list, envelope } = cargo;
  return list && isSpread(envelope)
    ? ofList(cargo, list, recipients, desk)
    : sharedBy(cargo, recipients, desk, () => undefined, false);
}

/** What an explosion made, but for what goes to the owners. */
function isSpread({ given, origin }: Cargo["envelope"]): boolean {
  return given !== undefined && !origin.startsWith("owner/");
}

async function ofList(
  cargo: Cargo,
  list: List,
  recipients: readonly string[],
  desk: Desk,
): Promise<Given & { release: () => void }> {
  const { verp, personal } = list.settings;
  const how = verpOf(verp) ?? { kind: "never" };
  const merges = isPersonal(personal);
  const expands =
    !merges && how.kind !== "never" && (await desk.expands(cargo.signal));
  const some = expands ? [] : await chosenOf(how, cargo, list, recipients);
  if (some.length === 0 && !merges)
    return sharedBy(cargo, recipients, desk, () => undefined, expands);
  const { site } = cargo;
  const keyring = await keyringOf(site.home, desk.clock);
  const stamping = { site, list, keyring };
  const now = desk.clock.now();
  const paths = await returnPathsOf(stamping, now, some);
  const senders = new Map(some.map((one, at) => [one, paths[at]]));
  return merges
    ? merged(cargo, list, recipients, desk, senders, stamping)
    : sharedBy(cargo, recipients, desk, (one) => senders.get(one), false);
}

/** Those who get a return path of their own this time. */
async function chosenOf(
  how: Verp,
  { site, envelope }: Cargo,
  list: List,
  recipients: readonly string[],
): Promise<string[]> {
  if (how.kind === "never") return [];
  const { origin } = envelope;
  const post = origin.slice(origin.lastIndexOf("/") + 1);
  const ordinal = asksOrdinal(how)
    ? await ordinalOf(site.home, list.address, post)
    : 1;
  return recipients.filter(chosen(how, ordinal));
}

/** The message is the same for all; some may have a sender of their own. */
async function sharedBy(
  { envelope, message, id }: Cargo,
  recipients: readonly string[],
  desk: Desk,
  senderOf: (address: string) => string | undefined,
  xverp: boolean,
): Promise<Given & { release: () => void }> {
  const pieces = message.pieces();
  const { form: content, release } = await desk.prepared.use(pieces, "", () =>
    wireOf(pieces, desk.spare),
  );
  const letter = (some: readonly string[]): Letter => ({
    sender: (some.length === 1 && senderOf(some[0] ?? "")) || envelope.sender,
    recipients: some,
    content,
    envid: id,
    xverp,
  });
  const isOwn = (address: string) => senderOf(address) !== undefined;
  return { lots: lotsOf(recipients, desk, isOwn), letter, release };
}

/** Each has a message of his own. */
async function merged(
  cargo: Cargo,
  list: List,
  recipients: readonly string[],
  desk: Desk,
  senders: ReadonlyMap<string, string | undefined>,
  stamping: Stamping,
): Promise<Given & { release: () => void }> {
  const { message, envelope, id } = cargo;
  const { spare, clock, prepared } = desk;
  const { personal, footer_dkim } = list.settings;
  // Before anything is in use: keys and the state may fail.
  const values = await valuesOf(stamping, clock.now(), recipients);
  const { form, release } = await prepared.use(
    message.pieces(),
    `${list.address} ${JSON.stringify([personal, footer_dkim])}`,
    async (): Promise<{ template?: Template; close(): void }> => {
      const template = await templateOf({ message, list, spare });
      return template
        ? { template, close: () => template.close() }
        : { close: () => {} };
    },
  );
  const { template } = form;
  if (!template) {
    release();
    return sharedBy(cargo, recipients, desk, (one) => senders.get(one), false);
  }
  const places = new Map(recipients.map((address, at) => [address, at]));
  const none = { token: "", mailbox: list.address };
  const letter = (some: readonly string[]): Letter => {
    const [address = ""] = some;
    const own = values[places.get(address) ?? -1] ?? none;
    return {
      sender: senders.get(address) ?? envelope.sender,
      recipients: some,
      content: template.wire(address, own),
      envid: id,
    };
  };
  return { lots: lotsOf(recipients, desk, () => true), letter, release };
}

/** Those with limits of their domain apart, and those with a letter of their own. */
function lotsOf(
  recipients: readonly string[],
  { most, group }: Desk,
  isOwn: (address: string) => boolean,
): Lot[] {
  const lots = new Map<string, Lot & { recipients: string[] }>();
  for (const address of recipients) {
    const domain = group(domainOf(address));
    const own = isOwn(address);
    const key = `${own ? "own " : ""}${domain}`;
    const lot = lots.get(key);
    if (lot) lot.recipients.push(address);
    else lots.set(key, { recipients: [address], domain, most: own ? 1 : most });
  }
  return [...lots.values()];
}
