// What becomes of recipients that were not served: who waits with whom, until when, and as what try.
import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { standings } from "../../src/engine/ledger.ts";
import type { Outcome } from "../../src/engine/question.ts";
import { birth, laneOf, newId } from "../../src/spool/name.ts";
import { recipientsOf } from "../../src/spool/recipients.ts";
import { type Found, Toy, until } from "./toy.ts";

const now = () => Math.floor(Date.now() / 1000);

/** A toy mill whose deliver hook says what it is told to. */
function mill(t: Test) {
  const toy = new Toy(t);
  toy.portion = 1000;
  const plan = join(toy.home, "plan");
  toy.hook(
    "outbound/10-deliver/10-a.hook.mjs",
    `import { readFileSync } from "node:fs";
     export default async function* ({ recipients, log }) {
       const all = await Array.fromAsync(recipients());
       log("asked for " + all.join(" "));
       const plan = JSON.parse(readFileSync("${plan}", "utf8"));
       yield plan.filter(({ address }) => all.includes(address));
     }`,
  );
  return {
    toy,
    /** Lets the hook say this of those who are left, in one transaction. */
    say(outcomes: readonly Outcome[]) {
      writeFileSync(plan, JSON.stringify(outcomes));
    },
    /** Puts an entry of a post into the queue, which was tried three times. */
    async put(outcomes: readonly Outcome[]) {
      const recipients = outcomes.map(({ address }) => address);
      const size = recipients.length;
      const lane = laneOf("dev@x", "1", size);
      const id = newId(Date.now() - 50_000);
      const name = { due: now(), attempt: 3, id, lane };
      const list = recipients.map((it) => `${it}\n`).join("");
      const end = Buffer.byteLength(list);
      const portion = { start: 0, end, count: size };
      const envelope = { ...blank, portion };
      await toy.put("outbound", { name, envelope, recipients });
      return name;
    },
    /** Whom it was asked for since this was last called. */
    asked: () =>
      toy
        .heard()
        .flatMap((line) => /asked for (.*)/.exec(line)?.[1]?.split(" ") ?? []),
  };
}

const blank = {
  sender: "author@a.example",
  recipient: "list@b.example",
  origin: "posts/1",
  received: "2026-01-01T00:00:00.000Z",
  history: [],
};

const sent = (address: string): Outcome => ({
  address,
  kind: "sent",
  reply: "250 ok",
});
const never = (address: string): Outcome => ({
  address,
  kind: "never",
  reply: "550 no",
});
const later = (address: string, reply = "451 wait"): Outcome => ({
  address,
  kind: "later",
  reply,
});
const untried = (address: string, after: number): Outcome => ({
  address,
  kind: "later",
  reply: "the relay is away",
  after,
});

const people = ({ recipients }: Found) =>
  recipients.split("\n").filter(Boolean);

t.test("what was not tried has used up no try", async (t) => {
  const { toy, say, put, asked } = mill(t);
  const at = now() + 100;
  const plan = [
    untried("a@x", at + 50),
    untried("b@y", at),
    untried("c@x", at),
  ];
  say(plan);
  const name = await put(plan);
  await toy.turn("outbound");
  const entry = toy.one("outbound");
  t.same(entry.name, { ...name, due: at }, "as it was, when the first may be");
  t.same(people(entry), ["a@x", "b@y", "c@x"]);
  t.same(entry.envelope.history, []);
  t.match(toy.said.at(-1), /sent 0, 3 not tried yet$/);
  t.equal(await toy.turn("outbound"), 0, "it is not due");
  toy.ahead = 150_000;
  say(plan.map(({ address }) => sent(address)));
  asked();
  await toy.turn("outbound");
  t.same(asked(), ["a@x", "b@y", "c@x"]);
  t.same(toy.found("outbound"), []);
});

t.test("who is served meanwhile is not asked for again", async (t) => {
  const { toy, say, put, asked } = mill(t);
  const plan = [sent("a@x"), untried("b@x", now() + 9), sent("c@x")];
  say(plan);
  const name = await put(plan);
  await toy.turn("outbound");
  t.same(toy.one("outbound").name, { ...name, due: plan[1]?.after });
  toy.ahead = 20_000;
  asked();
  await toy.turn("outbound");
  t.same(asked(), ["b@x"]);
});

t.test("what may be tried at once gives others a turn first", async (t) => {
  const { toy, say, put } = mill(t);
  const plan = [untried("a@x", 0)];
  say(plan);
  await put(plan);
  const begun = now();
  await toy.turn("outbound");
  const { name } = toy.one("outbound");
  t.ok(name.due > begun, "a second at least");
  t.ok(name.due <= now() + 1);
});

