/**
 * What a consumer of the archive is asked with, and what became of it. Pure.
 */
import { createHash } from "node:crypto";
import type { List } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import type { Message } from "../mail/message.ts";
import { messageIdHash } from "../mail/messageidhash.ts";
import type { Envelope } from "../spool/envelope.ts";

/** A hook's question, as far as consumers are concerned. */
export interface Asked<V> {
  readonly site: Pick<Site, "home"> & {
    /** Milliseconds that a hook is waited for. */
    readonly hooks: { readonly timeout: number };
  };
  readonly list: List | undefined;
  readonly envelope: Pick<Envelope, "number" | "received">;
  readonly message: Message;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly trial: boolean;
  holds(): boolean;
  log(text: string): void;
  later(reason: string): V;
  away(reason: string, until: number): V;
  reject(reason: string): V;
}

/** A post of a list that is to be put somewhere. */
export interface Post {
  /** Absolute: other paths start there. */
  readonly home: string;
  readonly list: Pick<List, "address" | "local" | "domain">;
  /** In the list's archive. */
  readonly number: number;
  /** Tells the post from another one that had the number before: letters and digits, the same in every try. */
  readonly identity: string;
  /** When the copy was made, the same in every try. */
  readonly received: Date;
  readonly message: Message;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds that it may take: then the hook is still waited for. */
  readonly patience: number;
  /** Throws where the entry is another runner's by now: ask before what cannot be taken back. */
  mustHold(): void;
}

export type Outcome =
  | { readonly kind: "done"; readonly what: string }
  | { readonly kind: "later"; readonly reason: string }
  /** @param until milliseconds since 1970 */
  | { readonly kind: "away"; readonly reason: string; readonly until: number }
  /** A dead letter. */
  | { readonly kind: "refused"; readonly reason: string };

/** Asks a consumer, and gives what the hook returns. */
export async function consume<V, S>(
  asked: Asked<V>,
  section: S | undefined,
  act: (post: Post, section: S) => Promise<Outcome>,
): Promise<V | undefined> {
  const { list, trial } = asked;
  const { number } = asked.envelope;
  if (section === undefined) return asked.reject("it is not set up");
  if (list === undefined || number === undefined)
    return asked.reject("it takes posts that are in the archive of a list");
  if (trial) {
    asked.log(`would take ${list.address} ${number}`);
    return undefined;
  }
  const outcome = await act(postOf(asked, list, number), section);
  switch (outcome.kind) {
    case "done":
      asked.log(`${list.address} ${number} ${outcome.what}`);
      return undefined;
    case "later":
      return asked.later(outcome.reason);
    case "away":
      return asked.away(outcome.reason, outcome.until);
    case "refused":
      return asked.reject(outcome.reason);
  }
}

function postOf(asked: Asked<unknown>, list: List, number: number): Post {
  const { message } = asked;
  return {
    home: asked.site.home,
    list,
    number,
    identity: identityOf(message),
    received: new Date(asked.envelope.received),
    message,
    now: asked.now,
    patience: asked.site.hooks.timeout * 0.9,
    mustHold() {
      if (!asked.holds()) throw new Error("another runner has taken it over");
    },
  };
}

/**
 * What a post is known by beside its number: a list that is made anew counts from 1 again, and its posts
 * are others. Of one without a Message-ID it is the header.
 */
export function identityOf({ header }: Pick<Message, "header">): string {
  return (
    messageIdHash(header.get("Message-ID")) ??
    createHash("sha256").update(header.bytes()).digest("hex").slice(0, 32)
  );
}

/** The message, with a Message-ID where it has none: the archives that go by it need one. */
export function withMessageId({
  message,
  number,
  list,
}: Pick<Post, "message" | "number" | "list">): Message {
  const { header, headerTooLarge } = message;
  const has = /<[^<>\s]+>/.test(header.get("Message-ID") ?? "");
  if (has || headerTooLarge) return message;
  const id = `<${number}.${encodeURIComponent(list.local)}@${list.domain}>`;
  return message.with({ header: header.add("Message-ID", id) });
}
