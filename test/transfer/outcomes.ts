// What an import must say of every setting, and of the lines of rules that it writes.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import type { Test } from "tap";
import { tableOf } from "../../src/lists/change.ts";
import { Account } from "../../src/transfer/account.ts";
import type { Counterparts } from "../../src/transfer/counterparts.ts";
import type { Found } from "../../src/transfer/found.ts";

export const list = "talk@lists.example.org";

/** All settings of which something was said. */
export function told(found: Pick<Found, "kept" | "lost" | "moot" | "texts">) {
  return new Set(
    [found.kept, found.lost, found.moot, found.texts]
      .flat()
      .map(({ setting }) => setting),
  );
}

/** A collection of members or of anything that comes one by one. */
export function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items);
}

/** Whether every setting of a table says what becomes of it, whatever stands there. */
export function everyoneTells<Value, Source>(
  t: Test,
  table: Counterparts<Value, Source>,
  values: fc.Arbitrary<Value>,
  source: (name: string, value: Value) => Source,
): void {
  for (const [name, counterpart] of Object.entries(table))
    fc.assert(
      fc.property(values, (value) => {
        const account = new Account();
        counterpart(value, account, source(name, value), name);
        const found = account.found(list, none());
        return [...told(found)].some((one) => one.startsWith(name));
      }),
      { numRuns: 30 },
    );
  t.ok(Object.keys(table).length > 0);
}

export async function* none(): AsyncGenerator<never> {}

interface Parser {
  parseRule(line: string): { wrong?: string };
}

const file = resolve("src/lists/policy/rule.ts");
const parser = existsSync(file) ? ((await import(file)) as Parser) : undefined;

/** Every line of rules can be read by the policy. */
export function rulesAreGood(t: Test, { settings }: Pick<Found, "settings">) {
  const { rules = {} } = tableOf(Object.entries(settings));
  for (const line of Object.values(rules as object).flat()) {
    t.match(
      line,
      /^(accept|hold|reject|discard|confirm)( "([^"\\]|\\.)*")?( if .+)?$/,
    );
    t.ok(String(line).length <= 500);
    t.equal(parser?.parseRule(line).wrong, undefined, line);
  }
}
