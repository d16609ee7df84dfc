import { existsSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Delivery } from "../../../src/brokers/kit/inlet.ts";
import { Work } from "../../../src/brokers/kit/work.ts";
import { Done } from "../../../src/state/done.ts";
import { openFile } from "../../../src/state/sqlite.ts";

const body = Buffer.from(
  JSON.stringify({
    ...{ version: 1, id: "dev@x.org/1", kind: "post", headers: [] },
    list: { address: "dev@x.org" },
    ...{ received: "2026-07-20T10:00:00.000Z", raw: "aGVsbG8=" },
  }),
);

/** What is done with messages whose program makes the file "ran" and ends so. */
function working(t: Test, code: number) {
  const dir = t.testdir();
  const state = join(dir, "done.db");
  const ran = join(dir, "ran");
  const done = new Done(state);
  t.teardown(() => done.close());
  const lines: string[] = [];
  const verdicts: string[] = [];
  const work = new Work(
    {
      command: ["/bin/sh", "-c", `echo >> ${ran}; exit ${code}`],
      ...{ whole: false, archive: undefined, timeout: 10_000 },
      waits: { first: 1000, most: 60_000 },
    },
    done,
    { now: Date.now },
    (text) => lines.push(text),
  );
  const delivery: Delivery = {
    body,
    done: async () => void verdicts.push("done"),
    later: async (wait) => void verdicts.push(`later ${wait}`),
    dead: async () => void verdicts.push("dead"),
  };
  return { work, delivery, lines, verdicts, ran, state };
}

t.test("what is done is noted, and not done again", async (t) => {
  const { work, delivery, lines, verdicts } = working(t, 0);
  await work.handle(delivery);
  await work.handle(delivery);
  t.same(verdicts, ["done", "done"]);
  t.match(lines, [/: done$/, /came again, was done already/]);
});

t.test("a file that cannot be written starts no program", async (t) => {
  const { work, delivery, verdicts, ran, state } = working(t, 0);
  openFile(state, ["", "DROP TABLE tries"], true).close();
  await t.rejects(work.handle(delivery), { exitCode: 74, message: /--state/ });
  t.notOk(existsSync(ran));
  t.same(verdicts, []);
});

t.test("who sends it again is told", async (t) => {
  const { work, delivery, lines, verdicts } = working(t, 75);
  await work.handle(delivery);
  await work.handle(delivery);
  await work.handle({ ...delivery, sender: "the mill" });
  t.same(verdicts, ["later 1000", "later 2000", "later 4000"]);
  t.match(lines, [/: again in 1 s: /, /: again in 2 s/, /: the mill sends it/]);
});
