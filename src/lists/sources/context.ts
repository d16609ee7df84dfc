/**
 * What a source of recipients is told, and the rules that all of them keep: all recipients come or
 * it throws, so a broken source delays a post and never shrinks a list; what is no address is
 * refused by name. Pure.
 */
import { resolve } from "node:path";
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { fromLine, parseAddresses } from "../../mail/address.ts";
import type { List } from "../directory.ts";

export interface SourceContext {
  /** The home, absolute: other paths start there. */
  readonly home: string;
  readonly list: Pick<List, "address" | "local" | "domain">;
  /** The envelope sender of the post; "" for the null sender. */
  readonly sender: string;
  /** Told of each text that is no address. */
  readonly refused: (text: string) => void;
  /** Told how much is left out for other reasons; `refused` is, where it is missing. */
  readonly note?: (text: string) => void;
}

/** A path of the settings, from the home where it is not absolute. */
export function pathIn(context: SourceContext, path: string): string {
  return resolve(context.home, path);
}

/** The placeholders of filters and queries. */
export function placeholders(context: SourceContext): Record<string, string> {
  const { address, local, domain } = context.list;
  return { list: address, local, domain, sender: context.sender };
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

/** The addresses of a text like `a@example.org, Name <b@example.org>`. */
export function* severalAddresses(
  text: string,
  context: SourceContext,
): Generator<string> {
  if (!text.includes(",")) return yield* oneAddress(text, context);
  for (const { name, address } of parseAddresses(text))
    yield* oneAddress(address || name, context);
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
