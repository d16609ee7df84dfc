/**
 * A message's content on its way to the server, and the replies to it: after DATA, ended by a dot
 * (RFC 5321 section 4.1.1.4), or in counted chunks with BDAT (RFC 3030). Memory is flat. Content that
 * cannot be read to its end is never ended: the line is cut, so no half message is taken.
 */
import { stopwatch } from "../../base/clock.ts";
import type { Body } from "../wire.ts";
import type { Line, Listener } from "./line.ts";
import type { Reply } from "./reply.ts";
import { taken } from "./verdict.ts";

/** Who sends content is told how far it came. */
export interface Author {
  /** The last byte is on its way. */
  written(): void;
  /** All replies are there, or will never come. */
  answered(): void;
}

export class Content implements Listener {
  /** The replies that end it: one, or with LMTP one for each recipient that was accepted. */
  readonly replies: Reply[] = [];
  /** A refusal that came before the end. */
  cutShort: Reply | undefined;
  /** Why it could not be read. */
  unreadable: { readonly error: unknown } | undefined;
  /** From the last byte written to the last reply. */
  seconds = 0;
  readonly #line: Line;
  readonly #author: Author;
  /** How many replies end it; asked when the first comes. */
  readonly #expected: () => number;
  #writing = false;
  /** Chunks before the last whose replies have not come. */
  #chunks = 0;
  #since: (() => number) | undefined;

  constructor(line: Line, author: Author, expected: () => number) {
    this.#line = line;
    this.#author = author;
    this.#expected = expected;
  }

  /** With dots stuffed, up to the final dot. */
  sendStuffed(body: Body): void {
    this.#line.await(this);
    if (isInMemory(body)) {
      for (const bytes of body) this.#line.send(bytes);
      this.#line.send(".\r\n");
      this.#written();
    } else void this.#stream(body, undefined);
  }

  /** In chunks, or in one where it is in memory. @param size bytes of it */
  sendPlain(body: Body, size: number): void {
    this.#line.await(this);
    if (isInMemory(body)) {
      this.#line.send(`BDAT ${size} LAST\r\n`);
      for (const bytes of body) this.#line.send(bytes);
      this.#written();
    } else void this.#stream(body, size);
  }

  heard(reply: Reply): boolean {
    if (this.#chunks > 0) {
      this.#chunks -= 1;
      if (!taken(reply)) this.#cut(reply);
      return false;
    }
    if (this.#writing) {
      this.#cut(reply);
      return false;
    }
    this.replies.push(reply);
    if (this.replies.length < this.#expected()) return false;
    this.seconds = this.#since?.() ?? 0;
    this.#author.answered();
    return true;
  }

  lost(): void {
    this.#author.answered();
  }

  /** Who has answered before the end may go on reading it as content: this line is of no use. */
  #cut(reply: Reply): void {
    const refused = reply.code >= 400;
    if (refused) this.cutShort = reply;
    // That one ends the line by itself.
    if (reply.code === 421) return;
    const words = `${refused ? "a refusal" : "an answer"} before the end of the message: ${reply.text}`;
    this.#line.end({ reply: words, trouble: "broken" });
  }

  /** @param size undefined after DATA */
  async #stream(
    body: AsyncIterable<Uint8Array>,
    size: number | undefined,
  ): Promise<void> {
    const line = this.#line;
    this.#writing = true;
    let left = size ?? Number.POSITIVE_INFINITY;
    try {
      line.preparing = true;
      for await (const bytes of body) {
        line.preparing = false;
        left -= bytes.length;
        if (left < 0) break;
        if (size !== undefined) {
          line.send(`BDAT ${bytes.length}${left === 0 ? " LAST" : ""}\r\n`);
          if (left > 0) this.#chunks += 1;
        }
        line.send(bytes);
        if (left === 0) break;
        await line.room();
        if (line.ended !== undefined) return;
        line.preparing = true;
      }
      if (size === undefined) line.send(".\r\n");
      else if (left !== 0)
        throw new Error("the message is not as long as it was");
      this.#writing = false;
      this.#written();
    } catch (error) {
      if (line.ended === undefined) this.unreadable = { error };
      line.end({ reply: "the message cannot be read", trouble: "broken" });
    } finally {
      line.preparing = false;
    }
  }

  #written(): void {
    this.#since = stopwatch();
    this.#author.written();
  }
}

/** Whether it is in memory. */
export function isInMemory(body: Body): body is readonly Uint8Array[] {
  return Array.isArray(body);
}
