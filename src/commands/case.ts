/**
 * A command as it is being answered: who asks, what for, and how people are told. What a list says
 * goes to the one address that it is about, and never more than so many letters a day (RFC 3834).
 */
import { oneLine } from "../base/log.ts";
import type { List } from "../lists/directory.ts";
import { messageIdIn } from "../lists/events.ts";
import { type Emitter, letter, type More, readerOf } from "../lists/letter.ts";
import { mayBeWritten } from "../lists/limits.ts";
import type { Posting } from "../lists/posting.ts";
import { type Roster, rosterOf } from "../lists/roster.ts";
import type { Site } from "../lists/settings.ts";
import type { TextName, Words } from "../lists/texts/catalogue.ts";
import { textFor } from "../lists/texts/texts.ts";
import { canonical, keyOf } from "../mail/address.ts";
import { authorOf, type Message } from "../mail/message.ts";
import type { Envelope } from "../spool/envelope.ts";
import type { Actor } from "../state/actor.ts";

/** What a hook is asked, as far as commands go. */
export interface Case extends Posting, Emitter {
  readonly site: Site;
  readonly list: List;
  readonly message: Message;
  readonly envelope: Envelope;
  /** Of the entry; the same in every try. */
  readonly id: string;
  readonly queue: string;
  readonly stage: string;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly request: {
    readonly name: string;
    readonly rest: string;
    /** All commands that there are. */
    readonly names?: readonly string[];
  };
  /** The list's address with an extension. */
  address(extension: string): string;
  /** Whether an address is a list's here, with or without an extension. */
  isOurs(address: string): Promise<boolean>;
  log(text: string): void;
}

/** What is answered: text, "" for nothing, or why not. */
export type Reply =
  | string
  | {
      readonly kind: "reject" | "hold" | "discard";
      readonly reason: string;
    };

/** A hook's question as a case; undefined where it is none: no list, no command. */
export function caseOf(
  ask: Omit<Case, "list" | "request"> &
    Partial<Pick<Case, "request">> & {
      readonly list: List | undefined;
    },
): Case | undefined {
  const { list, request } = ask;
  return list && request ? { ...ask, list, request } : undefined;
}

/** Who asks: the author; "" where nobody is named. Anybody can write anything there. */
export function callerOf({ message, envelope }: Case): string {
  return authorOf(message.header) ?? canonical(envelope.sender) ?? "";
}

/** The journal's word for who has done it. */
export function actorOf(asked: Case): Actor {
  const messageId = messageIdOf(asked);
  return {
    by: "mail",
    who: callerOf(asked),
    cause: `${asked.queue}/${asked.id}`,
    ...(messageId ? { messageId } : {}),
  };
}

/** The mail's Message-ID as the journal has it: of a length that a line of a header may have. */
export function messageIdOf({ message }: Pick<Case, "message">): string {
  return messageIdIn(message.header);
}

export function rosterFor({ site }: Case): Roster {
  return rosterOf(site.home);
}

/** Whether a person has let it pass since it was held. */
export function isReleased({ envelope, queue, stage }: Case): boolean {
  return envelope.passed?.includes(`${queue}/${stage}`) ?? false;
}

/** The same of what was held for this reason: of several commands in a mail the person has seen one. */
export function isReleasedFrom(asked: Case, reason: string): boolean {
  const isReason = oneLine(reason);
  return (
    isReleased(asked) &&
    asked.envelope.history.some(
      (event) => event.what === "held" && event.reason === isReason,
    )
  );
}

/** The languages of who wrote, as far as the message tells. */
function languagesIn(message: Message): string[] {
  const found = [
    message.header.get("Content-Language") ?? "",
    message.header.get("Accept-Language") ?? "",
  ].flatMap((value) => value.slice(0, 200).split(","));
  return found.flatMap((one) => /^\s*([A-Za-z-]{2,20})/.exec(one)?.[1] ?? []);
}

