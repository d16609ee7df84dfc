/**
 * Messages that have come and wait to be taken, in the order in which they came; whoever finds none
 * waits for one. Pure.
 */
export class Shelf<T> {
  readonly #there: T[] = [];
  readonly #waiting: {
    resolve(found: T | undefined): void;
    reject(error: Error): void;
  }[] = [];
  #isLast = false;
  #end: { readonly error: Error | undefined } | undefined;

  put(one: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(one);
    else this.#there.push(one);
  }

  /** @returns undefined once it has ended; throws where it broke */
  take(): Promise<T | undefined> {
    if (this.#end) {
      const { error } = this.#end;
      return error ? Promise.reject(error) : Promise.resolve(undefined);
    }
    if (this.#there.length > 0) return Promise.resolve(this.#there.shift());
    if (this.#isLast) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Nobody waits any more; what is there, and what still comes, is given out. */
  finish(): void {
    this.#isLast = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
  }

  /** What is there is not given out any more. @param error why, where it broke */
  end(error?: Error): void {
    if (this.#end) return;
    this.#end = { error };
    for (const { resolve, reject } of this.#waiting.splice(0))
      if (error) reject(error);
      else resolve(undefined);
  }
}
