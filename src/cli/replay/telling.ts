/**
 * What a replay prints: a row as soon as it is known, then the totals. As JSON it is one object,
 * written bit by bit; on a terminal stderr shows how far it is.
 */
import { outcomes } from "../../state/tally.ts";
import type { Context } from "../context.ts";
import { printable } from "../hooks/shown.ts";

/** What one hook said to one post. */
interface Saying {
  readonly number: number;
  /** ISO 8601, or "" where the post has no date. */
  readonly date: string;
  readonly from: string;
  readonly subject: string;
  readonly hook: string;
  readonly observed: boolean;
  /** A verdict, or "unreadable" for what is no message. */
  readonly verdict: string;
  readonly reason: string;
}

/** Milliseconds between two words of how far it is. */
const PACE = 200;

/** The columns and their widths; the last one is open. */
const columns = [
  ["number", 7],
  ["date", 10],
  ["from", 26],
  ["subject", 30],
  ["hook", 34],
  ["verdict", 10],
  ["reason", 0],
] as const;

export class Telling {
  readonly #context: Context;
  readonly #posts: number;
  readonly #all: boolean;
  readonly #totals = new Map<string, Map<string, number>>();
  #done = 0;
  #rows = 0;
  #told = 0;

  /** @param all rows of those that pass, too */
  constructor(context: Context, posts: number, all: boolean) {
    this.#context = context;
    this.#posts = posts;
    this.#all = all;
    if (context.json) process.stdout.write('{"posts":[');
  }

  say(saying: Saying): void {
    const { hook, verdict, observed } = saying;
    const counts = this.#totals.get(hook) ?? new Map<string, number>();
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    this.#totals.set(hook, counts);
    if (verdict === "pass" && !this.#all) return;
    this.#wipe();
    if (this.#context.json)
      process.stdout.write(
        `${this.#rows > 0 ? "," : ""}\n${JSON.stringify(saying)}`,
      );
    else {
      if (this.#rows === 0)
        this.#row(Object.fromEntries(columns.map(([name]) => [name, name])));
      this.#row({
        ...saying,
        date: saying.date.slice(0, 10),
        hook: saying.hook.split("/").slice(2).join("/"),
        verdict: observed ? `(${verdict})` : verdict,
      });
    }
    this.#rows += 1;
  }

  /** One post is through. @param now milliseconds */
  through(now: number): void {
    this.#done += 1;
    if (!process.stderr.isTTY || now - this.#told < PACE) return;
    this.#told = now;
    process.stderr.write(`\r${this.#done} of ${this.#posts} posts`);
  }

  end(): void {
    this.#wipe();
    const totals = [...this.#totals]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([hook, counts]) => ({ hook, ...Object.fromEntries(counts) }));
    if (this.#context.json) {
      process.stdout.write(
        `\n],\n"read":${this.#done},\n"totals":${JSON.stringify(totals)}}\n`,
      );
      return;
    }
    const kinds = [...outcomes, "unreadable"].filter((kind) =>
      totals.some((row) => kind in row),
    );
    if (this.#rows > 0) this.#context.say("");
    this.#context.say(
      `${this.#done} ${this.#done === 1 ? "post" : "posts"} of the archive`,
    );
    const rows = totals.map((row) => ({
      ...Object.fromEntries(kinds.map((kind) => [kind, 0])),
      ...row,
    }));
    this.#context.table(["hook", ...kinds], rows);
  }

  #row(cells: Readonly<Record<string, unknown>>): void {
    const line = columns
      .map(([name, width]) => {
        const text = printable(String(cells[name] ?? ""));
        if (width === 0) return text;
        const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
        return cut.padEnd(width);
      })
      .join("  ");
    this.#context.say(line.trimEnd());
  }

  #wipe(): void {
    if (this.#told === 0) return;
    process.stderr.write("\r\u001b[K");
    this.#told = 0;
  }
}
