import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  type Claim,
  Fenced,
  giveBack,
  inspect,
  lay,
  note,
  putBack,
  type State,
  take,
} from "../../src/spool/claim.ts";
import { Outbox, publish } from "../../src/spool/commit.ts";
import { readEnvelope, withEvent } from "../../src/spool/envelope.ts";
import { formatName } from "../../src/spool/name.ts";
import { Progress } from "../../src/spool/progress.ts";
import { frontDoor } from "../../src/spool/queue.ts";
import { Spool } from "../../src/spool/spool.ts";
import {
  childFor,
  claimed,
  clock,
  envelope,
  heldIn,
  look,
  now,
  put,
  spoolIn,
  takeFrom,
  text,
  treeOf,
  waitingIn,
} from "./fixtures/entries.ts";

t.test("an entry is taken by one of two nodes", async (t) => {
  const spool = spoolIn(t.testdir());
  const name = await put(spool, "posts");
  const [waiting] = look(spool, "posts", now, 1).due;
  if (!waiting) throw new Error("nothing waits");
  t.same(take(spool, "posts", waiting, "a", clock), {
    queue: "posts",
    name,
    path: join(spool.claimed("posts", "a"), formatName(name)),
  });
  t.equal(take(spool, "posts", waiting, "b", clock), undefined);
  t.same(heldIn(spool), [`posts/a/${formatName(name)}`]);
});

t.test(
  "a Maildir file is taken by one, and is an entry from then on",
  async (t) => {
    const spool = spoolIn(t.testdir());
    spool.make(frontDoor);
    writeFileSync(join(spool.waiting(frontDoor), `${now}.M1P2.host`), text);
    const [waiting] = look(spool, frontDoor, now, 1).due;
    if (!waiting) throw new Error("nothing waits");
    const claim = take(spool, frontDoor, waiting, "a", clock);
    if (!claim) throw new Error("not taken");
    t.equal(readFileSync(join(claim.path, "message"), "utf8"), text);
    t.equal(claim.name.due, now);
    t.equal(claim.name.attempt, 0);
    t.equal(inspect(claim), "whole");
    t.same(readEnvelope(claim.path), { kind: "missing" });
    t.equal(take(spool, frontDoor, waiting, "b", clock), undefined);
    t.same(
      readdirSync(spool.claimed(frontDoor, "b")),
      [],
      "the slower one keeps no folder",
    );
    putBack(spool, claim, claim.name.due);
    t.same(waitingIn(spool, frontDoor), [formatName(claim.name)]);
  },
);

const states: [what: string, state: State, left: string[], make: string[]][] = [
  ["nothing", "empty", [], []],
  ["a message", "whole", ["message"], ["message"]],
  [
    "a message, an envelope and what a node was writing",
    "whole",
    ["envelope.json", "message", "progress"],
    [
      "message",
      "envelope.json",
      "progress",
      "out.tmp/posts.x/message",
      "out.tmp.mx1.1.0mwwxe1m7/posts.x/message",
      "work/1",
      ".123.draft",
    ],
  ],
  [
    "results that are committed",
    "committed",
    ["message", "out", "out/x", "out/x/message"],
    ["message", "out/x/message"],
  ],
  ["a half-removed entry", "committed", ["out"], ["out/"]],
  [
    "an envelope without a message",
    "strange",
    ["envelope.json"],
    ["envelope.json"],
  ],
  ["results without a message", "strange", [], ["out.tmp/x/message"]],
];

for (const [what, state, left, make] of states)
  t.test(`${what} in an entry: ${state}`, async (t) => {
    const path = t.testdir();
    for (const file of make) {
      mkdirSync(join(path, file, file.endsWith("/") ? "." : ".."), {
        recursive: true,
      });
      if (!file.endsWith("/")) writeFileSync(join(path, file), "");
    }
    const claim = {
      queue: "posts",
      name: { due: 0, attempt: 0, id: "" },
      path,
    };
    t.equal(inspect(claim), state);
    t.same(
      treeOf(path),
      left,
      "what was never committed is gone, all else is there",
    );
    t.equal(
      inspect(claim),
      left.length === 0 ? "empty" : state,
      "looked at again",
    );
  });

t.test(
  "giving back counts an attempt, sets the time and notes the reason",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    const event = {
      at: "2026-01-01T00:00:00.000Z",
      where: "posts",
      what: "later",
      reason: "no\r\nX-Evil: line",
    } as const;
    await giveBack(spool, claim, now + 60, withEvent(envelope, event));
    const name = { ...claim.name, due: now + 60, attempt: 1 };
    t.same(waitingIn(spool, "posts"), [formatName(name)]);
    t.equal(look(spool, "posts", now, 1).due.length, 0, "not yet due");
    t.same(heldIn(spool), []);
    const entry = join(spool.waiting("posts"), formatName(name));
    t.match(readEnvelope(entry), {
      envelope: { history: [{ what: "later", reason: "no X-Evil: line" }] },
    });
    t.equal(readFileSync(join(entry, "message"), "utf8"), text);
  },
);

t.test("putting back changes nothing", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  putBack(spool, claim, claim.name.due);
  t.same(waitingIn(spool, "posts"), [formatName(claim.name)]);
  t.same(heldIn(spool), []);
});

