// What must hold of bounces and of those on trial, in SQLite as in PostgreSQL.
import type { Test } from "tap";
import type { Bounce } from "../../src/state/bounce.ts";
import type { State } from "../../src/state/state.ts";
import type { Holds } from "./tables.ts";

export const bounceTests: Record<string, Holds> = {
  "the same report again changes nothing": again,
  "members are counted once a day, of a list, a domain and a post": counted,
  "a day is halted once, and no other": halted,
  "a report about 3,000 is noted at once": thousands,
  "what nobody understood, of all lists": others,
  "what is old goes, and what is about one": gone,
  "those on trial": trial,
};

const DAY = 86_400_000;

function bounce(given: Partial<Bounce> & { readonly key: string }): Bounce {
  return {
    address: given.key,
    at: 100 * DAY,
    post: "p1",
    kind: "hard",
    trust: "signed",
    reason: "no-such-user",
    status: "5.1.1",
    detail: "550 no such user",
    source: "s1",
    report: "",
    ...given,
  };
}

/** What is new of some. */
async function noted(
  { bounces }: State,
  list: string,
  some: readonly Bounce[],
): Promise<number> {
  return (await bounces.note(list, some, scopes, 0)).fresh;
}

const scopes = ({ kind, key }: Bounce, isFirst: boolean) =>
  kind === "hard" && isFirst ? ["", key.slice(key.indexOf("@"))] : [];

async function again(t: Test, state: State) {
  const { bounces } = state;
  const one = bounce({ key: "a@x" });
  const first = { noted: [one], fresh: 1 };
  t.same(await bounces.note("l@x", [one], scopes, 0), first);
  const later = { ...one, at: one.at + 5 };
  const again = { noted: [one], fresh: 0 };
  t.same(
    await bounces.note("l@x", [later], scopes, 0),
    again,
    "the same entry",
  );
  const replayed = bounce({ key: "a@x", source: "s2", at: 101 * DAY });
  t.equal(await noted(state, "l@x", [replayed]), 0, "the same post");
  t.equal(await noted(state, "m@x", [one]), 1, "elsewhere");
  const soft = bounce({ key: "a@x", source: "s3", kind: "soft" });
  t.equal(await noted(state, "l@x", [soft]), 1);
  t.same(await bounces.about("l@x", ["a@x", "b@x"], 0), [one, soft]);
  t.same(await bounces.about("l@x", ["a@x"], 100 * DAY + 1), []);
  t.same(await bounces.lists("a@x"), ["l@x", "m@x"]);
  t.same([...(await bounces.sums("l@x", 0, 101 * DAY))].sort(), [
    ["hard", 1],
    ["soft", 1],
  ]);
  const many = Array.from({ length: 50 }, (_, n) =>
    bounce({ key: "a@x", post: `many${n}`, source: `many${n}` }),
  );
  t.equal(await noted(state, "l@x", many), 18, "a day has room for 20");
}

async function counted(t: Test, state: State) {
  const { bounceDays } = state;
  const some = [
    bounce({ key: "a@x" }),
    bounce({ key: "a@x", post: "p2", source: "s2" }),
    bounce({ key: "b@y" }),
    bounce({ key: "c@y", kind: "message" }),
  ];
  t.equal(await noted(state, "l@x", some), 4);
  const more = [
    bounce({ key: "b@y", post: "p3", source: "s3" }),
    bounce({ key: "d@y", post: "p3", source: "s3" }),
    bounce({ key: "b@y", post: "p4", source: "s4", at: 101 * DAY }),
  ];
  await noted(state, "l@x", more);
  const found = await bounceDays.counts("l@x", ["", "@y"], 100);
  t.same(
    found.map(({ scope, day, n }) => [scope, day, n]).sort(),
    [
      ["", 100, 3],
      ["", 101, 1],
      ["@y", 100, 2],
      ["@y", 101, 1],
    ].sort(),
  );
}

async function halted(t: Test, state: State) {
  const { bounceDays } = state;
  await noted(state, "l@x", [bounce({ key: "a@x" })]);
  for (const [day, now] of [
    [100, 7],
    [100, 8],
    [99, 8],
  ] as const)
    await bounceDays.halt("l@x", "", day, now);
  t.same(await bounceDays.counts("l@x", ["", "@x"], 0), [
    { scope: "", day: 100, n: 1, halted: 7 },
    { scope: "@x", day: 100, n: 1, halted: 0 },
  ]);
}

