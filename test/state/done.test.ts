import { join } from "node:path";
import t from "tap";
import { Done } from "../../src/state/done.ts";

const HOUR = 3_600_000;

t.test("what was done is known after a restart", async (t) => {
  const file = join(t.testdir(), "done.db");
  const before = new Done(file);
  t.equal(before.failed("a", 0), 1);
  t.equal(before.failed("a", 1), 2);
  before.close();
  const done = new Done(file);
  t.equal(done.failed("a", 2), 3);
  done.note("a", "digest", 3);
  t.ok(done.has("a", "digest"));
  t.notOk(done.has("a", "another"), "other content under the same id");
  t.equal(done.failed("a", 4), 1, "tries are counted anew");
  done.close();
});

t.test("it is kept for a time, and up to a number", async (t) => {
  const file = join(t.testdir(), "done.db");
  const memory = { time: HOUR, number: 10 };
  const note = (id: string, now: number) => {
    // The first note of each looks for what is too old.
    const done = new Done(file, memory);
    done.note(id, "", now);
    done.close();
  };
  note("old", 0);
  for (let at = 0; at < 20; at += 1) note(`n${at}`, HOUR + 1 + at);
  const done = new Done(file, memory);
  t.notOk(done.has("old", ""));
  t.notOk(done.has("n9", ""));
  t.ok(done.has("n10", ""));
  t.ok(done.has("n19", ""));
  done.close();
});
