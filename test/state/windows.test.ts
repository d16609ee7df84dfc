// Windows of several processes on one SQLite file; what must hold of every window is in windows.ts.
import t from "tap";
import { makeState } from "../../src/state/state.ts";
import { child } from "../lists/children.ts";

t.test("two processes at once count together", async (t) => {
  const home = t.testdir();
  const state = await makeState({ home });
  t.teardown(() => state.close());
  const ended = await Promise.all(
    ["a", "b"].map((name) => child("state/noting.ts", [home, name])),
  );
  for (const { code, errors, lines } of ended) {
    t.equal(code, 0, errors);
    t.equal(lines.length, 100);
  }
  t.equal(await state.windows.count("post", "a@x", 0), 200);
  const last = await state.windows.note("post", "a@x", "c", 2000, 3_600_000);
  t.equal(last, 200);
});

t.test("a process that runs on sweeps now and then", async (t) => {
  const state = await makeState({ home: t.testdir() });
  t.teardown(() => state.close());
  const { windows } = state;
  const DAY = 86_400_000;
  await windows.note("post", "a", "old", 0, 1000);
  await windows.note("post", "b", "1", DAY - 1000, 1000);
  await windows.note("post", "b", "2", DAY, 1000);
  t.equal(await windows.count("post", "a", -1), 1, "not at every note");
  await windows.note("post", "b", "3", DAY + 600_000, 1000);
  t.equal(await windows.count("post", "a", -1), 0);
});
