/**
 * A text of addresses: an address or `Name <address>` a line. `#` begins a comment, at the start of
 * a line or behind a space; `%include ROLE` brings other people in.
 */
import { messageOf } from "../../../base/errors.ts";
import { pagesOf, unbroken } from "../../../base/lines.ts";
import { isPlain } from "../../../mail/address.ts";
import { oneAddress, type SourceContext } from "../context.ts";

const INCLUDE = "%include";

/** @param name of the text, for errors that tell a line */
export async function* addressesOfLines(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  context: SourceContext,
): AsyncGenerator<string[]> {
  let number = 0;
  for await (const page of pagesOf(unbroken(bytes, name))) {
    let found: string[] = [];
    for (const line of page) {
      number += 1;
      if (isPlain(line)) {
        found.push(line);
        continue;
      }
      const text = withoutComment(line).trim();
      const role = roleOf(text);
      if (role === undefined) found.push(...oneAddress(text, context));
      else {
        yield found;
        found = [];
        yield* included(role, `${name}:${number}`, context);
      }
    }
    if (found.length > 0) yield found;
  }
}

/** A line up to a `#` that begins it or follows a space. */
export function withoutComment(line: string): string {
  if (!line.includes("#")) return line;
  const at = line.search(/(?:^|[ \t])#/);
  return at < 0 ? line : line.slice(0, at);
}

/** What stands behind %include; undefined where the line is none. */
function roleOf(text: string): string | undefined {
  if (!text.startsWith(INCLUDE)) return undefined;
  const role = text.slice(INCLUDE.length);
  return role === "" || /^\s/.test(role) ? role.trim() : undefined;
}

async function* included(
  role: string,
  where: string,
  context: SourceContext,
): AsyncGenerator<string[]> {
  if (!context.include) throw new Error(`${where}: %include is not known here`);
  try {
    yield* together(context.include(role));
  } catch (error) {
    throw new Error(`${where}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** A thousand at a time. */
export async function* together(
  addresses: AsyncIterable<string>,
): AsyncGenerator<string[]> {
  let some: string[] = [];
  for await (const address of addresses) {
    if (some.push(address) < 1000) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
