/**
 * What an author of an inline hook works with. A hook is one exported function:
 *
 *   #!/usr/bin/env listmill-hook
 *   import type { Ask, Reply } from "/opt/listmill/src/hook.ts";   // types only, they vanish
 *   export default async function (ask: Ask): Promise<Reply> {
 *     if (ask.message.header.has("X-Spam")) return ask.reject("No spam, please.");
 *   }
 *
 * Nothing returned means: pass.
 */
import type { Piece } from "./base/pieces.ts";
import type { Question } from "./engine/question.ts";
import type { Verdict } from "./engine/verdict.ts";
import type { List, Lists } from "./lists/directory.ts";
import type { Site } from "./lists/settings.ts";
import type { TextName, Words } from "./lists/texts/catalogue.ts";
import type { Message } from "./mail/message.ts";

export type { Piece } from "./base/pieces.ts";
export type {
  Addresses,
  AddressFile,
  Outcome,
  Reply,
} from "./engine/question.ts";
export type { List } from "./lists/directory.ts";
export type { Header } from "./mail/header.ts";
export type { Message } from "./mail/message.ts";

export interface Ask extends Question<Message> {
  readonly site: Site;
  readonly lists: Lists;
  /** The list that the message is for; undefined where it is for none. */
  readonly list: List | undefined;
  /** The name of the runner's node. */
  readonly node: string;
  /** True for a message that the mill made or copied itself. */
  readonly ours: boolean;
  /** The list's address with an extension: `LIST-owner@domain`. */
  address(extension: string): string;
  /** Whether an address is a list's here, with or without an extension. */
  isOurs(address: string): Promise<boolean>;

  /** A sentence of the catalogue of texts, in the language of the list. */
  text<N extends TextName>(name: N, words: Words<N>): string;

  /** The queues of consumers that have hooks for the list: those called PREFIX-NAME, by their names. */
  streams(prefix: string): readonly string[];
  /** The hooks of a queue for the list, `QUEUE/STAGE/NAME`, and the layer that each comes from. */
  hooksOf(
    queue: string,
  ): readonly { readonly path: string; readonly layer: string }[];

  later(reason: string): Verdict;
  /** @param until milliseconds since 1970 before which nothing is taken from the queue: what takes it is away */
  away(reason: string, until: number): Verdict;
  reject(reason: string): Verdict;
  /** @param quiet moderators are not told: whoever holds it tells people itself */
  hold(reason: string, quiet?: boolean): Verdict;
  discard(reason: string): Verdict;
  /** Pass, and skip the rest of this stage. */
  skip(): Verdict;
}

/** A message in pieces, for `ask.emit`. */
export type Content = readonly Piece[];
