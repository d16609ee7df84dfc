/**
 * Whether somebody is told what becomes of his mail. Anybody can write anybody's address into a mail, so
 * what the mill says by itself goes to members alone; what a person has decided is told to others too
 * where the envelope names the same address.
 */
import type { List } from "../lists/directory.ts";
import { type Emitter, letter } from "../lists/letter.ts";
import { mayBeWritten } from "../lists/limits.ts";
import { rosterOf } from "../lists/roster.ts";
import type { Site } from "../lists/settings.ts";
import { keyOf } from "../mail/address.ts";
import type { Decision } from "./decision.ts";

export interface Telling {
  readonly site: Site;
  readonly list: List;
  /** Of the entry; the same in every try. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether an address is a list's here. */
  isOurs(address: string): Promise<boolean>;
  log(text: string): void;
}

/** Whom it is about, and what is known of his mail. */
export interface Author {
  readonly address: string;
  /** Envelope sender. */
  readonly sender: string;
  /** Why the mail is no person's; "" where it is. */
  readonly robot: string;
}

/** @param decided by a person */
export async function mayTell(
  telling: Telling,
  author: Author,
  decided: boolean,
): Promise<boolean> {
  const why = await whySilent(telling, author, decided);
  if (why === undefined) return mayBeWritten(telling, author.address, "told");
  telling.log(`${author.address || "nobody"} is not told: ${why}`);
  return false;
}

/** Who wanted to join or to leave is told that it was not done; the address itself has said so before. */
export async function tellOfWish(
  asked: Telling & Emitter,
  { author: address, wish: command = "subscribe" }: Decision,
  languages: readonly string[],
  reason: string,
): Promise<void> {
  const author = { address, sender: address, robot: "" };
  if (!(await mayTell(asked, author, true))) return;
  const words = { command, reason };
  const reader = { address, languages };
  const content = letter(asked, reader, "not-allowed", words);
  asked.emit({ recipient: address, content, outside: true });
}

async function whySilent(
  { site, list, isOurs }: Telling,
  { address, sender, robot }: Author,
  decided: boolean,
): Promise<string | undefined> {
  if (address === "") return "no author is named";
  if (robot !== "") return robot;
  if (await isOurs(address)) return "it is an address of ours";
  const isMember = await rosterOf(site.home).get(list.address, address);
  if (!isMember && !(decided && keyOf(sender) === keyOf(address)))
    return decided ? "the envelope names another sender" : "it is no member";
  return undefined;
}
