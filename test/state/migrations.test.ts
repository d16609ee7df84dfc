// A state of before keeps its rows: what is new has its default.
import { join } from "node:path";
import t from "tap";
import { postgresSteps, sqliteSteps } from "../../src/state/migrations.ts";
import { openFile } from "../../src/state/sqlite.ts";
import { makeState } from "../../src/state/state.ts";
import { isKept, rows, STEPS } from "./before.ts";

t.test("what a state of before has is there as before", async (t) => {
  const home = t.testdir({ state: {} });
  const path = join(home, "state/listmill.db");
  const old = openFile(path, sqliteSteps.slice(0, STEPS), false);
  old.exec(rows);
  old.close();
  const state = await makeState({ home });
  t.teardown(() => state.close());
  t.equal(await state.store.version(), sqliteSteps.length);
  await isKept(t, state);
});

t.test("both databases take as many steps", (t) => {
  t.equal(postgresSteps.length, sqliteSteps.length);
  t.end();
});
