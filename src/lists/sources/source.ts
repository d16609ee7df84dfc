/**
 * A source of recipients, asked by a hook: switched on by its section in list.toml. Its answer is
 * remembered as the section says.
 */
import { stopwatch } from "../../base/clock.ts";
import type { List } from "../directory.ts";
import type { SourceName, SourceSettings } from "../schema/sources.ts";
import {
  type Addresses,
  type Asked,
  type SourceContext,
  sourceContext,
} from "./context.ts";
import { type Memory, remembered } from "./remembered.ts";
import { type Others, peopleOf } from "./roles.ts";

/** All addresses of a source. Throws a Failure (try later) where not all could be had. */
export type Source<K extends SourceName> = (
  settings: SourceSettings<K>,
  context: SourceContext,
) => AsyncIterable<Addresses>;

/** The recipients of a list out of a source; undefined where the list has no such section. */
export function recipientsFrom<K extends SourceName>(
  asked: Asked & {
    readonly list: List | undefined;
    readonly now: number;
    scratch(): string;
  } & Others,
  name: K,
  source: Source<K>,
): AsyncIterable<Addresses> | undefined {
  const settings = asked.list?.settings[name] as SourceSettings<K> | undefined;
  if (!asked.list || !settings) return undefined;
  const { list } = asked;
  // What others give depends on whom was asked before: it is right for this post only.
  let isPassing = false;
  const recipientsOf = (other: string) => {
    isPassing = true;
    return asked.recipientsOf(other);
  };
  const context: SourceContext = {
    ...sourceContext(asked, list),
    include: (role) =>
      peopleOf(role, list, {
        site: asked.site,
        lists: asked.lists,
        recipientsOf,
      }),
  };
  const memory = settings as Memory;
  const answer = remembered(source(settings, context), memory, context, {
    name,
    now: asked.now,
    scratch: () => asked.scratch(),
    isPassing: () => isPassing,
    left: timeLeft(asked),
  });
  return ended(answer, context);
}

/** Milliseconds that are left of the hook's time; without end where it has none. */
function timeLeft({ site, since = stopwatch() }: Asked): () => number {
  const { timeout } = site.hooks ?? {};
  return () =>
    timeout === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(timeout - 1000 * since(), 0);
}

async function* ended(
  answer: AsyncIterable<Addresses>,
  context: SourceContext,
): AsyncGenerator<Addresses> {
  yield* answer;
  context.end?.();
}
