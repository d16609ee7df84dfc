import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { formatName, newId } from "../../src/spool/name.ts";
import {
  frontDoor,
  glance,
  nameOf,
  scan,
  type Waiting,
} from "../../src/spool/queue.ts";
import { look, now, put, spoolIn } from "./fixtures/entries.ts";

t.test("an empty queue has nothing due and nothing to wait for", async (t) => {
  const spool = spoolIn(t.testdir());
  spool.make("posts");
  t.same(look(spool, "posts", now, 10), {
    due: [],
    more: false,
    next: undefined,
  });
});

t.test(
  "whatever waits: the due ones in order, and when the next is",
  async (t) => {
    const spool = spoolIn(t.testdir());
    let runs = 0;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: now - 100, max: now + 100 }), {
          maxLength: 30,
        }),
        fc.integer({ min: 0, max: 40 }),
        (dues, most) => {
          const queue = `q${runs++}`;
          spool.make(queue);
          for (const due of dues)
            mkdirSync(
              join(
                spool.waiting(queue),
                formatName({ due, attempt: 3, id: newId(0) }),
              ),
            );
          const found = look(spool, queue, now, most);
          const ready = dues.filter((due) => due <= now).sort();
          const later = dues.filter((due) => due > now);
          t.same(
            found.due.map((it) => (it.kind === "entry" ? it.name.due : it)),
            ready.slice(0, most),
          );
          t.equal(found.more, ready.length > most);
          t.equal(
            found.next,
            later.length > 0 ? Math.min(...later) : undefined,
          );
        },
      ),
      { numRuns: 30 },
    );
  },
);

t.test(
  "the front door shows files of an MTA among the entries, by time",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const early = await put(spool, frontDoor, { due: now - 20 });
    const late = await put(spool, frontDoor, { due: now - 10 });
    const future = await put(spool, frontDoor, { due: now + 10 });
    const folder = spool.waiting(frontDoor);
    writeFileSync(join(folder, `${now - 15}.M1P2.host`), "");
    writeFileSync(join(folder, ".hidden"), "");
    writeFileSync(join(folder, `${now - 12}.0.0mjv8q2o0-000123456789`), "");
    mkdirSync(join(folder, "a folder of somebody"));
    symlinkSync("/etc/passwd", join(folder, `${now}.link.host`));
    const found = look(spool, frontDoor, now, 10);
    t.same(found.due.map(nameOf), [
      formatName(early),
      `${now - 15}.M1P2.host`,
      `${now - 12}.0.0mjv8q2o0-000123456789`,
      formatName(late),
    ]);
    t.same(
      found.due.map((it) => it.kind),
      ["entry", "maildir", "maildir", "entry"],
      "a file is mail, whatever its name",
    );
    t.equal(found.next, future.due);
  },
);

t.test(
  "in every other queue files and strange names are left alone",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const name = await put(spool, "posts");
    writeFileSync(join(spool.waiting("posts"), `${now}.M1P2.host`), "");
    writeFileSync(join(spool.waiting("posts"), "README"), "");
    mkdirSync(join(spool.waiting("posts"), ".hidden"));
    t.same(look(spool, "posts", now, 10).due.map(nameOf), [formatName(name)]);
  },
);

/** A folder with so many names of entries, due in this order. */
function fill(folder: string, count: number): string[] {
  writeFileSync(join(folder, "README"), "");
  return Array.from({ length: count }, (_, at) => {
    const due = now - count + at;
    const name = formatName({ due, attempt: 0, id: newId(due * 1000) });
    linkSync(join(folder, "README"), join(folder, name));
    return name;
  });
}

t.test("a large folder is read in pieces, and alike", async (t) => {
  const spool = spoolIn(t.testdir());
  spool.make("posts");
  const folder = spool.waiting("posts");
  const names = fill(folder, 5000);
  const asked = { spool, queue: "posts", now: now - 10, most: 100 };
  t.equal(glance(asked), undefined);
  const found = await scan(asked);
  t.same(found.due.map(nameOf), names.slice(0, 100));
  t.equal(found.more, true);
  const all = await scan({ ...asked, most: 10_000 });
  t.same(all.due.map(nameOf), names.slice(0, -9));
  t.same([all.more, all.next], [false, now - 9]);
  const may = ({ name }: Waiting) => name !== undefined && name.due % 2 === 0;
  const even = await scan({ ...asked, may });
  t.same(
    even.due.map(nameOf),
    names.filter((name) => Number(name.slice(0, 10)) % 2 === 0).slice(0, 100),
  );
  await t.rejects(scan({ ...asked, queue: "none" }), /No such file/);
  await t.rejects(scan(asked, AbortSignal.abort()), { name: "AbortError" });
});

t.test("a large front door too knows a file from an entry", async (t) => {
  const spool = spoolIn(t.testdir());
  const entry = await put(spool, frontDoor, { due: now - 9999 });
  const folder = spool.waiting(frontDoor);
  const names = fill(folder, 5000);
  mkdirSync(join(folder, "0 a folder of somebody"));
  symlinkSync("/etc/passwd", join(folder, "0.link.host"));
  writeFileSync(join(folder, "0.größe.host"), "");
  const asked = { spool, queue: frontDoor, now, most: 5 };
  const { due } = await scan(asked);
  t.same(
    due.map((it) => `${it.kind} ${nameOf(it)}`),
    [
      "maildir 0.größe.host",
      `entry ${formatName(entry)}`,
      ...names.slice(0, 3).map((name) => `maildir ${name}`),
    ],
  );
});

t.test("queues are the folders whose name can be one", async (t) => {
  const spool = spoolIn(t.testdir());
  for (const queue of ["posts", "incoming"]) spool.make(queue);
  mkdirSync(spool.nodes());
  mkdirSync(join(spool.root, "lost+found"));
  mkdirSync(join(spool.root, ".probe-abc"));
  t.same(spool.queues(), ["incoming", "posts"]);
  for (const name of ["nodes", "..", "../x", "Posts", ""])
    t.throws(() => spool.make(name), /no queue's name/, name);
});

t.test("a bell that cannot be rung is only a bell", async (t) => {
  const spool = spoolIn(t.testdir());
  spool.make("posts");
  symlinkSync("/nowhere/bell", spool.bell("posts"));
  t.doesNotThrow(() => spool.ring("posts"));
  await put(spool, "posts");
  t.equal(look(spool, "posts", now, 10).due.length, 1);
});
