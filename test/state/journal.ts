// What must hold of the journal, in SQLite as in PostgreSQL.
import type { Test } from "tap";
import type { Actor } from "../../src/state/actor.ts";
import type { Entry } from "../../src/state/journal.ts";
import type { State } from "../../src/state/state.ts";
import type { Holds } from "./tables.ts";

export const journalTests: Record<string, Holds> = {
  "each change stands in the journal, with who did it": changes,
  "what changes nothing stands nowhere": nothing,
  "the journal of many comes in pages, in order": pages,
  "what is not done is not told": undone,
  "a list that is brought back has its history": back,
  "what other lists do is no change of a list": others,
};

const mail: Actor = { by: "mail", who: "anna@x", messageId: "<1@x>" };
const anna = { key: "anna@x", address: "Anna@x" };

async function entries(
  { journal }: State,
  list: string,
  key?: string,
): Promise<Entry[]> {
  return (await Array.fromAsync(journal.all(list, key))).flat();
}

async function changes(t: Test, state: State) {
  const { members } = state;
  const root: Actor = { by: "command", who: "root" };
  await members.add("l@x", { ...anna, delivery: "nomail" }, 1000, mail);
  await members.add("m@x", anna, 1001);
  await members.add("l@x", { key: "bob@x", address: "bob@x" }, 1002, root);
  const wishes = {
    name: "A, \n B",
    delivery: "posts",
    ownCopy: false,
    away: Date.UTC(2030, 0, 2),
  } as const;
  await members.add("l@x", { ...anna, ...wishes }, 1003, root);
  const suspended = { suspended: 1004, suspendedFor: "bounces" };
  await members.change("l@x", { ...anna, ...suspended }, 1004);
  await members.change("l@x", { ...anna, suspended: null, name: "" }, 1005);
  await members.remove("l@x", "anna@x", 1006, root);
  const told = (await entries(state, "l@x", "anna@x")).map(
    ({ id: _, ...rest }) => rest,
  );
  const who = { key: "anna@x", address: "Anna@x" };
  const mill = { by: "mill", who: "", messageId: undefined };
  const byRoot = { ...root, messageId: undefined };
  t.same(told, [
    { ...who, ...mail, at: 1000, what: "joined", detail: "delivery nomail" },
    {
      ...{ ...who, ...byRoot, at: 1003, what: "changed" },
      detail:
        'name "" > "A, \\n B", delivery nomail > posts, own_copy - > no, away - > 2030-01-02',
    },
    { ...who, ...mill, at: 1004, what: "suspended", detail: "bounces" },
    {
      ...{ ...who, ...mill, at: 1005, what: "changed" },
      detail: 'name "A, \\n B" > ""',
    },
    { ...who, ...mill, at: 1005, what: "resumed", detail: "" },
    { ...who, ...byRoot, at: 1006, what: "left", detail: "" },
  ]);
  const all = await entries(state, "l@x");
  t.same(
    all.map(({ at }) => at),
    [1000, 1002, 1003, 1004, 1005, 1005, 1006],
  );
  t.equal((await entries(state, "m@x")).length, 1);
  await state.clear("l@x");
  t.same(await entries(state, "l@x"), []);
  t.equal((await entries(state, "m@x")).length, 1, "of that list only");
}

async function nothing(t: Test, state: State) {
  const { members } = state;
  await members.add("l@x", anna, 1);
  await members.add("l@x", anna, 2);
  await members.change("l@x", { ...anna, away: null }, 3);
  await members.change("l@x", { key: "bob@x", address: "bob@x" }, 4);
  await members.remove("l@x", "bob@x", 5);
  t.equal((await entries(state, "l@x")).length, 1);
}

async function pages(t: Test, state: State) {
  const joining = Array.from({ length: 2500 }, (_, n) => ({
    key: `u${n}@x`,
    address: `u${n}@x`,
  }));
  await state.members.addAll("l@x", joining, 1);
  const pages = await Array.fromAsync(state.journal.all("l@x"));
  t.same(
    pages.map(({ length }) => length),
    [1000, 1000, 500],
  );
  t.same(
    pages.flat().map(({ key }) => key),
    joining.map(({ key }) => key),
  );
}

async function undone(t: Test, state: State) {
  const { members } = state;
  const broken = { key: "b@x", address: undefined as never };
  await t.rejects(members.addAll("l@x", [anna, broken], 1));
  t.same(await entries(state, "l@x"), []);
  t.equal(await members.count("l@x"), 0);
}

async function back(t: Test, state: State) {
  const root: Actor = { by: "command", who: "root" };
  const some = Array.from({ length: 1500 }, (_, n) => ({
    ...{ key: `u${n}@x`, address: `U${n}@x`, at: n, what: "joined" },
    ...{ by: "mail" as const, who: `u${n}@x`, detail: "" },
    messageId: n === 0 ? undefined : `<${n}@x>`,
  }));
  async function* given() {
    yield* some;
  }
  await state.members.add("l@x", anna, 5);
  await state.members.add("m@x", anna, 5);
  const history = async () =>
    (await entries(state, "l@x")).map(({ id: _, ...rest }) => rest);
  for (const _ of ["once", "again"]) {
    await state.restoreJournal("l@x", given(), 9, root);
    const now = await history();
    t.same(now.slice(0, -1), some);
    t.match(now.at(-1), { what: "restored", at: 9, ...root });
  }
  t.equal((await entries(state, "l@x", "u7@x")).length, 1);
  t.equal((await entries(state, "m@x")).length, 1, "another list");
  async function* broken(): AsyncGenerator<never> {
    yield* [];
    throw new Error("unread");
  }
  await t.rejects(state.restoreJournal("l@x", broken(), 9, root), /unread/);
  t.equal((await history()).length, 1501, "nothing is changed then");
}

async function others(t: Test, state: State) {
  const { journal, members } = state;
  const seen = await journal.last("l@x");
  // Somebody is about to join l@x, and has looked already; another list is faster.
  const next = await state.store.alone("members l@x", (queries) =>
    journal.next(queries, "l@x"),
  );
  await members.add("m@x", anna, 1000);
  t.equal(await journal.last("l@x"), seen);
  t.ok(seen < next, "what is read meanwhile is from before");
  await members.add("l@x", anna, 1001);
  t.ok(next <= (await journal.last("l@x")));
}
