import t from "tap";
import { Failure } from "../../../src/base/errors.ts";
import { consume } from "../../../src/brokers/kit/consume.ts";
import type { Delivery, Inlet } from "../../../src/brokers/kit/inlet.ts";

const delivery: Delivery = {
  body: Buffer.from("{}"),
  async done() {},
  async later() {},
  async dead() {},
};

/** Brings one message after the other. */
const inlet: Inlet = {
  next: async () => delivery,
  stop() {},
  async close() {},
};

/** @returns what is said of waiting, up to the second time */
async function said(thrown: (handled: number) => Error | undefined) {
  const lines: string[] = [];
  const ending = new AbortController();
  let handled = 0;
  await consume({
    open: async () => inlet,
    async handle() {
      handled += 1;
      const error = thrown(handled);
      if (error) throw error;
    },
    prefetch: 1,
    untilEmpty: false,
    signal: ending.signal,
    log(text) {
      if (/again in/.test(text)) lines.push(text);
      if (lines.length === 2) ending.abort();
    },
  });
  return lines;
}

t.test("waits grow until something was settled", async (t) => {
  t.same(await said(() => new Failure(74, "the disk is full")), [
    "again in 1 s: the disk is full",
    "again in 2 s: the disk is full",
  ]);
  t.same(await said((at) => (at === 2 ? undefined : new Error("cut"))), [
    "the broker is away, again in 1 s: cut",
    "the broker is away, again in 1 s: cut",
  ]);
});
