import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { seenBefore } from "../../src/lists/seen.ts";

const DAY = 86_400_000;

function archive(t: { testdir(): string }) {
  const archiveDir = t.testdir();
  return (
    messageId: string,
    id: string,
    later = 0,
    queued: readonly string[] = [],
  ) =>
    seenBefore({
      archiveDir,
      messageId,
      id,
      now: Date.now() + later,
      isQueued: (other) => queued.includes(other),
    });
}

t.test(
  "a Message-ID is a post's for a day, and for as long as it is queued",
  (t) => {
    const seen = archive(t);
    t.equal(seen("<1@x>", "a"), undefined);
    t.equal(seen("<1@x>", "a"), undefined, "its own, tried again");
    t.equal(seen("<1@x>", "b"), "a");
    t.equal(seen("<2@x>", "b"), undefined);
    t.equal(seen("<1@x>", "c", 2 * DAY, ["a"]), "a");
    t.equal(seen("<1@x>", "c", 2 * DAY), undefined, "then it is another one's");
    t.equal(seen("<1@x>", "a"), "c");
    t.end();
  },
);

t.test("whatever stands in it, it is one name in one folder", (t) => {
  const home = t.testdir();
  const archiveDir = join(home, "archive");
  mkdirSync(archiveDir);
  for (const messageId of [
    "../../x",
    "<\0>",
    "",
    "x".repeat(10_000),
    "/etc/passwd",
  ])
    seenBefore({
      archiveDir,
      messageId,
      id: "a",
      now: Date.now(),
      isQueued: () => false,
    });
  t.same(readdirSync(home), ["archive"]);
  t.same(readdirSync(archiveDir), ["seen"]);
  t.end();
});
