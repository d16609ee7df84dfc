/**
 * A source of recipients, asked by a hook: switched on by its section in list.toml.
 */
import type { List } from "../directory.ts";
import type { SourceName, SourceSettings } from "../schema/sources.ts";
import { type Asked, type SourceContext, sourceContext } from "./context.ts";

/** All addresses of a source. Throws a Failure (try later) where not all could be had. */
export type Source<K extends SourceName> = (
  settings: SourceSettings<K>,
  context: SourceContext,
) => AsyncIterable<string>;

/** The recipients of a list out of a source; undefined where the list has no such section. */
export function recipientsFrom<K extends SourceName>(
  asked: Asked & { readonly list: List | undefined },
  name: K,
  source: Source<K>,
): AsyncIterable<string> | undefined {
  const settings = asked.list?.settings[name] as SourceSettings<K> | undefined;
  if (!asked.list || !settings) return undefined;
  return source(settings, sourceContext(asked, asked.list));
}
