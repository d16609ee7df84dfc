/**
 * Connections that wait for work, for a while.
 */

/** How long an idle connection is kept, in milliseconds. */
const IDLE = 30_000;

export class Idle {
  readonly #keep: number;
  readonly #waiting: ((isWanted: boolean) => void)[] = [];

  /** @param keep milliseconds */
  constructor(keep = IDLE) {
    this.#keep = keep;
  }

  /** Waits for work. @returns false where there was none for long, or will be none */
  wait(): Promise<boolean> {
    return new Promise((resolve) => {
      const wake = (isWanted: boolean) => {
        clearTimeout(timer);
        resolve(isWanted);
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(wake), 1);
        resolve(false);
      }, this.#keep);
      timer.unref();
      this.#waiting.push(wake);
    });
  }

  /** Gives the one that came last work again. @returns false where none waits */
  wake(): boolean {
    const wake = this.#waiting.pop();
    wake?.(true);
    return wake !== undefined;
  }

  /** There will be no work any more. */
  close(): void {
    for (const wake of this.#waiting.splice(0)) wake(false);
  }
}
