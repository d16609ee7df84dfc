// What must hold of a list's new address, in SQLite as in PostgreSQL.
import type { Test } from "tap";
import type { Actor } from "../../src/state/actor.ts";
import type { State } from "../../src/state/state.ts";
import type { Holds } from "./tables.ts";

export const renameTests: Record<string, Holds> = {
  "all tables go along with a list's new address": along,
  "a list that has both addresses becomes one": merged,
  "posts and floods are counted on": windows,
};

const root: Actor = { by: "command", who: "root" };
const person = (name: string) => ({ key: `${name}@x`, address: `${name}@x` });
const suppressed = (list: string, name: string, reason = "") => ({
  ...person(name),
  ...{ list, reason, since: 1 },
});

async function contents(state: State, list: string) {
  const { members, roles, sizes, journal } = state;
  const told = (await Array.fromAsync(journal.all(list))).flat();
  return {
    members: (await members.page(list, "")).map(({ key }) => key),
    roles: (await roles.all(list)).map(({ key, role }) => `${key} ${role}`),
    suppressed: (await Array.fromAsync(state.suppressed.keys(list))).flat(),
    size: await sizes.get(list),
    told: told.map(({ what, address, who, detail }) =>
      [what, address, who, detail].join(" ").trim(),
    ),
  };
}

const empty = {
  members: [],
  roles: [],
  suppressed: [],
  size: undefined,
  told: [],
};

async function fill(state: State) {
  const { members, roles, sizes } = state;
  const some = ["a", "b"].map(person);
  await members.addAll("old@x", some, 1);
  await members.add("other@x", person("a"), 1);
  const owner = { ...person("o"), role: "owner" } as const;
  await roles.set("old@x", owner, true, 2, root);
  await state.suppressed.add([suppressed("old@x", "s"), suppressed("", "t")]);
  await sizes.put("old@x", 7, 3);
}

async function along(t: Test, state: State) {
  await fill(state);
  const renamed = {
    members: ["a@x", "b@x"],
    roles: ["o@x owner"],
    suppressed: ["s@x"],
    size: 7,
    told: [
      "joined a@x",
      "joined b@x",
      "role o@x root +owner",
      "renamed  root old@x > new@x",
    ],
  };
  for (const _ of ["once", "again"]) {
    await state.rename("old@x", "new@x", 9, root);
    t.same(await contents(state, "new@x"), renamed);
    t.same(await contents(state, "old@x"), empty);
  }
  await state.rename("new@x", "new@x", 9, root);
  t.same(await contents(state, "new@x"), renamed, "to itself");
  t.match(await contents(state, "other@x"), { members: ["a@x"] });
  t.same((await Array.fromAsync(state.suppressed.keys(""))).flat(), ["t@x"]);
}

async function merged(t: Test, state: State) {
  await fill(state);
  await state.members.add("new@x", { ...person("a"), name: "New" }, 5);
  await state.members.add("new@x", person("c"), 5);
  await state.suppressed.add([suppressed("new@x", "s", "new")]);
  await state.sizes.put("new@x", 8, 3);
  await state.rename("old@x", "new@x", 9, root);
  const now = await contents(state, "new@x");
  t.match(now, {
    members: ["a@x", "b@x", "c@x"],
    suppressed: ["s@x"],
    size: 8,
  });
  t.equal((await state.members.get("new@x", "a@x"))?.name, "New");
  t.equal(now.told.length, 6);
  t.same(await contents(state, "old@x"), empty);
}

async function windows(t: Test, state: State) {
  const { windows } = state;
  const ages = 1e12;
  await windows.note("post", "old@x", "1", 5, ages);
  await windows.note("post", "new@x", "1", 5, ages);
  await windows.note("post", "old@x", "2", 6, ages);
  await windows.note("flood", "old@x", "2", 6, ages);
  await windows.note("author", "old@x a@x", "2", 6, ages);
  await windows.note("post", "old@x.org", "3", 6, ages);
  await windows.note("answer", "old@x", "4", 6, ages);
  for (const _ of ["once", "again"]) {
    await state.rename("old@x", "new@x", 9, root);
    t.equal(await windows.count("post", "new@x", 0), 2);
    t.match(await windows.latest("flood", "new@x"), { id: "2", at: 6 });
    t.equal(await windows.count("author", "new@x a@x", 0), 1);
  }
  t.equal(await windows.latest("flood", "old@x"), undefined);
  t.equal(await windows.count("author", "old@x a@x", 0), 0);
  t.equal(await windows.count("post", "old@x.org", 0), 1, "another list");
  t.equal(await windows.count("answer", "old@x", 0), 1, "a person's");
}
