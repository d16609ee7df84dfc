// The tables in SQLite, where a process has one connection.
import t from "tap";
import { makeState } from "../../src/state/state.ts";
import { tableTests } from "./tables.ts";

tableTests(t, async (t) => {
  const state = await makeState({ home: t.testdir() });
  t.teardown(() => state.close());
  return async () => state;
});
