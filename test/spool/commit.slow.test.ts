import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { Fenced, giveBack, inspect } from "../../src/spool/claim.ts";
import { finish, Outbox, publish, remove } from "../../src/spool/commit.ts";
import { enqueue } from "../../src/spool/enqueue.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { formatName } from "../../src/spool/name.ts";
import { fill, smallDisk } from "./fixtures/disk.ts";
import {
  childFor,
  claimed,
  envelope,
  heldIn,
  messagesIn,
  now,
  put,
  spoolIn,
  takeFrom,
  text,
  waitingIn,
} from "./fixtures/entries.ts";

// 65,000 links take their time on a busy machine.
t.setTimeout(120_000);

t.test(
  "whatever children an entry has, each is published once and whole",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const queues = ["alpha", "beta", "with-hyphen"];
    const children = fc.record({
      queue: fc.constantFrom(...queues),
      body: fc.string(),
      recipients: fc.array(fc.stringMatching(/^[a-z]{1,9}@example\.org$/), {
        maxLength: 3,
      }),
      progress: fc.array(fc.stringMatching(/^[a-z\t]{1,9}$/), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(children, { maxLength: 8 }), async (all) => {
        const claim = await claimed(spool);
        const outbox = new Outbox(claim);
        const made = all.map(({ queue, body, recipients, progress }) =>
          childFor(queue, {
            message: [Buffer.from(body)],
            recipients,
            progress,
          }),
        );
        await Promise.all(made.map((child) => outbox.add(child)));
        for (const queue of queues) t.same(waitingIn(spool, queue), []);
        await outbox.commit();
        t.equal(inspect(claim), "committed");
        for (const queue of queues) t.same(waitingIn(spool, queue), []);
        const got = await publish(spool, claim);
        t.same(got.toSorted(), [...new Set(all.map((it) => it.queue))].sort());
        t.same(heldIn(spool), []);
        t.same(
          queues.flatMap((queue) => waitingIn(spool, queue)).sort(),
          made.map((child) => formatName(child.name)).sort(),
        );
        for (const [index, child] of made.entries()) {
          const { body, recipients, progress } = all[index] ?? { body: "" };
          const entry = join(
            spool.waiting(child.queue),
            formatName(child.name),
          );
          t.equal(readFileSync(join(entry, "message"), "utf8"), body);
          t.same(readEnvelope(entry), { kind: "envelope", envelope });
          t.same(linesOf(join(entry, "recipients")), recipients);
          t.same(linesOf(join(entry, "progress")), progress);
          rmSync(entry, { recursive: true });
        }
      }),
      { numRuns: 20 },
    );
  },
);

t.test("an entry from which nothing follows is gone", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  const outbox = new Outbox(claim);
  t.ok(outbox.isEmpty);
  mkdirSync(join(claim.path, "work"));
  writeFileSync(join(claim.path, "work", "stdout"), "");
  finish(spool, claim);
  t.same(heldIn(spool), []);
  t.same(waitingIn(spool, "posts"), []);
  t.same(readdirSync(spool.writing("posts")), []);
  t.throws(() => finish(spool, claim), Fenced);
});

t.test("an entry that was taken over is not ended", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  const theirs = join(spool.waiting("posts"), formatName(claim.name));
  renameSync(claim.path, theirs);
  t.throws(() => finish(spool, claim), Fenced);
  t.same(messagesIn(spool, "posts"), [text]);
});

t.test("publishing again is harmless", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  const outbox = new Outbox(claim);
  await outbox.add(childFor("alpha"));
  t.notOk(outbox.isEmpty);
  await outbox.commit();
  t.same(await publish(spool, claim), ["alpha"]);
  t.same(await publish(spool, claim), []);
  remove(spool, claim);
  t.equal(waitingIn(spool, "alpha").length, 1);
});

t.test("an entry half published is published to its end", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  const outbox = new Outbox(claim);
  const made = ["alpha", "alpha", "beta"].map((queue) => childFor(queue));
  for (const child of made) await outbox.add(child);
  await outbox.commit();
  const [first] = made;
  if (!first) throw new Error("no child");
  const name = formatName(first.name);
  spool.make("alpha");
  renameSync(
    join(claim.path, "out", `alpha.${name}`),
    join(spool.waiting("alpha"), name),
  );
  await publish(spool, claim);
  t.equal(waitingIn(spool, "alpha").length, 2);
  t.equal(waitingIn(spool, "beta").length, 1);
  t.same(heldIn(spool), []);
});

t.test(
  "an entry half removed is removed to its end, and publishes nothing",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    await new Outbox(claim).commit();
    for (const file of ["message", "envelope.json"])
      rmSync(join(claim.path, file));
    t.equal(inspect(claim), "committed");
    t.same(await publish(spool, claim), []);
    t.same(heldIn(spool), []);
    mkdirSync(claim.path);
    t.equal(inspect(claim), "empty");
    remove(spool, claim);
    t.same(heldIn(spool), []);
  },
);

t.test(
  "what NFS keeps of an open file is out of the way, and goes with a sweep",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    await new Outbox(claim).commit();
    writeFileSync(join(claim.path, ".nfs0000000000000001"), "");
    t.same(await publish(spool, claim), []);
    t.same(heldIn(spool), []);
    t.match(readdirSync(spool.writing(claim.queue)), [/\.done$/]);
    mkdirSync(claim.path);
    writeFileSync(join(claim.path, ".nfs0000000000000002"), "");
    t.equal(inspect(claim), "empty", "no part of an entry");
  },
);

t.test(
  "what is no child's name is neither published nor removed",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    await new Outbox(claim).commit();
    mkdirSync(join(claim.path, "out", "alpha.something"));
    await t.rejects(publish(spool, claim), /not the name of a child/);
    t.ok(existsSync(join(claim.path, "out", "alpha.something")));
    t.ok(existsSync(join(claim.path, "message")));
  },
);

