/** Lets what else this process has to do go on: for long work that would never wait otherwise. */
export function breath(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

/** Milliseconds that long work may take in one go: a lease is renewed and mail goes on in between. */
const SPELL = 10;

/** Tells long work when it has to take a breath. */
export class Spell {
  #since = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#since > SPELL;
  }

  async breath(): Promise<void> {
    await breath();
    this.#since = performance.now();
  }
}