t.test("what was tried and what was not wait apart", async (t) => {
  const { toy, say, put } = mill(t);
  const at = now() + 40;
  const plan = [
    later("a@x"),
    untried("b@x", at),
    sent("c@x"),
    untried("d@y", at),
  ];
  say(plan);
  const { id, lane } = await put(plan);
  const begun = now();
  await toy.turn("outbound");
  const found = toy.found("outbound");
  t.equal(found.length, 2);
  const tried = found.find(({ name }) => name.attempt === 4);
  const other = found.find(({ name }) => name.attempt === 3);
  if (!tried || !other) throw new Error("no such entries");
  t.same(people(tried), ["a@x"]);
  t.match(tried.envelope.history, [{ what: "later", reason: "1 (451 wait)" }]);
  t.ok(tried.name.due >= begun + 480, "the fourth wait");
  t.same(people(other), ["b@x", "d@y"]);
  t.equal(other.name.due, at);
  t.same(other.envelope.history, []);
  for (const { name } of found) {
    t.equal(birth(name.id), birth(id), "its age counts on");
    t.not(name.id, id);
    t.match(name.lane, { list: lane.list, post: lane.post });
  }
  t.match(toy.said.join("\n"), /sent 1, later 1 \(451 wait\), 2 not tried yet/);
});

t.test("those of a destination wait together", async (t) => {
  const { toy, say, put } = mill(t);
  const plan = [
    later("a@x", "451 x is full"),
    later("b@y", "450 greylisted"),
    sent("c@x"),
    later("d@x", "451 x is full"),
    later("e@z", "421 bye"),
    later("f@x", "452 too"),
  ];
  say(plan);
  await put(plan);
  const { path } = toy.one("outbound");
  const message = statSync(join(path, "message")).ino;
  await toy.turn("outbound");
  const found = toy.found("outbound");
  t.same(
    new Set(found.map((each) => people(each).join(" "))),
    new Set(["a@x d@x f@x", "b@y", "e@z"]),
  );
  t.match(toy.said.at(-1), /sent 1, later 5 \(.*\), waits in 3 entries$/);
  for (const each of found) {
    const list = people(each);
    const reply = plan.find(({ address }) => address === list[0])?.reply;
    t.match(each.envelope.history, [{ reason: `${list.length} (${reply})` }]);
    t.notOk("portion" in each.envelope, "the list is its own");
    t.equal(each.name.attempt, 4);
    t.equal(each.name.lane?.size, list.length);
    t.equal(statSync(join(each.path, "message")).ino, message);
    t.same(
      standings(each.path),
      list.flatMap(
        (address) => plan.find((it) => it.address === address) ?? [],
      ),
      "for people who ask",
    );
  }
});

t.test("those of one destination stay in their entry", async (t) => {
  const { toy, say, put } = mill(t);
  const plan = [later("a@x"), sent("b@y"), later("c@x", "452 full")];
  say(plan);
  const { id } = await put(plan);
  await toy.turn("outbound");
  const { name, path, envelope } = toy.one("outbound");
  t.match(name, { id, attempt: 4 });
  t.match(envelope.history, [{ reason: "2 (451 wait)" }]);
  t.same(standings(path), plan);
});

t.test("a portion of a longer list becomes lists of its own", async (t) => {
  const { toy, say } = mill(t);
  const recipients = ["a@x", "b@x", "c@y", "d@z"];
  say(recipients.map((address) => later(address)));
  await toy.put("outbound", { recipients });
  const { path, envelope } = toy.one("outbound");
  const portion = { start: 4, end: 12, count: 2 };
  const middle = JSON.stringify({ ...envelope, portion });
  writeFileSync(join(path, "envelope.json"), middle);
  await toy.turn("outbound");
  t.same(toy.found("outbound").map(people).sort(), [["b@x"], ["c@y"]]);
});

t.test("of very many destinations the small ones share an entry", async (t) => {
  const { toy, say, put } = mill(t);
  const plan = Array.from({ length: 30 }, (_, n) =>
    Array.from({ length: n + 1 }, (_, m) => later(`m${m}@d${n}`)),
  );
  say(plan.flat());
  await put(plan.flat());
  await toy.turn("outbound");
  const found = toy.found("outbound").map(people);
  t.equal(found.length, 16);
  const domains = found.map(
    (all) => new Set(all.map((it) => it.split("@")[1])),
  );
  const shared = domains.filter(({ size }) => size > 1);
  t.same(
    shared.map(({ size }) => size),
    [15],
  );
  t.ok(shared[0]?.has("d14"));
  t.notOk(shared[0]?.has("d15"), "a large one waits alone");
});

const outcomes = fc.uniqueArray(
  fc.tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0, max: 5 }),
    fc.constantFrom(
      "sent",
      "never",
      "later",
      "later",
      "later",
      "untried",
      "none",
    ),
  ),
  {
    selector: ([domain, local]) => `${local} ${domain}`,
    minLength: 1,
    maxLength: 120,
    size: "max",
  },
);

