// A state as it was before members had languages, vacations and roles: its rows, and what they are now.
import type { Test } from "tap";
import { hashOf } from "../../src/base/hash.ts";
import type { State } from "../../src/state/state.ts";

/** The steps that it had taken. */
export const STEPS = 3;

export const rows = `INSERT INTO members VALUES ('l@x', 'a@x', 'A@x', 'Anna', 'posts', 0, 5);
INSERT INTO suppressed VALUES ('l@x', 's@x', 'S@x', 'bounces', 6), ('', 't@x', 't@x', '', 7);
INSERT INTO sizes VALUES ('l@x', 8, 9);
INSERT INTO numbers (hash, address) VALUES (${hashOf("u@x")}, 'u@x'), (${hashOf("v@x")}, 'v@x');`;

export async function isKept(t: Test, state: State): Promise<void> {
  t.same(await state.members.get("l@x", "a@x"), {
    key: "a@x",
    address: "A@x",
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
    joined: 5,
  });
  t.equal(
    await state.members.count("l@x", { reach: { away: 1, suspended: 0 } }),
    1,
  );
  t.same((await Array.fromAsync(state.suppressed.all())).flat(), [
    { list: "", key: "t@x", address: "t@x", reason: "", since: 7 },
    { list: "l@x", key: "s@x", address: "S@x", reason: "bounces", since: 6 },
  ]);
  t.equal(await state.sizes.get("l@x"), 8);
  t.same(await state.numbers.of(["v@x", "w@x", "u@x"]), [2, 3, 1]);
  t.same(await state.roles.all("l@x"), []);
  t.same((await Array.fromAsync(state.journal.all("l@x"))).flat(), []);
}