async function thousands(t: Test, state: State) {
  const { bounces, bounceDays } = state;
  const some = Array.from({ length: 3000 }, (_, i) =>
    bounce({ key: `u${i}@x${i % 7}` }),
  );
  t.equal(await noted(state, "l@x", some), 3000);
  t.equal(await noted(state, "l@x", some), 0);
  const [all] = await bounceDays.counts("l@x", [""], 100);
  t.equal(all?.n, 3000);
  const pages = await Array.fromAsync(bounces.keys("l@x", 0));
  const [first = [], second = []] = pages;
  t.equal(first.length, 1000);
  t.same(first, [...first].sort());
  t.ok((second[0] ?? "") > (first.at(-1) ?? ""));
  t.equal(new Set(pages.flat()).size, 3000);
}

async function others(t: Test, state: State) {
  const { bounces } = state;
  const one = bounce({ key: "", kind: "other", report: "r1" });
  const two = bounce({ key: "", kind: "other", source: "s2", report: "r2" });
  t.equal(await noted(state, "l@x", [one]), 1);
  t.equal(await noted(state, "l@x", [one]), 0, "once");
  await noted(state, "m@x", [two]);
  await noted(state, "m@x", [bounce({ key: "a@x" })]);
  t.same(await bounces.others(0, 101 * DAY), [
    { ...one, list: "l@x" },
    { ...two, list: "m@x" },
  ]);
  t.same(await bounces.others(0, 100 * DAY), []);
}

async function gone(t: Test, state: State) {
  const { bounces, bounceDays } = state;
  const old = bounce({ key: "a@x" });
  const late = bounce({ key: "a@x", at: 101 * DAY, post: "p2", source: "s2" });
  await noted(state, "l@x", [old, late, bounce({ key: "b@x" })]);
  await bounces.sweep("l@x", 101 * DAY);
  t.same(await bounces.about("l@x", ["a@x", "b@x"], 0), [late]);
  t.same(
    (await bounceDays.counts("l@x", [""], 0)).map(({ day }) => day),
    [101],
  );
  t.equal(await bounces.forget("l@x", "b@x"), 0);
  t.equal(await bounces.forget("l@x", "a@x"), 1);
}

async function trial(t: Test, state: State) {
  const { probes } = state;
  const one = {
    key: "a@x",
    address: "A@x",
    reason: "no such user",
    since: 5,
    sent: 1,
    last: 6,
    failed: 0,
    back: 0,
    ended: "" as const,
    source: "s1",
  };
  t.equal(await probes.move("l@x", one, one), false, "nobody there");
  t.equal(await probes.begin("l@x", one), true);
  const second = { ...one, sent: 2, last: 7 };
  const moves = [second, { ...one, failed: 1 }].map((to) =>
    probes.move("l@x", one, to),
  );
  t.same((await Promise.all(moves)).sort(), [false, true], "one of two");
  const now = (await probes.get("l@x", "a@x")) ?? one;
  await probes.move("l@x", now, { ...second, failed: 2 });
  t.same(await probes.get("l@x", "a@x"), { ...second, failed: 2 });
  t.same(await probes.lists("a@x"), ["l@x"]);
  t.equal(await probes.get("m@x", "a@x"), undefined);
  t.equal(await probes.begin("l@x", { ...one, source: "s2" }), false);
  t.equal(await probes.begin("l@x", { ...one, source: "s1" }), true, "again");
  const there = (await probes.get("l@x", "a@x")) ?? one;
  await probes.move("l@x", there, { ...one, ended: "restored" });
  const both = ["s3", "s4"].map((source) =>
    probes.begin("l@x", { ...one, source }),
  );
  t.same((await Promise.all(both)).sort(), [false, true]);
  await probes.begin("l@x", { ...one, key: "b@x" });
  t.same(
    (await probes.page("l@x", "a@x")).map(({ key }) => key),
    ["b@x"],
  );
  t.equal(await probes.remove("l@x", "b@x"), true);
  t.equal(await probes.remove("l@x", "b@x"), false);
  await state.clear("l@x");
  t.same(await probes.page("l@x", ""), []);
}
