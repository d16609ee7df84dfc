/** How many recipients a list had when its last post was let through by that number. */
import type { State, Statement } from "./db.ts";

export class Sizes {
  readonly #get: Statement;
  readonly #put: Statement;
  readonly #forget: Statement;

  constructor({ db }: State) {
    this.#get = db.prepare("SELECT size FROM sizes WHERE list = ?").pluck();
    this.#put = db.prepare("INSERT OR REPLACE INTO sizes VALUES (?, ?, ?)");
    this.#forget = db.prepare("DELETE FROM sizes WHERE list = ?");
  }

  forget(list: string): void {
    this.#forget.run(list);
  }

  /** @returns undefined where it was never used */
  get(list: string): number | undefined {
    return this.#get.get(list) as number | undefined;
  }

  /** Nothing is written where it is the same. @param now milliseconds since 1970 */
  put(list: string, size: number, now: number): void {
    if (this.get(list) !== size) this.#put.run(list, size, now);
  }
}
