import t from "tap";
import { patience } from "../../../../src/lists/sources/sql/patience.ts";

const never = () => new Promise<never>(() => {});

t.test("what comes in time is what it is", async (t) => {
  const { wait } = patience(60_000);
  t.equal(await wait(Promise.resolve(7)), 7);
  await t.rejects(wait(Promise.reject(new Error("no"))), { message: "no" });
  t.equal(await wait(Promise.resolve(8)), 8, "a failure is no loss");
});

t.test("a loss ends every wait, also those to come", async (t) => {
  const { wait, lost } = patience(60_000);
  const waiting = wait(never());
  lost(new Error("cut"));
  lost(new Error("and once more"));
  await t.rejects(waiting, { message: "cut" });
  await t.rejects(wait(never()), { message: "cut" });
  await t.rejects(wait(Promise.reject(new Error("late"))), { message: "cut" });
});

t.test("a wait that is too long is a loss", async (t) => {
  const { wait } = patience(20);
  await t.rejects(wait(never()), { message: "no answer within 0.02 s" });
  await t.rejects(wait(never()), { message: "no answer within 0.02 s" });
});