/** The languages of an address: the member's own first, then those of who wrote. */
export async function languagesOf(
  site: Pick<Site, "home">,
  list: Pick<List, "address">,
  message: Message,
  address: string,
): Promise<readonly string[]> {
  const { languages } = await readerOf({ site, list }, address);
  return keyOf(address) === keyOf(authorOf(message.header) ?? "")
    ? [...languages, ...languagesIn(message)]
    : languages;
}

/** A sentence of the catalogue for who asks. */
export async function sentence<N extends TextName>(
  asked: Case,
  name: N,
  words: Words<N>,
): Promise<string> {
  const { site, list, message } = asked;
  const languages = await languagesOf(site, list, message, callerOf(asked));
  return textFor({ site, list, languages }, name, words).body;
}

/** What is said of a command that is not as it should be. */
export async function wrong(asked: Case): Promise<string> {
  const { envelope, list, request, site } = asked;
  const { name, rest } = request;
  const caller = callerOf(asked);
  const isQuoted = await mayBeQuoted(site, list, envelope.sender, caller);
  const command = isQuoted ? `${name} ${rest}`.trim() : name;
  return sentence(asked, "wrong-command", {
    command,
    help: asked.address("help"),
  });
}

/**
 * Whether an answer may have in it what was written: anybody can write anybody's address into From,
 * and would have his words carried there.
 */
export async function mayBeQuoted(
  site: Pick<Site, "home">,
  list: Pick<List, "address">,
  sender: string,
  author: string,
): Promise<boolean> {
  return (
    keyOf(sender) === keyOf(author) || (await isMember(site, list, author))
  );
}

/** What a letter is besides its text. */
export interface Manner extends More {
  /** Those that the reader understands, where that is known already. */
  readonly languages?: readonly string[];
  /** A question: it has limits of its own. */
  readonly asks?: boolean;
}

/** Writes a letter to somebody. */
export async function write<N extends TextName>(
  asked: Case,
  address: string,
  name: N,
  words: Words<N>,
  { languages, asks, ...more }: Manner = {},
): Promise<void> {
  const { site, list, message, now, id, request } = asked;
  if (address === "") return;
  const which = `${name} ${request.name} ${request.rest}`;
  if (!asks && !(await mayBeWritten(asked, address, which))) return;
  const isAnswer = keyOf(address) === keyOf(callerOf(asked));
  const messageId = message.header.get("Message-ID");
  const reader = {
    address,
    languages: languages ?? (await languagesOf(site, list, message, address)),
  };
  const isAsker = isAnswer && !asks && messageId !== undefined;
  asked.emit({
    recipient: await mailAddressOf(asked, address, asks),
    content: letter({ site, list, now, id }, reader, name, words, {
      ...(isAsker ? { inReplyTo: messageId } : {}),
      ...more,
    }),
    // What the mill takes for its own needs no leave: a letter to a list must come in like any mail.
    outside: true,
  });
}

/**
 * Where mail for a member goes: the owners of the list that it is, in a list of lists. A person who
 * asks something there is answered himself.
 */
async function mailAddressOf(
  asked: Case,
  address: string,
  asks = false,
): Promise<string> {
  const { list, site } = asked;
  if (!list.settings.umbrella) return address;
  const isCaller = !asks && keyOf(address) === keyOf(callerOf(asked));
  if (
    isCaller &&
    !(await asked.isOurs(address)) &&
    !(await isMember(site, list, address))
  )
    return address;
  const at = address.lastIndexOf("@");
  const delimiter = site.delimiters.charAt(0) || "-";
  return `${address.slice(0, at)}${delimiter}owner${address.slice(at)}`;
}

async function isMember(
  { home }: Pick<Site, "home">,
  list: Pick<List, "address">,
  address: string,
): Promise<boolean> {
  return (await rosterOf(home).get(list.address, address)) !== undefined;
}

/** Tells the owners, where the list wants that. */
export async function tellOwners<N extends TextName>(
  asked: Case,
  name: N,
  words: Words<N>,
): Promise<void> {
  const { site, list, now, id } = asked;
  if (!list.settings.tell_owners) return;
  const address = asked.address("owner");
  const content = letter({ site, list, now, id }, { address }, name, words);
  asked.emit({ recipient: address, content });
}
