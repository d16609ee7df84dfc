/**
 * Queries that are compiled once, and get their values each time they are run. Pure.
 */
import type { Compilable, CompiledQuery } from "./store.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * A query that is compiled when it is first asked for.
 * @param build makes it of placeholders, which look like the values
 */
export function prepared<P extends object, R>(
  build: (given: P) => Compilable<R>,
): (given: P) => CompiledQuery<R> {
  const many = preparedRows<P, R>(([given]) => build(given as P));
  return (given) => many([given]);
}

/** The same for a query of several rows: it is compiled once for each number of rows. */
export function preparedRows<P extends object, R>(
  build: (rows: readonly P[]) => Compilable<R>,
): (rows: readonly P[]) => CompiledQuery<R> {
  const forms = new Map<number, Form<R>>();
  return (rows) => {
    const form = forms.get(rows.length) ?? formOf(build, rows.length);
    forms.set(rows.length, form);
    const { query, places } = form;
    const parameters = query.parameters.map((value, at) => {
      const place = places[at];
      return place ? (rows[place.row] as Values)[place.name] : value;
    });
    return { ...query, parameters };
  };
}

interface Form<R> {
  readonly query: CompiledQuery<R>;
  /** What stands where among the parameters; undefined for those that are always the same. */
  readonly places: readonly (Place | undefined)[];
}

interface Place {
  readonly row: number;
  readonly name: string;
}

function formOf<P extends object, R>(
  build: (rows: readonly P[]) => Compilable<R>,
  count: number,
): Form<R> {
  const known = new Map<unknown, Place>();
  const row = (at: number) =>
    new Proxy({} as P, {
      get(_, name) {
        // No value is a symbol, and none is looked into.
        const mark = Symbol(String(name));
        known.set(mark, { row: at, name: String(name) });
        return mark;
      },
    });
  const query = build(
    Array.from({ length: count }, (_, at) => row(at)),
  ).compile();
  return { query, places: query.parameters.map((mark) => known.get(mark)) };
}

/** Rows of a statement: few numbers of rows, so that few statements are compiled. */
const SIZES = [1000, 100, 10, 1];

/** All rows in their order, in chunks of 1,000, 100, 10 and 1. */
export function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  let at = 0;
  for (const size of SIZES)
    for (; all.length - at >= size; at += size) yield all.slice(at, at + size);
}
