/**
 * Posts of an archive by the month that they were stored in: the files `<archive>/2026/01/17.eml`.
 * Only the names of one month are in memory at a time.
 */
import { join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { listFolder } from "../../spool/spool.ts";

export interface Post {
  readonly number: number;
  readonly file: string;
}

/** The first and the last month, each as `2026-01`. */
interface Span {
  readonly first: string;
  readonly last: string;
}

/** Reads `2026-01`, `2026` or `2026-01..2026-03`. Throws Failure 64 for all else. */
export function spanOf(text: string): Span {
  const [from = "", to = from, ...more] = text.split("..");
  const shape = /^\d{4}(-(0[1-9]|1[0-2]))?$/;
  if (more.length > 0 || !shape.test(from) || !shape.test(to))
    throw new Failure(
      exit.usage,
      `--from-archive takes 2026-01, 2026 or 2026-01..2026-03, not "${text}"`,
    );
  const whole = (month: string, rest: string) =>
    month.length === 4 ? `${month}-${rest}` : month;
  return { first: whole(from, "01"), last: whole(to, "12") };
}

/** Posts of these months in the order of their numbers. @param folder HOME/archive/<list> */
export function* postsOf(folder: string, span: Span): Generator<Post> {
  for (const year of namesIn(folder, /^\d{4}$/).sort())
    for (const month of namesIn(join(folder, year), /^\d{2}$/).sort()) {
      const name = `${year}-${month}`;
      if (name < span.first || name > span.last) continue;
      const place = join(folder, year, month);
      const numbers = namesIn(place, /^\d{1,15}\.eml$/).map((file) =>
        Number.parseInt(file, 10),
      );
      for (const number of numbers.sort((one, other) => one - other))
        yield { number, file: join(place, `${number}.eml`) };
    }
}

function namesIn(folder: string, shape: RegExp): string[] {
  return listFolder(folder).filter((name) => shape.test(name));
}
