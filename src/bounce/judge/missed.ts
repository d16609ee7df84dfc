/**
 * The posts of a list that somebody did not get for a while, as lines for a letter: number and subject.
 * They are read once for many readers.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { List } from "../../lists/directory.ts";
import { highest, numberPath, numbersOf } from "../../lists/sequence.ts";
import type { Site } from "../../lists/settings.ts";
import { openMessage } from "../../mail/message.ts";

/** Most that are named. */
const NAMED = 50;
/** Most characters of a subject. */
const SUBJECT = 200;

interface Post {
  readonly line: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class Missed {
  readonly #numbers: string | undefined;
  readonly #headerLimit: number;
  /** The newest first, as far as somebody has asked. */
  readonly #posts: Post[] = [];
  #next: number | undefined;

  constructor(
    { home, limits }: Pick<Site, "home" | "limits">,
    { address, settings }: Pick<List, "address" | "settings">,
  ) {
    this.#headerLimit = limits.header;
    this.#numbers = settings.archive
      ? numbersOf(join(home, "archive", address))
      : undefined;
  }

  /**
   * The newest of them, oldest first; none without an archive.
   * @param since milliseconds since 1970
   */
  async since(since: number): Promise<string[]> {
    const found: string[] = [];
    for (let at = 0; ; at += 1) {
      const post = this.#posts[at] ?? (await this.#read());
      if (!post || post.at < since) break;
      if (found.length === NAMED) {
        found.push("…");
        break;
      }
      found.push(post.line);
    }
    return found.reverse();
  }

  /** The next older one. */
  async #read(): Promise<Post | undefined> {
    if (this.#numbers === undefined) return undefined;
    const number = this.#next ?? highest(this.#numbers);
    if (number === 0) return undefined;
    const path = numberPath(this.#numbers, number);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    const content = [{ path, start: 0, end: found.size }];
    const { header } = await openMessage(content, this.#headerLimit);
    const subject = header.text("Subject").slice(0, SUBJECT).toWellFormed();
    const line = `${number}  ${subject}`.trimEnd();
    const post = { line, at: found.mtimeMs };
    this.#posts.push(post);
    this.#next = number - 1;
    return post;
  }
}