t.test("a message of the spool is linked, not copied", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  const message = join(claim.path, "message");
  const outbox = new Outbox(claim);
  await outbox.add(childFor("alpha", { message }));
  await outbox.add(childFor("alpha", { message }));
  t.equal(statSync(message).nlink, 3);
  await outbox.commit();
  await publish(spool, claim);
  t.same(messagesIn(spool, "alpha"), [text, text]);
});

t.test("so are its other files, a list among them", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  const list = join(claim.path, "list");
  writeFileSync(list, "a@x\n");
  const outbox = new Outbox(claim);
  const links = { recipients: list };
  for (const _ of [1, 2]) await outbox.add(childFor("alpha", { links }));
  t.equal(statSync(list).nlink, 3);
  await outbox.commit();
  await publish(spool, claim);
  for (const name of waitingIn(spool, "alpha")) {
    const file = join(spool.waiting("alpha"), name, "recipients");
    t.equal(readFileSync(file, "utf8"), "a@x\n");
  }
});

t.test("a message that has run out of links goes on as a copy", async (t) => {
  const dir = t.testdir();
  const most = Number(execFileSync("getconf", ["LINK_MAX", dir]));
  if (!(most < 70_000))
    return t.plan(0, "no limit of links on this file system");
  const spool = spoolIn(dir);
  const claim = await claimed(spool);
  const message = join(claim.path, "message");
  mkdirSync(join(dir, "links"));
  for (let n = 1; n < most; n++) linkSync(message, join(dir, "links", `${n}`));
  const outbox = new Outbox(claim);
  await outbox.add(childFor("alpha", { message }));
  await outbox.commit();
  await publish(spool, claim);
  t.same(messagesIn(spool, "alpha"), [text]);
});

t.test(
  "several failures at once end as failures of their own adds",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    let unhandled = 0;
    const count = () => {
      unhandled += 1;
    };
    process.on("unhandledRejection", count);
    t.teardown(() => process.off("unhandledRejection", count));
    const outbox = new Outbox(claim);
    const adds = [1, 2, 3].map(() =>
      outbox.add(childFor("alpha", { message: "/nowhere/message" })),
    );
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    for (const add of adds) await t.rejects(add, { code: "ENOENT" });
    t.equal(unhandled, 0);
  },
);

t.test(
  "what is enqueued waits whole, and nothing is left of the draft",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const name = await put(spool, "posts");
    t.same(waitingIn(spool, "posts"), [formatName(name)]);
    t.same(messagesIn(spool, "posts"), [text]);
    t.same(readdirSync(spool.writing("posts")), []);
  },
);

t.test(
  "what cannot be written is not enqueued, and leaves no draft",
  async (t) => {
    const spool = spoolIn(t.testdir());
    spool.make("posts");
    const child = childFor("posts", { message: "/nowhere/message" });
    await t.rejects(enqueue(spool, child), { code: "ENOENT" });
    t.same(waitingIn(spool, "posts"), []);
    t.same(readdirSync(spool.writing("posts")), []);
  },
);

t.test(
  "once an entry waits, enqueuing does not fail over a bell",
  async (t) => {
    const spool = spoolIn(t.testdir());
    spool.make("posts");
    symlinkSync("/nowhere/bell", spool.bell("posts"));
    await enqueue(spool, childFor("posts"));
    t.equal(waitingIn(spool, "posts").length, 1);
  },
);

t.test("a full disk: no child, and the entry can be taken again", async (t) => {
  const disk = smallDisk(t);
  if ("missing" in disk) return t.plan(0, disk.missing);
  const spool = spoolIn(disk.folder);
  const claim = await claimed(spool);
  spool.make("alpha");
  const outbox = new Outbox(claim);
  const large = Buffer.alloc(200_000, "x\n");
  const adds = Array.from({ length: 8 }, () =>
    outbox.add(childFor("alpha", { message: [large] })),
  );
  const ended = await Promise.allSettled(adds);
  const failed = ended.filter((it) => it.status === "rejected");
  t.ok(failed.length > 0);
  for (const { reason } of failed) t.equal(reason.code, "ENOSPC");
  t.equal(inspect(claim), "whole", "nothing was committed");
  const filler = fill(disk.folder);
  await t.rejects(outbox.add(childFor("alpha", { message: [large] })));
  await giveBack(spool, claim, now);
  t.same(waitingIn(spool, "alpha"), []);
  const again = takeFrom(spool, "posts", "b");
  t.equal(again.name.attempt, 1);
  t.equal(inspect(again), "whole");
  t.equal(readFileSync(join(again.path, "message"), "utf8"), text);
  rmSync(filler);
  const better = new Outbox(again);
  await better.add(childFor("alpha", { message: [large] }));
  await better.commit();
  await publish(spool, again);
  t.equal(messagesIn(spool, "alpha")[0]?.length, large.length);
});

t.test("a full disk: nothing is enqueued and no draft stays", async (t) => {
  const disk = smallDisk(t);
  if ("missing" in disk) return t.plan(0, disk.missing);
  const spool = spoolIn(disk.folder);
  spool.make("posts");
  fill(disk.folder, 100_000);
  const child = childFor("posts", { message: [Buffer.alloc(200_000)] });
  await t.rejects(enqueue(spool, child), { code: "ENOSPC" });
  t.same(waitingIn(spool, "posts"), []);
  t.same(readdirSync(spool.writing("posts")), []);
  writeFileSync(join(disk.folder, "room"), Buffer.alloc(50_000));
});

function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").split("\n").slice(0, -1);
}
