import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  addEpoch,
  epochOf,
  epochsOf,
  isInbox,
  makeInbox,
  packedBytes,
} from "../../../src/archivers/publicinbox/layout.ts";

const alternates = (inbox: string) =>
  readFileSync(join(inbox, "all.git/objects/info/alternates"), "utf8");

t.test("an inbox is there when all of it is", async (t) => {
  const inbox = t.testdir();
  t.notOk(isInbox(inbox));
  await makeInbox(inbox);
  t.ok(isInbox(inbox));
  t.equal(alternates(inbox), "../../git/0.git/objects\n");
  rmSync(join(inbox, "all.git/objects/info/alternates"));
  t.notOk(isInbox(inbox));
  await makeInbox(inbox);
  t.ok(isInbox(inbox), "begun by one that died");
});

t.test("another repository; what is in one is not touched", async (t) => {
  const inbox = t.testdir();
  await makeInbox(inbox);
  const config = join(epochOf(inbox, 0), "config");
  writeFileSync(config, "[core]\nbare = true\n");
  await addEpoch(inbox, 1);
  await addEpoch(inbox, 10);
  t.same(epochsOf(inbox), [0, 1, 10]);
  t.match(alternates(inbox), /10\.git.*\n.*1\.git.*\n.*0\.git/);
  await addEpoch(inbox, 0);
  t.equal(readFileSync(config, "utf8"), "[core]\nbare = true\n");
});

t.test("how large its packs are", async (t) => {
  const repository = t.testdir({
    objects: { pack: { "a.pack": "", "b.pack": "12", "b.idx": "12345" } },
  });
  truncateSync(join(repository, "objects/pack/a.pack"), 5e9);
  t.equal(packedBytes(repository), 5e9 + 2);
  t.equal(packedBytes(t.testdir()), 0);
});
