import { createHash } from "node:crypto";
import { lstatSync, lutimesSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { noteSeen, seenBefore } from "../../src/lists/seen.ts";

const DAY = 86_400_000;

function archive(t: { testdir(): string }, messageId = "<1@x>") {
  const archiveDir = t.testdir();
  const links = () =>
    readdirSync(archiveDir, { recursive: true, encoding: "utf8" })
      .filter((name) => /seen\/..\/./.test(name))
      .map((name) => join(archiveDir, name));
  const coming = (id: string, queued: readonly string[] = []) => ({
    archiveDir,
    messageId,
    id,
    now: Date.now(),
    isQueued: (other: string) => queued.includes(other),
  });
  return {
    links,
    coming,
    seen: (id: string, queued?: readonly string[]) =>
      noteSeen(coming(id, queued)),
    /** Time goes by for what is noted. */
    wait(days: number) {
      for (const path of links()) {
        const at = (lstatSync(path).mtimeMs - days * DAY) / 1000;
        lutimesSync(path, at, at);
      }
    },
  };
}

t.test(
  "a Message-ID is a post's for a day, and for as long as it is queued",
  (t) => {
    const { seen, wait } = archive(t);
    t.equal(seen("a"), undefined);
    t.equal(seen("a"), undefined, "its own, tried again");
    t.equal(seen("b"), "a");
    wait(2);
    t.equal(seen("c", ["a"]), "a");
    t.equal(seen("c"), undefined, "then it is another one's");
    t.equal(seen("d"), "c");
    t.equal(seen("a"), undefined, "it had it once");
    wait(2);
    t.equal(seen("d", ["c"]), "c");
    t.equal(seen("d", ["a"]), undefined);
    t.equal(seen("e"), "d");
    t.end();
  },
);

t.test("who only looks leaves nothing", (t) => {
  const { coming, links, seen, wait } = archive(t);
  t.equal(seenBefore(coming("a")), undefined);
  t.same(links(), []);
  seen("a");
  t.equal(seenBefore(coming("a")), undefined);
  t.equal(seenBefore(coming("b")), "a");
  wait(2);
  t.equal(seenBefore(coming("b")), undefined);
  t.end();
});

t.test("of two that find the same old link at once one passes", (t) => {
  const { coming, seen, wait } = archive(t);
  seen("old");
  wait(2);
  const told: unknown[] = [];
  // The second has read the old link; the first comes, and goes through.
  const isQueued = () => {
    told.push(seen("first"));
    return false;
  };
  t.equal(noteSeen({ ...coming("second"), isQueued }), "first");
  t.same(told, [undefined]);
  t.end();
});

t.test("links that are old are swept, all of a Message-ID or none", (t) => {
  // One at which its folder is swept.
  const messageId = Array.from({ length: 10_000 }, (_, at) => `<${at}@x>`).find(
    (text) => {
      const hash = createHash("sha256").update(text).digest("hex");
      return Number.parseInt(hash.slice(-8), 16) % 500 === 0;
    },
  );
  const { links, seen, wait } = archive(t, messageId);
  seen("a");
  wait(20);
  seen("b");
  wait(20);
  seen("c");
  t.equal(links().length, 3, "what is young stands, with what was before it");
  t.equal(seen("d"), "c");
  wait(31);
  t.equal(seen("e"), undefined);
  t.equal(links().length, 1);
  t.end();
});

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
    noteSeen({
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