t.test(
  "nobody is lost or doubled, and never more than 16 entries wait for destinations",
  async (t) => {
    const { toy, say, put } = mill(t);
    await fc.assert(
      fc.asyncProperty(outcomes, async (drawn) => {
        const soon = now() + 50;
        const plan = drawn.map(([domain, local, kind]) => {
          const address = `m${local}@d${domain}`;
          switch (kind) {
            case "sent":
              return { kind, outcome: sent(address) };
            case "never":
              return { kind, outcome: never(address) };
            case "untried":
              return { kind, outcome: untried(address, soon) };
            default:
              return { kind, outcome: later(address) };
          }
        });
        say(
          plan.flatMap(({ kind, outcome }) => (kind === "none" ? [] : outcome)),
        );
        await put(plan.map(({ outcome }) => outcome));
        await toy.turn("outbound");
        const of = (...kinds: string[]) =>
          plan
            .filter(({ kind }) => kinds.includes(kind))
            .map(({ outcome }) => outcome.address)
            .sort();
        const found = toy.found("outbound");
        const open = found.map((each) => ({
          attempt: each.name.attempt,
          people: standings(each.path)
            .filter(({ kind }) => kind !== "sent")
            .map(({ address }) => address),
        }));
        const tried = open.filter(({ attempt }) => attempt === 4);
        const rest = open.filter(({ attempt }) => attempt === 3);
        t.same(
          tried.flatMap(({ people }) => people).sort(),
          of("later", "none"),
        );
        t.same(rest.flatMap(({ people }) => people).sort(), of("untried"));
        t.ok(rest.length <= 1);
        t.ok(tried.length <= 16);
        const domains = new Set(
          of("later", "none").map((it) => it.split("@")[1]),
        );
        t.equal(tried.length, Math.min(domains.size, 16));
        const mixed = tried.filter(
          ({ people }) =>
            new Set(people.map((it) => it.split("@")[1])).size > 1,
        );
        t.ok(mixed.length <= 1, "only the last place is shared");
        const failed = toy.found("incoming").map(({ message }) => message);
        t.same(
          failed
            .flatMap((text) => text.slice("Failed: ".length, -1).split(","))
            .sort(),
          of("never"),
        );
        for (const queue of ["outbound", "incoming"])
          for (const { path } of toy.found(queue))
            rmSync(path, { recursive: true });
      }),
      { numRuns: 20 },
    );
  },
);

t.test(
  "after give_up those who were not tried are reported as well",
  async (t) => {
    const { toy, say, put } = mill(t);
    const plan = [untried("a@x", now() + 9), later("b@y"), sent("c@z")];
    say(plan);
    await put(plan);
    toy.ahead = 86_400_000;
    await toy.turn("outbound");
    t.same(toy.found("outbound"), []);
    t.equal(toy.one("incoming").message, "Failed: b@y,a@x\n");
  },
);

t.test(
  "a runner that stops leaves the rest to the next one, and says nothing of it",
  async (t) => {
    const toy = new Toy(t);
    toy.hook(
      "outbound/10-deliver/10-a.hook.mjs",
      `export default async function* ({ signal }) {
       yield [
         { address: "a@x", kind: "later", reply: "451 wait" },
         { address: "b@y", kind: "never", reply: "550 no" },
       ];
       await new Promise((stop) => {
         if (signal.aborted) stop();
         signal.addEventListener("abort", stop, { once: true });
       });
     }`,
    );
    const recipients = ["a@x", "b@y", "c@x", "d@z"];
    const { id } = await toy.put("outbound", { recipients });
    const turning = toy.turn("outbound");
    const folder = toy.spool.claimed("outbound", "toy");
    await until("the failure is noted", () =>
      readdirSync(folder).some((name) =>
        standings(join(folder, name)).some(({ kind }) => kind === "never"),
      ),
    );
    toy.ending.abort();
    await turning;
    t.equal(toy.one("incoming").message, "Failed: b@y\n");
    const found = toy.found("outbound");
    const tried = found.find(({ name }) => name.attempt === 1);
    const left = found.find(({ name }) => name.attempt === 0);
    t.equal(found.length, 2);
    t.equal(tried?.recipients, "a@x\n");
    t.equal(left?.recipients, "c@x\nd@z\n");
    t.ok((left?.name.due ?? 0) <= now());
    t.equal(left?.progress, "");
    t.equal(birth(left?.name.id ?? ""), birth(id));
  },
);

t.test("a new list holds each address that waits once", async (t) => {
  const { toy, say } = mill(t);
  const recipients = ["a@x", "b@y", "a@x", "b@y"];
  say([later("a@x"), later("b@y")]);
  await toy.put("outbound", { recipients });
  await toy.turn("outbound");
  const lists = toy.found("outbound").flatMap(({ path }) => recipientsOf(path));
  t.same(lists.sort(), ["a@x", "b@y"]);
});
