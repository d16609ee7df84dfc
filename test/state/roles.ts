// What must hold of roles, in SQLite as in PostgreSQL.
import type { Test } from "tap";
import type { Actor } from "../../src/state/actor.ts";
import type { State } from "../../src/state/state.ts";
import type { Holds } from "./tables.ts";

export const roleTests: Record<string, Holds> = {
  "a role is given and taken once, and the journal has it": role,
  "who are given a role at once have it once": atOnce,
};

const root: Actor = { by: "command", who: "root" };
const anna = { key: "anna@x", address: "Anna@x" };

async function role(t: Test, state: State) {
  const { roles, journal } = state;
  const owner = { ...anna, role: "owner" } as const;
  const bob = { key: "bob@x", address: "bob@x", role: "poster" } as const;
  t.equal(await roles.set("l@x", owner, true, 10, root), true);
  t.equal(await roles.set("l@x", owner, true, 11, root), false);
  t.equal(await roles.set("l@x", bob, true, 12, root), true);
  t.equal(
    await roles.set("l@x", { ...anna, role: "moderator" }, true, 13, root),
    true,
  );
  t.same([...(await roles.of("l@x", "anna@x"))].sort(), ["moderator", "owner"]);
  t.equal((await roles.of("m@x", "anna@x")).size, 0);
  t.same(await roles.all("l@x"), [
    { ...anna, role: "moderator", since: 13 },
    { ...owner, since: 10 },
    { ...bob, since: 12 },
  ]);
  t.same(await roles.having("l@x", "owner"), ["Anna@x"]);
  t.equal(await roles.set("l@x", owner, false, 14, root), true);
  t.equal(await roles.set("l@x", owner, false, 15, root), false);
  t.same([...(await roles.of("l@x", "anna@x"))], ["moderator"]);
  const told = (await Array.fromAsync(journal.all("l@x", "anna@x"))).flat();
  t.same(
    told.map(({ what, detail, at, who }) => [what, detail, at, who]),
    [
      ["role", "+owner", 10, "root"],
      ["role", "+moderator", 13, "root"],
      ["role", "-owner", 14, "root"],
    ],
  );
  await state.clear("l@x");
  t.same(await roles.all("l@x"), []);
}

async function atOnce(t: Test, state: State, open: () => Promise<State>) {
  const states = [state, await open(), await open()];
  const owner = { ...anna, role: "owner" } as const;
  const given = await Promise.all(
    states.map(({ roles }) => roles.set("l@x", owner, true, 1, root)),
  );
  t.same(given.sort(), [false, false, true]);
  t.equal((await state.roles.all("l@x")).length, 1);
}