t.test(
  "an entry is laid to rest with its message and the reason",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    await lay(spool, claim, "held", { ...envelope, rest: { queue: "posts" } });
    const name = formatName(claim.name);
    t.same(waitingIn(spool, "held"), [name]);
    const entry = join(spool.waiting("held"), name);
    t.equal(readFileSync(join(entry, "message"), "utf8"), text);
    t.match(readEnvelope(entry), { envelope: { rest: { queue: "posts" } } });
    t.same(heldIn(spool), []);
  },
);

t.test("the envelope is replaced whole, and leaves no draft", async (t) => {
  const spool = spoolIn(t.testdir());
  const claim = await claimed(spool);
  await Promise.all([
    note(claim, { ...envelope, sender: "a@example.org" }),
    note(claim, { ...envelope, sender: "b@example.org" }),
  ]);
  const read = readEnvelope(claim.path);
  t.equal(read.kind, "envelope");
  t.same(readdirSync(claim.path).sort(), ["envelope.json", "message"]);
});

/** What a node may do with an entry that was taken from it meanwhile. */
const late: Record<string, (spool: Spool, claim: Claim) => unknown> = {
  giveBack: (spool, claim) => giveBack(spool, claim, now),
  "giveBack with a reason": (spool, claim) =>
    giveBack(spool, claim, now, envelope),
  putBack: async (spool, claim) => putBack(spool, claim, claim.name.due),
  lay: (spool, claim) => lay(spool, claim, "failed", envelope),
  note: (_spool, claim) => note(claim, envelope),
  "append to progress": (_spool, claim) => new Progress(claim).append(["x"]),
  "add a child": (_spool, claim) => new Outbox(claim).add(childFor("posts")),
  "commit nothing": (_spool, claim) => new Outbox(claim).commit(),
};

for (const [what, act] of Object.entries(late))
  t.test(
    `after a takeover, ${what} is fenced and changes nothing`,
    async (t) => {
      const spool = spoolIn(t.testdir());
      const claim = await claimed(spool);
      spool.make("failed");
      takeAway(spool, claim);
      const before = treeOf(spool.root);
      await t.rejects(act(spool, claim) as Promise<void>, Fenced);
      t.same(treeOf(spool.root), before);
    },
  );

t.test(
  "after a takeover in the middle of a commit nothing is committed twice",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    const outbox = new Outbox(claim);
    await outbox.add(childFor("alpha"));
    const other = takeAway(spool, claim);
    await t.rejects(outbox.add(childFor("alpha")), Fenced);
    await t.rejects(outbox.commit(), Fenced);
    t.equal(inspect(other), "whole", "the other node begins anew");
    t.same(readdirSync(other.path).sort(), ["envelope.json", "message"]);
  },
);

t.test(
  "after a takeover in the middle of publishing the other node does the rest",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    const outbox = new Outbox(claim);
    for (let n = 0; n < 3; n++) await outbox.add(childFor("alpha"));
    await outbox.commit();
    const publishing = publish(spool, claim);
    const other = takeAway(spool, claim);
    t.equal(inspect(other), "committed");
    await publish(spool, other);
    await publishing.catch((error) => t.ok(error instanceof Fenced));
    t.equal(waitingIn(spool, "alpha").length, 3);
    t.same(heldIn(spool), []);
  },
);

t.test(
  "a takeover between two children is fenced at the next one",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    const outbox = new Outbox(claim);
    for (const queue of ["alpha", "alpha", "beta"])
      await outbox.add(childFor(queue));
    await outbox.commit();
    let other = claim;
    class Slow extends Spool {
      override make(queue: string): void {
        super.make(queue);
        const published = ["alpha", "beta"].flatMap((it) =>
          waitingIn(spool, it),
        );
        if (published.length > 0 && other === claim)
          other = takeAway(spool, claim);
      }
    }
    for (const queue of ["alpha", "beta"]) spool.make(queue);
    await t.rejects(publish(new Slow(spool.root), claim), Fenced);
    await publish(spool, other);
    t.equal(waitingIn(spool, "alpha").length, 2);
    t.equal(waitingIn(spool, "beta").length, 1);
    t.same(heldIn(spool), []);
  },
);

t.test(
  "publishing an entry that was taken over before finds nothing to do",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    const outbox = new Outbox(claim);
    await outbox.add(childFor("alpha"));
    await outbox.commit();
    const other = takeAway(spool, claim);
    t.same(await publish(spool, claim), []);
    t.same(waitingIn(spool, "alpha"), []);
    t.same(await publish(spool, other), ["alpha"]);
    t.equal(waitingIn(spool, "alpha").length, 1);
  },
);

t.test(
  "a queue whose folder was removed is no takeover: the claim stays",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const claim = await claimed(spool);
    rmSync(spool.waiting("posts"), { recursive: true });
    await t.rejects(giveBack(spool, claim, now), {
      code: "ENOENT",
    });
    t.equal(inspect(claim), "whole");
    mkdirSync(spool.waiting("posts"));
    putBack(spool, claim, claim.name.due);
    t.equal(takeFrom(spool, "posts").name.id, claim.name.id);
  },
);

/** What takeOver and take of another node do: the entry lies there, an attempt more. */
function takeAway(spool: Spool, claim: Claim): Claim {
  const name = { ...claim.name, attempt: claim.name.attempt + 1 };
  const path = join(spool.claimed(claim.queue, "b"), formatName(name));
  mkdirSync(join(path, ".."), { recursive: true });
  renameSync(claim.path, path);
  return { ...claim, name, path };
}
