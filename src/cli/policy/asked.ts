/**
 * What is asked about on the command line of `policy explain`: a message, or one that has nothing but
 * an author, and the facts about it.
 */
import { join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { byteCount } from "../../base/units.ts";
import type { List } from "../../lists/directory.ts";
import { type Facts, factsOf } from "../../lists/policy/facts.ts";
import { canonical } from "../../mail/address.ts";
import { Header } from "../../mail/header.ts";
import { Message, openMessage } from "../../mail/message.ts";
import type { Context } from "../context.ts";
import { type Workshop, whole } from "../hooks/workshop.ts";
import { recipientsOf } from "./recipients.ts";

export const options = {
  from: { type: "string" },
  sender: { type: "string" },
  message: { type: "string" },
  size: { type: "string" },
  at: { type: "string" },
} as const;

export interface Given {
  readonly from?: string | undefined;
  readonly sender?: string | undefined;
  readonly message?: string | undefined;
  readonly size?: string | undefined;
  readonly at?: string | undefined;
}

/** The facts; throws a Failure where something is given that cannot be. */
export async function factsFor(
  context: Context,
  shop: Workshop,
  list: List,
  given: Given,
): Promise<Facts> {
  const { site, lists } = context;
  const message = await messageOf(context, shop, list, given);
  const sender = addressIn(given.sender, "--sender");
  const facts = factsOf({
    site,
    lists,
    list,
    message,
    id: "explain",
    trial: true,
    now: momentOf(context, given.at),
    envelope: {
      sender: sender ?? addressIn(given.from, "--from") ?? "",
      recipient: list.address,
    },
    log: (text) => process.stderr.write(`listmill: ${text}\n`),
    scratch: () => join(shop.scratch.entry(), "answer"),
    recipientsOf: (other) => recipientsOf(context, shop, other),
  });
  const size = given.size === undefined ? undefined : sizeOf(given.size);
  if (facts.author === "")
    throw new Failure(
      exit.usage,
      "of whom? Give --from ADDRESS, or a message with an author",
    );
  return size === undefined ? facts : { ...facts, size };
}

/** The message that was given, or one that has nothing but an author. */
async function messageOf(
  context: Context,
  shop: Workshop,
  list: List,
  { message, from }: Given,
): Promise<Message> {
  const author = addressIn(from, "--from");
  if (message === undefined) {
    const header = new Header()
      .add("From", author ?? "")
      .add("To", list.address);
    return new Message(author === undefined ? new Header() : header, []);
  }
  const file = await shop.keep(message);
  const opened = await openMessage(whole(file), context.site.limits.header);
  return author === undefined
    ? opened
    : opened.with({ header: opened.header.set("From", author) });
}

function addressIn(
  text: string | undefined,
  option: string,
): string | undefined {
  if (text === undefined || (text === "" && option === "--sender")) return text;
  const found = canonical(text);
  if (found !== undefined) return found;
  throw new Failure(exit.usage, `${option} takes an address, not "${text}"`);
}

function sizeOf(text: string): number {
  const found = byteCount(text);
  if (found !== undefined) return found;
  throw new Failure(
    exit.usage,
    `--size takes a size such as 256KB or a number of bytes, not "${text}"`,
  );
}

function momentOf(context: Context, text: string | undefined): number {
  if (text === undefined) return context.clock.now();
  // A day alone begins at midnight on this host.
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text;
  const found = /^\d{4}-/.test(whole) ? Date.parse(whole) : Number.NaN;
  if (Number.isFinite(found)) return found;
  throw new Failure(
    exit.usage,
    `--at takes a moment such as 2026-12-24 or 2026-12-24T22:30, not "${text}"`,
  );
}
