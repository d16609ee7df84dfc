// A copy is whole, or there is none. Copies to PostgreSQL are in test/road/state.test.ts.
import { join } from "node:path";
import t from "tap";
import { copyTables, rowsOf } from "../../src/state/copy.ts";
import { makeState } from "../../src/state/state.ts";

t.test(
  "a copy that breaks off leaves nothing, and can be begun anew",
  async (t) => {
    const dir = t.testdir();
    const [from, to] = await Promise.all(
      ["a", "b"].map((name) => makeState({ home: join(dir, name) })),
    );
    if (!from || !to) return;
    t.teardown(() => Promise.all([from.close(), to.close()]));
    const joining = Array.from({ length: 2500 }, (_, n) => ({
      key: `u${n}@x`,
      address: `u${n}@x`,
    }));
    await from.members.addAll("l@x", joining, 1);
    await from.numbers.of(["a@x", "b@x"]);
    const probe = { key: "a@x", address: "a@x", reason: "", since: 1 };
    const sent = {
      sent: 1,
      last: 1,
      failed: 0,
      back: 0,
      ended: "",
      source: "s",
    } as const;
    await from.probes.begin("l@x", { ...probe, ...sent });
    let told = 0;
    const breaks = (rows: number) => {
      told += rows;
      if (told > 2000) throw new Error("broken");
    };
    await t.rejects(copyTables(from.store, to.store, breaks), /broken/);
    const none = {
      ...{ members: 0, suppressed: 0, sizes: 0, numbers: 0 },
      ...{ roles: 0, journal: 0, outbox: 0, windows: 0 },
      ...{ bounces: 0, bounce_days: 0, probes: 0 },
    };
    t.same(await rowsOf(to.store.queries), none);
    const all = {
      ...none,
      members: 2500,
      numbers: 2,
      journal: 2500,
      outbox: 3,
      probes: 1,
    };
    t.same(await copyTables(from.store, to.store, () => {}), all);
    t.same(
      await Array.fromAsync(to.members.all("l@x")),
      await Array.fromAsync(from.members.all("l@x")),
    );
    t.same(await to.numbers.of(["c@x"]), [3]);
    await t.rejects(
      copyTables(from.store, to.store, () => {}),
      {
        exitCode: 73,
        message:
          /b\/state\/listmill.db: has rows already, of members, numbers, journal, outbox, probes/,
      },
    );
  },
);
