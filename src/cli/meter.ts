/**
 * How far long work is, on a terminal; nothing where stderr is none.
 */
import type { Clock } from "../base/clock.ts";
import { plural } from "../base/log.ts";

/** Milliseconds between two words. */
const PACE = 200;

export class Meter {
  readonly #clock: Clock;
  readonly #one: string;
  readonly #many: string;
  readonly #total: number | undefined;
  #done = 0;
  #told: number;

  /**
   * What is short is not worth a word.
   * @param total how many there will be, for a bar; undefined: that is not known
   */
  constructor(clock: Clock, one: string, many: string, total?: number) {
    this.#clock = clock;
    this.#one = one;
    this.#many = many;
    this.#total = total;
    this.#told = clock.now();
  }

  /** @param more that are done since the last call */
  add(more: number): void {
    this.#done += more;
    if (!process.stderr.isTTY) return;
    const now = this.#clock.now();
    if (now - this.#told < PACE) return;
    this.#told = now;
    process.stderr.write(
      this.#total
        ? `\r${bar(this.#done / this.#total)}`
        : `\r${plural(this.#done, this.#one, this.#many)}`,
    );
  }

  /** Before anything else is written. */
  wipe(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
}

/** Characters of the bar. */
const WIDTH = 40;

function bar(share: number): string {
  const part = Math.min(share, 1);
  const done = "#".repeat(Math.floor(part * WIDTH));
  const percent = String(Math.floor(part * 100)).padStart(3);
  return `[${done.padEnd(WIDTH, ".")}] ${percent} %`;
}

/** What is read, and told of once it is used. */
export async function* metered(
  bytes: AsyncIterable<Uint8Array>,
  meter: Meter,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    yield chunk;
    // What it holds is through when the next one is asked for.
    meter.add(chunk.length);
  }
}
