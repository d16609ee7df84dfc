// What must hold of every table, in SQLite as in PostgreSQL.
import { buffer } from "node:stream/consumers";
import type { Test } from "tap";
import { hashOf } from "../../src/base/hash.ts";
import { deliveries } from "../../src/state/member.ts";
import { reachedAt } from "../../src/state/memberQueries.ts";
import { deliveryAt } from "../../src/state/spells.ts";
import type { State } from "../../src/state/state.ts";
import { bounceTests } from "./bounces.ts";
import { journalTests } from "./journal.ts";
import { outboxTests } from "./outbox.ts";
import { renameTests } from "./rename.ts";
import { roleTests } from "./roles.ts";
import { windowTests } from "./windows.ts";

/** Opens an empty state; once more it opens the same. The test closes it. */
export type Opens = (t: Test) => Promise<() => Promise<State>>;

const one = (key: string, list = "", reason = "") => ({
  list,
  key,
  address: key,
  reason,
  since: 1_700_000_000_000,
});

/** What must hold of an empty state. */
export type Holds = (
  t: Test,
  state: State,
  open: () => Promise<State>,
) => Promise<void>;

/** Adds the tests. */
export function tableTests(t: Test, opens: Opens): void {
  const tests: Record<string, Holds> = {
    "suppressing twice is suppressing once": suppressedOnce,
    "the suppressed come in pages, in order": suppressedPages,
    "how many recipients there were is remembered for each list": sizes,
    "each address has one number, for ever and for all": numbers,
    "two addresses of one hash are two": twins,
    "those who ask for numbers at once get the same": race,
    "members are added, changed and removed": member,
    "many members at once, some of them twice": many,
    "keys are in the order of their bytes": order,
    "addresses come as bytes": addresses,
    "those who add at once lose nothing": together,
    "who is away or suspended gets no mail": unreached,
    "who is no member is not changed": absent,
    "what somebody had is known as of each change": spells,
    ...journalTests,
    ...outboxTests,
    ...roleTests,
    ...renameTests,
    ...windowTests,
    ...bounceTests,
  };
  for (const [name, run] of Object.entries(tests))
    t.test(name, async (t) => {
      const open = await opens(t);
      await run(t, await open(), open);
    });
}

async function suppressedOnce(t: Test, { suppressed }: State) {
  t.same(await suppressed.add([one("a@x"), one("a@x"), one("a@x", "l@x")]), [
    "added",
    "present",
    "added",
  ]);
  t.same(await suppressed.add([one("a@x", "", "left")]), ["changed"]);
  t.same(await suppressed.add([one("a@x")]), ["present"], "a reason stays");
  t.same(await Array.fromAsync(suppressed.all()), [
    [one("a@x", "", "left"), one("a@x", "l@x")],
  ]);
  t.same(await Array.fromAsync(suppressed.all("l@x")), [[one("a@x", "l@x")]]);
  t.equal(await suppressed.remove("", "a@x"), true);
  t.equal(await suppressed.remove("", "a@x"), false);
  t.same(await Array.fromAsync(suppressed.keys("l@x")), [["a@x"]]);
  t.same(await suppressed.add([]), []);
}

async function suppressedPages(t: Test, { suppressed }: State) {
  const keys = Array.from({ length: 2500 }, (_, n) => `u${n}@x`).sort();
  for (const list of ["", "l@x"])
    await suppressed.add(keys.map((key) => one(key, list)));
  const pages = await Array.fromAsync(suppressed.keys("l@x"));
  t.same(
    pages.map(({ length }) => length),
    [1000, 1000, 500],
  );
  t.same(pages.flat(), keys);
  const all = (await Array.fromAsync(suppressed.all())).flat();
  t.same(
    all.map(({ list, key }) => list + key),
    [...keys, ...keys.map((key) => `l@x${key}`)],
  );
  const ofList = (await Array.fromAsync(suppressed.all("l@x"))).flat();
  t.equal(ofList.length, 2500);
}

