/**
 * What becomes of each setting of another manager: a table by its name. A setting that the table
 * does not know is reported as unknown, so none is passed over in silence. Pure.
 */
import { type Account, shown } from "./account.ts";

/** Writes into the account what one setting comes to. */
export type Counterpart<Value, Source> = (
  value: Value,
  account: Account,
  source: Source,
  name: string,
) => void;

export type Counterparts<Value, Source> = Readonly<
  Record<string, Counterpart<Value, Source>>
>;

/** Settings that stand for nothing here, whatever they say. */
export function moot<Value, Source>(why: string): Counterpart<Value, Source> {
  return (value, account, _source, name) => account.needless(name, value, why);
}

/**
 * Settings that have no counterpart.
 * @param usual values at which nothing is lost, as they are shown
 */
export function gone<Value, Source>(
  why: string,
  instead = "",
  usual: readonly unknown[] = [],
): Counterpart<Value, Source> {
  const idle = usual.map(shown);
  return (value, account, _source, name) => {
    if (idle.includes(shown(value)))
      account.needless(name, value, "as it is by default, and nothing here");
    else account.lose(name, value, why, instead);
  };
}

/** A setting as it is, under another name. */
export function same<Value, Source>(
  key: string,
  made: (value: Value, source: Source) => unknown = (value) => value,
): Counterpart<Value, Source> {
  return (value, account, source, name) =>
    account.set(name, value, key, made(value, source));
}

/** Goes over all settings of a source. */
export function weigh<Value, Source>(
  table: Counterparts<Value, Source>,
  settings: Iterable<readonly [string, Value]>,
  account: Account,
  source: Source,
): void {
  for (const [name, value] of settings) {
    const counterpart = Object.hasOwn(table, name) ? table[name] : undefined;
    if (counterpart) counterpart(value, account, source, name);
    else
      account.lose(
        name,
        value,
        "unknown to this importer",
        "look what it does, and whether docs/settings.md has such a thing",
      );
  }
}
