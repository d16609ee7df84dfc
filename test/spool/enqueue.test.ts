import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { correctClock, systemClock } from "../../src/base/clock.ts";
import { enqueue, enqueueAll, mustBeThere } from "../../src/spool/enqueue.ts";
import {
  formatName,
  freshName,
  parseName,
  secondOf,
} from "../../src/spool/name.ts";
import { frontDoor } from "../../src/spool/queue.ts";
import { childFor, spoolIn, waitingIn } from "./fixtures/entries.ts";

t.test("of several entries all are published, or none", async (t) => {
  const spool = spoolIn(t.testdir());
  spool.make("posts");
  const children = [1, 2, 3].map(() => childFor("posts"));
  const names = children.map(({ name }) => formatName(name));
  const inTheWay = join(spool.waiting("posts"), names[1] ?? "");
  mkdirSync(inTheWay);
  writeFileSync(join(inTheWay, "file"), "");
  await t.rejects(enqueueAll(spool, "posts", children), { code: "ENOTEMPTY" });
  t.same(
    readdirSync(spool.waiting("posts")),
    [names[1]],
    "the first, which was published, is taken back",
  );
  t.same(readdirSync(inTheWay), ["file"], "what others have is left");
  t.same(readdirSync(spool.writing("posts")), [], "and no draft is left");
  rmSync(inTheWay, { recursive: true });
  await enqueueAll(spool, "posts", children);
  t.same(waitingIn(spool, "posts").sort(), names.toSorted());
});

t.test("no folder is made on the way", async (t) => {
  const root = t.testdir();
  const spool = spoolIn(root);
  const before = readdirSync(root, { recursive: true });
  await t.rejects(enqueue(spool, childFor("posts")), { code: "ENOENT" });
  t.throws(() => mustBeThere(spool), {
    exitCode: 75,
    message: `${spool.writing(frontDoor)}: this folder is missing; mount it, or make it with: listmill init`,
  });
  t.same(readdirSync(root, { recursive: true }), before);
  spool.make(frontDoor);
  mustBeThere(spool);
});

for (const hours of [1, -1])
  t.test(
    `from a host whose clock is ${hours} h off it is due by the server's`,
    async (t) => {
      const spool = spoolIn(t.testdir());
      spool.make("posts");
      t.teardown(() => correctClock(0));
      const right = secondOf(systemClock.now());
      correctClock(-hours * 3_600_000);
      const name = freshName(systemClock.now());
      await enqueue(spool, { ...childFor("posts"), name });
      const [file = ""] = waitingIn(spool, "posts");
      const due = parseName(file)?.due ?? 0;
      t.ok(Math.abs(due - right) < 5, `${due} and ${right}`);
      t.equal(parseName(file)?.id, name.id);
    },
  );
