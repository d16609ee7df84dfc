/**
 * Authentication-Results, RFC 8601: what a mail server found out of who sent a message. Which fields
 * are believed is decided here too: anybody can write one into a message, so only those count that
 * stand where no stranger can put any. Pure.
 */
import { domainOf } from "./address.ts";
import type { Header } from "./header.ts";

/** One method's result. All but values is in lower case. */
export interface Result {
  readonly method: string;
  readonly result: string;
  /** By `ptype.property`, such as "header.d"; of doubles the first. */
  readonly properties: ReadonlyMap<string, string>;
}

export interface Results {
  /** Who says so, in lower case. */
  readonly id: string;
  readonly results: readonly Result[];
}

/** Most results of a field that are read. */
const MOST = 100;

/**
 * Reads the value of a field, unfolded. What is no well-formed result is left out.
 * @returns undefined where a quote or comment does not end, or nobody is named
 */
export function parseResults(value: string): Results | undefined {
  const parts = tokensOf(value);
  const [head, ...rest] = parts ?? [];
  const id = head?.[0];
  if (id === undefined || id === "=") return undefined;
  // A version may stand behind the name, and nothing else.
  if (head && head.length > 1 && !/^\d+$/.test(head.slice(1).join(" ")))
    return undefined;
  const results = rest.slice(0, MOST).flatMap((tokens) => resultOf(tokens));
  return { id: id.toLowerCase(), results };
}

const KEYWORD = /^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$/;

/** `method = result`, then `name = value` any number of times. */
function resultOf(tokens: readonly string[]): Result[] {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at < tokens.length; at += 3) {
    const [name = "", equals, value] = tokens.slice(at, at + 3);
    if (equals !== "=" || value === undefined) return [];
    pairs.push([name.toLowerCase(), value]);
  }
  const [[name, value] = ["", ""], ...others] = pairs;
  // A method may have a version behind a slash.
  const method = name.split("/")[0] ?? "";
  const result = value.toLowerCase();
  if (!KEYWORD.test(method) || !KEYWORD.test(result)) return [];
  const properties = new Map<string, string>();
  for (const [name, value] of others)
    if (!properties.has(name)) properties.set(name, value);
  return [{ method, result, properties }];
}

/**
 * The words between semicolons, without comments: names, "=", and values, which begin behind an
 * "=" and may have further ones in them, as addresses do.
 */
function tokensOf(text: string): string[][] | undefined {
  const parts: string[][] = [[]];
  let tokens: string[] = parts[0] as string[];
  for (let at = 0; at < text.length; ) {
    const c = text.charAt(at);
    if (/\s/.test(c)) at += 1;
    else if (c === "(") {
      const end = commentEnd(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (c === ";") {
      tokens = [];
      parts.push(tokens);
      at += 1;
    } else if (c === "=" && tokens.at(-1) !== "=") {
      tokens.push(c);
      at += 1;
    } else {
      const isValue = tokens.at(-1) === "=";
      const word = wordAt(text, at, isValue);
      if (word === undefined) return undefined;
      const last = tokens.at(-1) ?? "";
      if (tokens.length % 3 === 1 && isOneName(last, word.text))
        tokens[tokens.length - 1] = last + word.text;
      else tokens.push(word.text);
      at = word.end;
    }
  }
  return parts;
}

/** Around the dot and the slash of a name there may be blanks and comments. */
function isOneName(first: string, second: string): boolean {
  return (
    first.length < 200 &&
    [".", "/"].some((c) => first.endsWith(c) || second.startsWith(c))
  );
}

/** A word, its quotes taken away. @param isValue an "=" is part of it */
function wordAt(
  text: string,
  from: number,
  isValue: boolean,
): { text: string; end: number } | undefined {
  let word = "";
  let at = from;
  while (at < text.length) {
    const c = text.charAt(at);
    if (c === '"') {
      const end = quoteEnd(text, at);
      if (end === undefined) return undefined;
      word += text.slice(at + 1, end - 1).replace(/\\([\s\S])/g, "$1");
      at = end;
    } else if (/[\s;(]/.test(c) || (c === "=" && !isValue)) break;
    else {
      word += c;
      at += 1;
    }
  }
  return { text: word, end: at };
}

function quoteEnd(text: string, from: number): number | undefined {
  for (let at = from + 1; at < text.length; at += 1)
    if (text.charAt(at) === "\\") at += 1;
    else if (text.charAt(at) === '"') return at + 1;
  return undefined;
}

function commentEnd(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === "\\") at += 1;
    else if (c === "(") depth += 1;
    else if (c === ")") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

const NAME = "Authentication-Results";

/**
 * What is believed of a message: fields that name one of `ids` and stand above the first Received.
 * Whoever sends a message writes below the Received of the mail server that takes it, so none of
 * them can be a stranger's. Of several fields that speak of one method the uppermost counts.
 * @param ids names in Authentication-Results of servers that are trusted
 * @param below whether those count too that stand right below the first Received, where many
 *   filters write: only good where the server takes away what strangers wrote in its name
 *   (RFC 8601 §5), for nothing else tells the two apart
 */
export function believed(
  header: Header,
  ids: readonly string[],
  below = false,
): Result[] {
  // Without a Received no server has taken it, and all of it is the sender's.
  if (!header.has("Received")) return [];
  const trusted = new Set(ids.map((id) => id.toLowerCase()));
  const found: Result[] = [];
  const spoken = new Set<string>();
  const take = (fields: Header) => {
    for (const value of fields.all(NAME)) {
      const read = parseResults(value);
      // Some filters write the number of their job behind the name.
      if (!read || !trusted.has(read.id.split("/")[0] ?? "")) continue;
      found.push(...read.results.filter(({ method }) => !spoken.has(method)));
      for (const { method } of read.results) spoken.add(method);
    }
  };
  take(header.before("Received"));
  if (below && found.length === 0)
    take(header.after("Received").before("Received"));
  return found;
}

/**
 * Whether the author is shown to be who it says: DMARC (RFC 7489) says so of its domain; or, where
 * DMARC has nothing to say, a good DKIM signature or SPF is of the domain or of one above it.
 * @param author the address in From, "" where there is none
 */
export function isShown(results: readonly Result[], author: string): boolean {
  const domain = domainOf(author);
  if (domain === "") return false;
  const of = (method: string) =>
    results.filter((result) => result.method === method);
  const dmarc = of("dmarc").filter(({ result }) => result !== "none");
  if (dmarc.length > 0)
    return dmarc.every(
      ({ result, properties }) =>
        result === "pass" && domainIn(properties.get("header.from")) === domain,
    );
  const passes = ({ result, properties }: Result, ...names: string[]) =>
    result === "pass" &&
    names.some((name) => isWithin(domain, domainIn(properties.get(name))));
  return (
    of("dkim").some((one) => passes(one, "header.d", "header.i")) ||
    of("spf").some((one) => passes(one, "smtp.mailfrom"))
  );
}

/** The domain of an address, or what is one already. */
function domainIn(value: string | undefined): string {
  if (value === undefined) return "";
  return value.includes("@") ? domainOf(value) : value.toLowerCase();
}

/** A domain, or one under it. One without a dot vouches for itself only. */
function isWithin(domain: string, above: string): boolean {
  if (above === "") return false;
  return (
    domain === above || (above.includes(".") && domain.endsWith(`.${above}`))
  );
}
