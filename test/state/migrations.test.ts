// A state of before keeps its rows: what is new has its default.
import { join } from "node:path";
import t from "tap";
import { postgresSteps, sqliteSteps } from "../../src/state/migrations.ts";
import { openFile } from "../../src/state/sqlite.ts";
import { makeState } from "../../src/state/state.ts";

t.test("members of before get mail as before", async (t) => {
  const home = t.testdir({ state: {} });
  const path = join(home, "state/listmill.db");
  const old = openFile(path, sqliteSteps.slice(0, 3), false);
  old.exec(
    "INSERT INTO members VALUES ('l@x', 'a@x', 'A@x', 'Anna', 'posts', 0, 5)",
  );
  old.close();
  const state = await makeState({ home });
  t.teardown(() => state.close());
  t.equal(await state.store.version(), sqliteSteps.length);
  t.same(await state.members.get("l@x", "a@x"), {
    key: "a@x",
    address: "A@x",
    name: "Anna",
    delivery: "posts",
    ownCopy: false,
    duplicates: undefined,
    acknowledge: undefined,
    language: "",
    moderation: "default",
    away: undefined,
    suspended: undefined,
    suspendedFor: "",
    joined: 5,
  });
  t.equal(
    await state.members.count("l@x", { reach: { away: 1, suspended: 0 } }),
    1,
  );
});

t.test("both databases take as many steps", (t) => {
  t.equal(postgresSteps.length, sqliteSteps.length);
  t.end();
});