async function sizes(t: Test, state: State) {
  const { sizes, store } = state;
  t.equal(await sizes.get("a@x"), undefined);
  await sizes.put("a@x", 5, 1);
  await sizes.put("b@x", 7, 1);
  await sizes.put("a@x", 0, 2);
  t.equal(await sizes.get("a@x"), 0);
  t.equal(await sizes.get("b@x"), 7);
  await sizes.clear(store.queries, "a@x");
  t.equal(await sizes.get("a@x"), undefined);
}

async function numbers(t: Test, state: State, open: () => Promise<State>) {
  const { numbers } = state;
  t.same(await numbers.of(["a@x.org", "b@x.org", "a@x.org"]), [1, 2, 1]);
  t.same(await numbers.of(["c@x.org", "b@x.org", "B@x.org"]), [3, 2, 4]);
  t.same(await numbers.of([]), []);
  const other = (await open()).numbers;
  t.same(await other.of(["d@x.org", "a@x.org"]), [5, 1]);
  t.same(await numbers.of(["d@x.org", "jürgen@x.org"]), [5, 6]);
  t.equal(await other.addressOf(6), "jürgen@x.org");
  t.equal(await other.addressOf(7), undefined);
  await state.store.queries.executeQuery(
    state.store.queries.deleteFrom("numbers").where("number", "=", 6).compile(),
  );
  t.same(await numbers.of(["e@x.org"]), [7], "none is given again");
}

async function twins(t: Test, { numbers }: State) {
  let pair: string[] = [];
  const seen = new Map<number, string>();
  for (let n = 0; pair.length === 0; n += 1) {
    const address = `user${n}@x.org`;
    const twin = seen.get(hashOf(address));
    if (twin !== undefined) pair = [twin, address];
    seen.set(hashOf(address), address);
  }
  for (const _ of "ab") t.same(await numbers.of(pair), [1, 2]);
  const found = await Promise.all([1, 2].map((n) => numbers.addressOf(n)));
  t.same(found, pair);
}

async function race(t: Test, state: State, open: () => Promise<State>) {
  const all = Array.from({ length: 1000 }, (_, n) => `user${n}@x.org`);
  const states = [state, await open(), await open()];
  const [first, ...others] = await Promise.all(
    states.map(({ numbers }) => numbers.of(all)),
  );
  t.equal(new Set(first).size, 1000);
  for (const other of others) t.same(other, first);
}

async function member(t: Test, state: State) {
  const { members } = state;
  const anna = { key: "anna@x", address: "Anna@x", name: "Anna" };
  t.equal(await members.isEmpty(), true);
  t.equal(await members.add("l@x", anna, 1_700_000_000_000), "added");
  t.equal(await members.isEmpty(), false);
  t.equal(await members.add("l@x", { ...anna, name: undefined }, 2), "present");
  const other = { key: "anna@x", address: "anna@x" };
  t.equal(await members.add("l@x", { ...other, ownCopy: false }, 2), "changed");
  t.same(await members.get("l@x", "anna@x"), {
    key: "anna@x",
    address: "anna@x",
    name: "Anna",
    delivery: "posts",
    ownCopy: false,
    duplicates: undefined,
    acknowledge: undefined,
    language: "",
    moderation: "default",
    away: undefined,
    suspended: undefined,
    suspendedFor: "",
    joined: 1_700_000_000_000,
  });
  const wishes = {
    ownCopy: null,
    duplicates: true,
    acknowledge: false,
    language: "ja",
    moderation: "moderated",
    away: 1_800_000_000_000,
    suspended: 1_700_000_000_001,
    suspendedFor: "bounces",
  } as const;
  t.equal(await members.add("l@x", { ...other, ...wishes }, 2), "changed");
  t.match(await members.get("l@x", "anna@x"), {
    ...wishes,
    ownCopy: undefined,
    joined: 1_700_000_000_000,
  });
  t.equal(await members.add("l@x", other, 2), "present");
  const back = { away: null, suspended: null, duplicates: null, joined: 7 };
  t.equal(await members.add("l@x", { ...other, ...back }, 2), "changed");
  t.match(await members.get("l@x", "anna@x"), {
    away: undefined,
    suspended: undefined,
    suspendedFor: "",
    duplicates: undefined,
    acknowledge: false,
    joined: 7,
  });
  t.equal(await members.get("m@x", "anna@x"), undefined);
  t.equal(await members.get("l@x", "an\0na@x"), undefined);
  t.equal(await members.remove("l@x", "anna@x", 3), true);
  t.equal(await members.remove("l@x", "anna@x", 3), false);
  await members.add("l@x", anna, 1);
  await members.add("m@x", anna, 1);
  await state.clear("l@x");
  t.equal(await members.count("l@x"), 0);
  t.equal(await members.count("m@x"), 1);
}

