/** Real processes that are killed at the failpoints, and others that go on with what they left. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { frontDoor } from "../../src/spool/queue.ts";
import { listFolder, type Spool } from "../../src/spool/spool.ts";
import { child } from "../lists/children.ts";
import {
  heldIn,
  messagesIn,
  now,
  put,
  spoolIn,
  text,
  waitingIn,
} from "./fixtures/entries.ts";
import { moveAll, targets } from "./fixtures/mover.ts";
import { look } from "./verify/fixtures/whole.ts";

t.setTimeout(120_000);
// They mostly wait for their processes.
t.jobs = 3;

/** Moves the entries of a queue in a process of its own, which dies at a failpoint. */
async function mover(
  spool: Spool,
  queue: string,
  { failpoint = "", host = "a", nodes = 1, children = 3 } = {},
) {
  return child(
    "spool/fixtures/mover.ts",
    [spool.root, queue, host, String(nodes), String(children)],
    { failpoint },
  );
}

/** Moves them in this process, which is another node. @returns the ids that it committed */
async function finish(spool: Spool, queue: string, children = 3) {
  const ids: string[] = [];
  await moveAll({ spool, queue, host: "z", nodes: 1, children }, (id) =>
    ids.push(id),
  );
  return ids;
}

/** What a node that dies there leaves of an entry with three children for each target. */
const places: Record<string, string[]> = {
  claimed: ["envelope.json", "message"],
  "child-written": ["envelope.json", "message", "out.tmp: 1"],
  "child-written:4": ["envelope.json", "message", "out.tmp: 4"],
  "before-commit": ["envelope.json", "message", "out.tmp: 6"],
  committed: ["envelope.json", "message", "out: 6"],
  "child-published": ["envelope.json", "message", "out: 5"],
  "child-published:5": ["envelope.json", "message", "out: 1"],
  published: ["envelope.json", "message", "out: 0"],
  "half-removed": ["out: 0"],
};

const doors: Record<string, string[]> = {
  "maildir-made": [],
  "maildir-claimed": ["message"],
  "before-commit": ["message", "out.tmp: 6"],
  "half-removed": ["out: 0"],
};

/** The files of the one entry that is held; whose drafts they are is no matter. */
function leftOf(spool: Spool, queue: string): string[] {
  const [held = "", ...more] = heldIn(spool);
  if (more.length > 0) throw new Error(`more than one: ${more.join()}`);
  const entry = join(spool.claimed(queue), held.slice(queue.length + 1));
  return listFolder(entry)
    .sort()
    .map((file) =>
      file.startsWith("out")
        ? `${file.replace(/(tmp)\..*/, "$1")}: ${listFolder(join(entry, file)).length}`
        : file,
    );
}

for (const [failpoint, left] of Object.entries(places))
  t.test(
    `killed at ${failpoint}, another node finishes, and each child is there once`,
    async (t) => {
      const spool = spoolIn(t.testdir());
      spool.make(frontDoor);
      await put(spool, "posts");
      const killed = await mover(spool, "posts", { failpoint });
      t.equal(killed.signal, "SIGKILL", killed.errors);
      t.same(leftOf(spool, "posts"), left);
      const seen = await look(join(spool.root, ".."));
      t.match(seen, { broken: 0 }, "each state is a whole one");
      await finish(spool, "posts");
      for (const queue of targets)
        t.same(messagesIn(spool, queue), [text, text, text]);
      t.same(waitingIn(spool, "posts"), []);
      t.same(heldIn(spool), []);
    },
  );

for (const [failpoint, left] of Object.entries(doors))
  t.test(`killed at ${failpoint}, an MTA's file is moved once`, async (t) => {
    const spool = spoolIn(t.testdir());
    spool.make(frontDoor);
    writeFileSync(join(spool.waiting(frontDoor), `${now}.M1P2.host`), text);
    const killed = await mover(spool, frontDoor, { failpoint });
    t.equal(killed.signal, "SIGKILL", killed.errors);
    t.same(leftOf(spool, frontDoor), left);
    await finish(spool, frontDoor);
    for (const queue of targets)
      t.same(messagesIn(spool, queue), [text, text, text]);
    t.same(waitingIn(spool, frontDoor), []);
    t.same(heldIn(spool), []);
  });

t.test("killed at removed, nothing is left to do", async (t) => {
  const spool = spoolIn(t.testdir());
  await put(spool, "posts");
  const killed = await mover(spool, "posts", { failpoint: "removed" });
  t.equal(killed.signal, "SIGKILL", killed.errors);
  t.same(heldIn(spool), []);
  t.same(await finish(spool, "posts"), []);
  for (const queue of targets)
    t.same(messagesIn(spool, queue), [text, text, text]);
});

t.test(
  "however often nodes die and wherever, each child is there once",
  async (t) => {
    let runs = 0;
    const failpoints = Object.keys(places).filter((it) => !it.includes(":"));
    const dir = t.testdir();
    const deaths = fc.array(
      fc.tuple(fc.constantFrom(...failpoints), fc.integer({ min: 1, max: 6 })),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(
        deaths,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        async (deaths, children, entries) => {
          const root = join(dir, String(runs++));
          mkdirSync(root);
          const spool = spoolIn(root);
          for (let n = 0; n < entries; n++) await put(spool, "posts");
          for (const [place, count] of deaths)
            await mover(spool, "posts", {
              failpoint: `${place}:${count}`,
              children,
            });
          await finish(spool, "posts", children);
          for (const queue of targets)
            t.same(
              messagesIn(spool, queue),
              Array(children * entries).fill(text),
              deaths.join(" "),
            );
          t.same(waitingIn(spool, "posts"), []);
          t.same(heldIn(spool), []);
        },
      ),
      { numRuns: 6 },
    );
  },
);

t.test(
  "four processes compete for 300 entries, two of them die: each is moved once",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const ids: string[] = [];
    for (let n = 0; n < 300; n++) ids.push((await put(spool, "posts")).id);
    const together = { nodes: 4, children: 1 };
    const ended = await Promise.all([
      mover(spool, "posts", { ...together, host: "a" }),
      mover(spool, "posts", { ...together, host: "b" }),
      mover(spool, "posts", {
        ...together,
        host: "c",
        failpoint: "committed:3",
      }),
      mover(spool, "posts", {
        ...together,
        host: "d",
        failpoint: "child-published:3",
      }),
    ]);
    t.same(
      ended.map(({ signal }) => signal),
      [null, null, "SIGKILL", "SIGKILL"],
      ended.map(({ errors }) => errors).join(""),
    );
    const told = ended.flatMap(({ lines }) => lines);
    told.push(...(await finish(spool, "posts", 1)));
    t.equal(new Set(told).size, told.length, "none was committed twice");
    t.equal(
      told.length,
      299,
      "the one that died as it committed could not tell",
    );
    t.ok(told.every((id) => ids.includes(id)));
    for (const queue of targets) t.equal(waitingIn(spool, queue).length, 300);
    t.same(waitingIn(spool, "posts"), []);
    t.same(heldIn(spool), []);
  },
);
