import t from "tap";
import { allEnded } from "../../src/base/ended.ts";

t.test(
  "a failure is thrown once all have ended, the first of them",
  async (t) => {
    const slow = Promise.withResolvers<void>();
    let ended = false;
    const all = allEnded([
      slow.promise.then(() => {
        ended = true;
      }),
      Promise.reject(new Error("one")),
      Promise.reject(new Error("two")),
    ]);
    slow.resolve();
    await t.rejects(all, { message: "one" });
    t.ok(ended);
    await allEnded([Promise.resolve(1), Promise.resolve()]);
    await allEnded([]);
  },
);