async function spells(t: Test, state: State) {
  const { members, journal } = state;
  const name = "spell@x";
  const had = async (since: number, like = "digest-") =>
    Object.fromEntries(
      (await Array.fromAsync(members.changed(name, { since, like })))
        .flat()
        .map(({ address, spells }) => [
          address,
          spells.map(({ delivery }) => delivery).join(" "),
        ]),
    );
  const put = (key: string, more: object) =>
    members.add(name, { key, address: key, ...more }, 1);
  await put("a@x", { delivery: "digest-mime" });
  await put("old@x", { delivery: "digest-mime", joined: 5 });
  const before = await journal.last(name);
  t.same(await had(0), { "a@x": "digest-mime" }, "joined long ago: no change");
  t.same(await had(before), {});
  await put("a@x", { delivery: "posts", language: "de" });
  const between = await journal.last(name);
  await put("a@x", { language: "en" });
  await put("old@x", { delivery: "digest-plain" });
  await put("b@x", { delivery: "nomail" });
  t.same(await had(before), {
    "a@x": "digest-mime posts",
    "old@x": "digest-mime digest-plain",
  });
  t.same(await had(between), { "old@x": "digest-mime digest-plain" });
  t.same(await had(before, "posts"), { "a@x": "digest-mime posts" });
  const [page = []] = await Array.fromAsync(
    members.changed(name, { since: before, like: "posts" }),
  );
  const changed = page[0]?.spells ?? [];
  t.equal(deliveryAt(changed, before), "digest-mime");
  t.equal(deliveryAt(changed, between), "posts");
  t.equal(deliveryAt(changed, 0), undefined, "no member yet");
  // Who gets digests unchanged since then.
  const lines = await Array.fromAsync(
    members.addresses(name, "digest-plain", undefined, between),
  );
  t.same(lines, []);
  t.match(
    String(await Array.fromAsync(members.addresses(name, "digest-plain"))),
    /^old@x$/m,
  );
  await members.remove(name, "a@x", 1);
  await put("a@x", { delivery: "digest-mime" });
  t.match(await had(before), { "a@x": /^digest-mime$/ }, "a new member");
  for (let n = 0; n < 60; n += 1)
    await put("a@x", { delivery: n % 2 ? "digest-mime" : "posts" });
  const all = (await had(0))["a@x"]?.split(" ") ?? [];
  t.equal(all.length, 51, "no more than that are kept");
  await state.clear(name);
}

async function many(t: Test, { members }: State) {
  const joining = Array.from({ length: 3456 }, (_, n) => ({
    key: `u${n}@x`,
    address: `U${n}@x`,
    delivery: deliveries[n % 4],
  }));
  const twice = [...joining, { key: "u0@x", address: "u0@X" }];
  const added = await members.addAll("l@x", twice, 1);
  t.equal(added.filter((it) => it === "added").length, 3456);
  t.equal(added.at(-1), "changed");
  t.equal((await members.get("l@x", "u0@x"))?.address, "u0@X");
  t.same(await members.addAll("l@x", joining.slice(1, 4), 2), [
    "present",
    "present",
    "present",
  ]);
  t.equal(await members.count("l@x"), 3456);
  t.equal(
    await members.count("l@x", { of: ["digest-mime", "digest-plain"] }),
    1728,
  );
  const pages = await Array.fromAsync(members.all("l@x"));
  t.same(
    pages.map(({ length }) => length),
    [1000, 1000, 1000, 456],
  );
  const nomail = members.all("l@x", { of: ["nomail"] });
  const mute = (await Array.fromAsync(nomail)).flat();
  t.equal(mute.length, 864);
}

