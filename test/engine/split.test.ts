// Long lists are cut up while they are served: nobody is lost or doubled, whatever dies between.
import { renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { cutUp, isToBeCut } from "../../src/engine/split.ts";
import { take } from "../../src/spool/claim.ts";
import { Outbox } from "../../src/spool/commit.ts";
import { type Envelope, readEnvelope } from "../../src/spool/envelope.ts";
import { birth, formatName, laneOf, newId } from "../../src/spool/name.ts";
import {
  type Portion,
  recipientsOf,
  wholeList,
} from "../../src/spool/recipients.ts";
import { listFolder } from "../../src/spool/spool.ts";
import { type Found, MESSAGE, Toy } from "./toy.ts";

const members = (count: number) =>
  Array.from({ length: count }, (_, n) => `m${n}@x`);

/** A toy mill that serves everybody. */
function serving(t: Test) {
  const toy = new Toy(t);
  toy.hook(
    "outbound/10-deliver/10-a.hook.mjs",
    `export default async function* ({ recipients, log }) {
       const all = await Array.fromAsync(recipients());
       log("served " + all.join(" "));
       yield all.map((address) => ({ address, kind: "sent", reply: "ok" }));
     }`,
  );
  const served = () =>
    toy.said.flatMap((line) => /served (.*)/.exec(line)?.[1]?.split(" ") ?? []);
  return { toy, served };
}

/** The same with an explosion in its queue. */
async function exploding(t: Test, count: number, portion: number) {
  const { toy, served } = serving(t);
  toy.portion = portion;
  return { toy, served, name: await explode(toy, count) };
}

/** Puts one entry with all recipients into the queue. */
async function explode(toy: Toy, count: number) {
  const recipients = members(count);
  const text = recipients.map((each) => `${each}\n`).join("");
  const base = await toy.put("outbound", { recipients });
  const { path, envelope } = toy.look("outbound", base);
  const portion = { start: 0, end: text.length, count };
  const given = [{ hook: "10-members", file: "given", start: 0, end: 4 }];
  writeFileSync(join(path, "given"), "m0@x\n");
  const cut = { ...envelope, list: "dev@x", portion, given };
  writeFileSync(join(path, "envelope.json"), JSON.stringify(cut));
  const lane = laneOf("dev@x", "a post", count);
  const id = newId(Date.now() - 1_000_000);
  const name = { due: base.due, attempt: 2, id, lane };
  renameSync(path, join(toy.spool.waiting("outbound"), formatName(name)));
  return name;
}

const portionOf = ({ envelope }: Found) => envelope.portion as Portion;
const peopleOf = (found: Found) => recipientsOf(found.path, portionOf(found));
const inOrder = (all: Found[]) =>
  all.toSorted((a, b) => portionOf(a).start - portionOf(b).start);

t.test("which entries are too long for a turn", async (t) => {
  const of = (count?: number) =>
    ({
      history: [],
      ...(count === undefined ? {} : { portion: { start: 0, end: 9, count } }),
    }) as unknown as Envelope;
  const path = t.testdir();
  const claim = {
    queue: "outbound",
    name: { due: 0, attempt: 0, id: "" },
    path,
  };
  t.notOk(isToBeCut(claim, of(10), 10));
  t.ok(isToBeCut(claim, of(11), 10));
  t.notOk(
    isToBeCut(claim, of(), 10),
    "what has its own list is served as it is",
  );
  writeFileSync(join(path, "progress"), "sent\t1\t250 ok\n");
  t.notOk(isToBeCut(claim, of(11), 10), "what was served in part is not cut");
});

t.test(
  "up to 32 portions are cut off, and the rest waits behind",
  async (t) => {
    const { toy, name, served } = await exploding(t, 100, 3);
    const before = toy.one("outbound");
    const list = statSync(join(before.path, "recipients"));
    t.equal(await toy.turn("outbound"), 1);
    const found = inOrder(toy.found("outbound"));
    t.equal(found.length, 33);
    t.same(served(), [], "nobody was served in that turn");
    t.same(found.flatMap(peopleOf), members(100));
    t.same(
      found.map(({ name }) => name.lane?.size),
      [...Array.from({ length: 32 }, () => 3), 4],
    );
    const rest = found.at(-1);
    t.equal(toy.found("outbound").at(-1)?.path, rest?.path, "oldest first");
    for (const each of found) {
      t.match(each.name.lane, { list: name.lane.list, post: name.lane.post });
      t.equal(each.name.lane?.size, portionOf(each).count);
      t.equal(each.name.attempt, 2, "that was no try");
      t.equal(birth(each.name.id), birth(name.id), "its age counts on");
      t.ok(each.name.due <= Date.now() / 1000);
      t.equal(each.message, MESSAGE);
      t.match(each.envelope, {
        list: "dev@x",
        given: before.envelope.given,
        sender: before.envelope.sender,
      });
      const file = (file: string) => statSync(join(each.path, file));
      t.equal(file("recipients").ino, list.ino, "one file for all");
      t.equal(file("given").size, 5);
    }
    t.equal(new Set(found.map(({ name }) => name.id)).size, 33);
    t.match(toy.said, [/cut into entries of 3: 100 recipients$/]);
  },
);

t.test(
  "the rest is cut when its turn comes, until all are served",
  async (t) => {
    const { toy, served } = await exploding(t, 100, 1);
    let turns = 0;
    while (toy.found("outbound").length > 0) {
      t.ok(toy.found("outbound").length <= 33, "a few wait at any time");
      turns += await toy.turn("outbound");
    }
    t.equal(turns, 100 + 4, "32, 32, 32 and 4 were cut off");
    t.same(served().toSorted(), members(100).toSorted());
  },
);

t.test("what fits a turn is served as it is", async (t) => {
  const { toy, served } = await exploding(t, 3, 3);
  t.equal(await toy.turn("outbound"), 1);
  t.same(served(), members(3));
  t.same(toy.found("outbound"), []);
});

t.test("what was served in part is not cut any more", async (t) => {
  const { toy, served } = await exploding(t, 10, 3);
  const { path } = toy.one("outbound");
  writeFileSync(join(path, "progress"), "sent\t1-4,6\tok\n");
  t.equal(await toy.turn("outbound"), 1);
  t.same(served(), ["m4@x", "m6@x", "m7@x", "m8@x", "m9@x"]);
});

t.test("a list that is shorter than its envelope says waits", async (t) => {
  const { toy } = await exploding(t, 10, 3);
  const { path } = toy.one("outbound");
  writeFileSync(join(path, "recipients"), "m0@x\nm1@x\n");
  await toy.turn("outbound");
  const { envelope, name } = toy.one("outbound");
  t.equal(name.attempt, 3);
  t.match(
    envelope.history.at(-1)?.reason,
    /recipients: shorter than the entry/,
  );
});

/** What a node that died left, given back as a sweep does it. */
function giveBack(toy: Toy): void {
  const folder = toy.spool.claimed("outbound", "toy");
  for (const file of listFolder(folder))
    renameSync(join(folder, file), join(toy.spool.waiting("outbound"), file));
}

t.test(
  "dead at any point of it, nobody is lost and nobody doubled",
  async (t) => {
    const { toy, served } = serving(t);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom("writing", "before commit", "publishing"),
        fc.nat(),
        async (count, portion, place, after) => {
          toy.portion = portion;
          toy.said.splice(0);
          const name = await explode(toy, count);
          const claim = take(
            toy.spool,
            "outbound",
            { kind: "entry", name },
            "toy",
            toy.mill.clock,
          );
          const read = claim && readEnvelope(claim.path);
          if (!claim || read?.kind !== "envelope") throw new Error("not taken");
          const whole = {
            ...read.envelope,
            portion: read.envelope.portion as Portion,
          };
          const outbox = new Outbox(claim);
          const children = [...cutUp(claim, whole, portion, Date.now())];
          const some = children.slice(0, after % (children.length + 1));
          for (const child of place === "writing" ? some : children)
            await outbox.add(child);
          if (place === "publishing") {
            await outbox.commit();
            for (const child of some) {
              const file = formatName(child.name);
              renameSync(
                join(claim.path, "out", `outbound.${file}`),
                join(toy.spool.waiting("outbound"), file),
              );
            }
          }
          giveBack(toy);
          for (let turns = 0; toy.found("outbound").length > 0; turns += 1) {
            if (turns > 100) throw new Error("it does not come to an end");
            await toy.turn("outbound");
          }
          t.same(served().toSorted(), members(count).toSorted());
        },
      ),
      { numRuns: 10 },
    );
  },
);

t.test("an explosion is cut the same, whoever made its list", async (t) => {
  const toy = new Toy(t);
  toy.portion = 2;
  toy.shell("q/10-recipients/10-a", "echo a@x; echo; echo b@x; printf c@x");
  toy.shell("q/20-refine/10-same", "cat");
  await toy.put("q");
  await toy.turn("q");
  const whole = toy.one("outbound");
  t.same(portionOf(whole), wholeList(join(whole.path, "recipients")));
  t.equal(whole.name.lane?.size, 3);
  await toy.turn("outbound");
  t.same(inOrder(toy.found("outbound")).map(peopleOf), [
    ["a@x", "b@x"],
    ["c@x"],
  ]);
});
