import t from "tap";
import { within } from "../../../src/lists/sources/within.ts";

const limit = { name: "sql", milliseconds: 50 };
const ample = { name: "sql", milliseconds: 60_000 };

t.test("an answer in time is what it is, and is ended properly", async (t) => {
  const said: string[] = [];
  async function* source() {
    try {
      yield* ["a", "b"];
    } finally {
      await new Promise((done) => setImmediate(done));
      said.push("closed");
    }
  }
  t.same(await Array.fromAsync(within(source(), ample)), ["a", "b"]);
  for await (const _ of within(source(), ample)) break;
  t.same(said, ["closed", "closed"]);
  async function* broken() {
    yield "a";
    throw new Error("it broke");
  }
  await t.rejects(Array.fromAsync(within(broken(), ample)), /it broke/);
});

t.test("time is up for all of it, not for a part", async (t) => {
  async function* slow() {
    for (let n = 0; n < 10_000; n += 1) {
      yield n;
      await new Promise((done) => setTimeout(done, 5));
    }
  }
  await t.rejects(Array.fromAsync(within(slow(), limit)), {
    name: "Failure",
    exitCode: 75,
    message: /^\[sql\] no whole answer within 0.1 s/,
  });
});

t.test(
  "who takes long over a part is told when the next is asked",
  async (t) => {
    async function* quick() {
      yield* [1, 2];
    }
    const found = within(quick(), limit);
    await found.next();
    // A timer that is set later and runs as long ends later.
    await new Promise((done) => setTimeout(done, limit.milliseconds));
    await t.rejects(found.next(), /no whole answer/);
  },
);