/** Keys that people's languages sort otherwise. */
const keys = [
  "a-b@x",
  "a@x",
  "aa@x",
  "b@x",
  "ab@x",
  "é@x",
  "_a@x",
  "a b@x",
  "😀@x",
  "z@x",
  "\uffee@x",
];

async function order(t: Test, { members }: State) {
  await members.addAll(
    "l@x",
    keys.map((key) => ({ key, address: key })),
    1,
  );
  const sorted = keys.toSorted((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  const found = (await members.page("l@x", "")).map(({ key }) => key);
  t.same(found, sorted);
  for (const [at, key] of sorted.entries())
    t.equal((await members.page("l@x", key)).length, sorted.length - at - 1);
}

async function addresses(t: Test, { members }: State) {
  const read = async () =>
    (await buffer(members.addresses("l@x", "posts"))).toString();
  t.equal(await read(), "", "nobody");
  await members.add("m@x", { key: "a@x", address: "a@x" }, 1);
  for await (const page of members.addresses("m@x", "posts")) {
    t.equal(page.toString(), "a@x\n");
    t.equal(page.buffer.byteLength, page.length, "memory of its own");
  }
  const joining = Array.from({ length: 2000 }, (_, n) => ({
    key: `u${n}@x`,
    address: `Ü${n}@x`,
  }));
  await members.addAll("l@x", joining, 1);
  const nobody = { key: "v@x", address: "v@x", delivery: "nomail" } as const;
  await members.add("l@x", nobody, 1);
  const sorted = joining.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  t.equal(await read(), sorted.map(({ address }) => `${address}\n`).join(""));
}

async function together(t: Test, state: State, open: () => Promise<State>) {
  const other = await open();
  const joining = Array.from({ length: 1500 }, (_, n) => ({
    key: `u${n}@x`,
    address: `u${n}@x`,
  }));
  const named = joining.map((one) => ({ ...one, name: "Name" }));
  const mute = joining.map((one) => ({ ...one, delivery: "nomail" as const }));
  await Promise.all([
    state.members.addAll("l@x", named, 1),
    other.members.addAll("l@x", mute, 1),
  ]);
  const all = (await Array.fromAsync(state.members.all("l@x"))).flat();
  t.equal(all.length, 1500);
  t.ok(
    all.every(({ name, delivery }) => name === "Name" && delivery === "nomail"),
  );
}

async function unreached(t: Test, { members }: State) {
  const one = (name: string, more: object = {}) => ({
    key: `${name}@x`,
    address: `${name}@x`,
    ...more,
  });
  await members.addAll(
    "l@x",
    [
      one("a"),
      one("away", { away: 2000 }),
      one("back", { away: 1000 }),
      one("digest", { away: 2000, delivery: "digest-plain" }),
      one("late", { delivery: "digest-mime" }),
      one("mute", { suspended: 1 }),
    ],
    1,
  );
  const at = async (now: number) => {
    const reach = reachedAt(now);
    const pages = members.addresses("l@x", "posts", reach);
    const of = ["digest-mime", "digest-plain"] as const;
    return {
      posts: (await buffer(pages)).toString(),
      readers: await members.count("l@x", { of, reach }),
      all: await members.count("l@x", { reach }),
    };
  };
  t.same(await at(999), { posts: "a@x\n", readers: 1, all: 2 });
  t.same(await at(1000), { posts: "a@x\nback@x\n", readers: 1, all: 3 });
  t.same(await at(2000), {
    posts: "a@x\naway@x\nback@x\n",
    readers: 2,
    all: 5,
  });
  t.equal(await members.count("l@x"), 6);
  const reach = reachedAt(999);
  const some = (await Array.fromAsync(members.all("l@x", { reach }))).flat();
  t.same(
    some.map(({ key }) => key),
    ["a@x", "late@x"],
  );
}

async function absent(t: Test, { members }: State) {
  const anna = { key: "anna@x", address: "anna@x", name: "Anna" };
  t.equal(await members.change("l@x", anna, 1), "absent");
  t.equal(await members.count("l@x"), 0);
  await members.add("l@x", anna, 1);
  t.equal(await members.change("l@x", anna, 1), "present");
  t.equal(await members.change("l@x", { ...anna, name: "" }, 1), "changed");
}
