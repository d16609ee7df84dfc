/**
 * What a person ordered while runners run: another rate for a queue, in the file
 * `spool/<queue>/rate`, which is there whole or not at all. Runners of all hosts look at it at each
 * scan; it holds until it is taken back. Over NFS it may be seen half a minute late.
 */
import { readFileSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { replace, syncPath } from "../../spool/durable.ts";
import type { Spool } from "../../spool/spool.ts";

/** Most messages a minute that can be ordered. */
export const MOST = 1e9;

export interface Order {
  /** Messages a minute and runner; 0: no limit. */
  readonly rate: number;
  /** When it was given, in milliseconds since 1970. */
  readonly at: number;
}

export type Ordered =
  | { readonly kind: "order"; readonly order: Order }
  /** What the settings say holds. */
  | { readonly kind: "none" }
  /** What held before holds. */
  | { readonly kind: "unreadable"; readonly path: string };

/** What is ordered for a queue. Throws the file system's error but for a missing file. */
export function readOrder(spool: Spool, queue: string): Ordered {
  const path = pathOf(spool, queue);
  try {
    const { rate, at } = JSON.parse(readFileSync(path, "utf8")) as Order;
    return Number.isInteger(rate) && rate >= 0 && rate <= MOST && at >= 0
      ? { kind: "order", order: { rate, at } }
      : { kind: "unreadable", path };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return { kind: "none" };
    if (error instanceof Error && errnoOf(error) === undefined)
      return { kind: "unreadable", path };
    throw error;
  }
}

/** Orders a rate, in place of one that was ordered before. */
export async function writeOrder(
  spool: Spool,
  queue: string,
  order: Order,
): Promise<void> {
  await replace(pathOf(spool, queue), `${JSON.stringify(order)}\n`);
}

/** Takes an order back. @returns whether there was one */
export async function removeOrder(
  spool: Spool,
  queue: string,
): Promise<boolean> {
  try {
    unlinkSync(pathOf(spool, queue));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
  await syncPath(join(spool.root, queue));
  return true;
}

/** Looks at the orders for one queue again and again; what has not changed is not read. */
export class Orders {
  readonly #spool: Spool;
  readonly #queue: string;
  #seen = "";

  constructor(spool: Spool, queue: string) {
    this.#spool = spool;
    this.#queue = queue;
  }

  /**
   * Has followed what is ordered now, where that is not as at the last look; at first there is none.
   * Where `follow` throws, this throws the same, and the next look finds it again.
   */
  look(follow: (ordered: Ordered) => void): void {
    const stat = statSync(pathOf(this.#spool, this.#queue), {
      throwIfNoEntry: false,
    });
    const seen = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "";
    if (seen === this.#seen) return;
    follow(readOrder(this.#spool, this.#queue));
    this.#seen = seen;
  }
}

function pathOf(spool: Spool, queue: string): string {
  return join(spool.root, queue, "rate");
}
