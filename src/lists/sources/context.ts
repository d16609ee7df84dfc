/**
 * What a source of recipients is told, and the rules that all of them keep: all recipients come or
 * it throws, so a broken source delays a post and never shrinks a list; what is no address is
 * refused by name. Pure.
 */
import { resolve } from "node:path";
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { fromLine } from "../../mail/address.ts";
import type { Header } from "../../mail/header.ts";
import { authorOf } from "../../mail/message.ts";
import type { List } from "../directory.ts";
import { named } from "./placeholders.ts";

export interface SourceContext {
  /** The home, absolute: other paths start there. */
  readonly home: string;
  readonly list: Pick<List, "address" | "local" | "domain">;
  /** The envelope sender of the post; "" for the null sender. */
  readonly sender: string;
  /** The envelope recipient of the post. */
  readonly recipient: string;
  /** The header of the post; undefined where a source is asked without one. */
  readonly header: Header | undefined;
  /**
   * Who a role is, for %include: owners or members of this list, or the address of another list.
   * Throws a Failure where there is none such. Undefined where sources may not ask for others.
   */
  readonly include?: (role: string) => AsyncIterable<string>;
  /** Only tried out: nothing may be left behind. */
  readonly trial?: boolean;
  /** Told of each text that is passed over. @param why without it: it is no address */
  readonly refused: (text: string, why?: string) => void;
  /** Told that the source is through: tells how many texts were refused. */
  readonly end?: () => void;
  /** Told what else people should know. */
  readonly note: (text: string) => void;
}

/** Addresses one by one, or many at once, which is faster. */
export type Addresses = string | readonly string[];

/** What a hook is asked with, as far as sources are concerned. */
export interface Asked {
  readonly site: {
    readonly home: string;
    /** Milliseconds that a hook is waited for, and no longer. */
    readonly hooks?: { readonly timeout: number };
  };
  /** Seconds since sources are asked, where several are within one hook's time. */
  readonly since?: () => number;
  /** What is no address is not told: who asks wants one person only. */
  readonly quiet?: boolean;
  readonly envelope: { readonly sender: string; readonly recipient: string };
  readonly message: { readonly header: Header };
  readonly trial: boolean;
  log(text: string): void;
}

/** Bad texts of a source that are named one by one; the others are only counted. */
const NAMED = 20;

/** The context of a source that a hook asks for a list. */
export function sourceContext(
  asked: Asked,
  list: SourceContext["list"],
): SourceContext {
  let refused = 0;
  return {
    home: asked.site.home,
    list,
    sender: asked.envelope.sender,
    recipient: asked.envelope.recipient,
    header: asked.message.header,
    trial: asked.trial,
    note: (text) => asked.log(text),
    refused: (text, why = "not an address") => {
      if (asked.quiet) return;
      refused += 1;
      if (refused <= NAMED) asked.log(`skipped, ${why}: ${text}`);
    },
    end: () => {
      if (refused > NAMED) asked.log(`skipped ${refused} in all`);
    },
  };
}

/** A path of the settings, from the home where it is not absolute. */
export function pathIn(context: SourceContext, path: string): string {
  return resolve(context.home, path);
}

/**
 * What a placeholder of a filter or query stands for: list, local, domain, sender, recipient, from,
 * subject, or header_NAME, a field of the header with `_` for `-`. A field that is missing is "".
 * @returns undefined where there is no such placeholder
 */
export function placeholder(
  context: SourceContext,
  name: string,
): string | undefined {
  const { list, header } = context;
  const meant = named(name);
  switch (meant?.is) {
    case undefined:
      return undefined;
    case "list":
      return list.address;
    case "local":
      return list.local;
    case "domain":
      return list.domain;
    case "sender":
      return context.sender;
    case "recipient":
      return context.recipient;
    case "from":
      return (header && authorOf(header)) ?? context.sender;
    case "subject":
      return header?.text("Subject") ?? "";
    case "header":
      return header?.text(meant.field) ?? "";
  }
}

/** The address of `address` or `Name <address>`; what is neither is refused, what is empty not. */
export function* oneAddress(
  text: string,
  context: SourceContext,
): Generator<string> {
  const address = fromLine(text);
  if (address !== undefined) yield address;
  else if (text.trim() !== "") context.refused(oneLine(text, 200));
}

/** The Failure of a source: the post waits and is tried again. */
export function sourceFailure(where: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure(
    exit.tryLater,
    `${where}: ${oneLine(messageOf(error), 500)}`,
    { cause: error },
  );
}
