/**
 * Whether there is a list on demand: its directory or database is asked. Answers, yes and no, are
 * remembered for a minute, and only so many of them: strangers ask for endless names. Where it
 * cannot be asked it throws, for "not now" must never look like "no".
 */
import { stopwatch } from "../base/clock.ts";
import { exit, Failure } from "../base/errors.ts";
import { stderrLog } from "../base/log.ts";
import type { List } from "./directory.ts";
import type { Site } from "./settings.ts";
import type { SourceContext } from "./sources/context.ts";

interface Answer {
  /** Whom the answer belongs to: another one makes it void. */
  readonly owner: object;
  readonly until: number;
  readonly answer: Promise<boolean>;
}

/** Answers that hold for a while; beyond so many the oldest is forgotten. */
export class Answers {
  readonly #most: number;
  readonly #milliseconds: number;
  readonly #known = new Map<string, Answer>();

  constructor(most: number, milliseconds: number) {
    this.#most = most;
    this.#milliseconds = milliseconds;
  }

  /** A known answer, or a new one; those who ask at the same time share it. Failures are not kept. */
  get(
    key: string,
    owner: object,
    now: number,
    ask: () => Promise<boolean>,
  ): Promise<boolean> {
    const known = this.#known.get(key);
    if (known?.owner === owner && now < known.until) return known.answer;
    const mine = { owner, until: now + this.#milliseconds, answer: ask() };
    // A Map keeps the order in which its keys came.
    this.#known.delete(key);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= this.#most && oldest !== undefined)
      this.#known.delete(oldest);
    this.#known.set(key, mine);
    mine.answer.catch(() => {
      if (this.#known.get(key) === mine) this.#known.delete(key);
    });
    return mine.answer;
  }
}

const answers = new Answers(10_000, 60_000);
const elapsed = stopwatch();

/**
 * Whether there is this list; one with a folder of its own always is.
 * @param now milliseconds of a clock that only goes forward
 * Throws a Failure: 75 where that cannot be told, 78 where the settings name nobody to ask.
 */
export async function exists(
  list: List,
  site: Pick<Site, "home">,
  now = elapsed() * 1000,
): Promise<boolean> {
  if (!list.onDemand) return true;
  const key = `${site.home}\0${list.address}`;
  return answers.get(key, list.settings, now, () => ask(list, site));
}

/** What is wrong with the settings of a domain on demand; undefined: nothing. */
export function demandProblem({
  domain,
  dir,
  settings,
}: Pick<List, "domain" | "dir" | "settings">): string | undefined {
  if (settings.ldap ?? settings.sql) return undefined;
  return `${dir}/list.toml: lists of ${domain} are made on demand, and nothing says which there are: it needs a section [ldap] or [sql]`;
}

async function ask(list: List, site: Pick<Site, "home">): Promise<boolean> {
  const problem = demandProblem(list);
  if (problem) throw new Failure(exit.config, problem);
  const { ldap, sql } = list.settings;
  const context: SourceContext = {
    home: site.home,
    list,
    sender: "",
    recipient: list.address,
    header: undefined,
    refused: () => {},
    note: (text) => stderrLog(list.address, text),
  };
  // Only now: the MTA's pipe shall not wait for packages that most mail does not need.
  if (ldap) {
    const { ldapFinds } = await import("./sources/ldap.ts");
    if (await ldapFinds(ldap, ldap.exists_filter ?? ldap.filter, context))
      return true;
  }
  if (sql) {
    const { sqlFinds } = await import("./sources/sql.ts");
    if (await sqlFinds(sql, sql.exists_query ?? sql.query, context))
      return true;
  }
  return false;
}
