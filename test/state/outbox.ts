// What must hold of what is to be told, in SQLite as in PostgreSQL.
import type { Test } from "tap";
import type { Actor } from "../../src/state/actor.ts";
import { dueOf } from "../../src/state/outbox.ts";
import type { State } from "../../src/state/state.ts";
import type { Holds } from "./tables.ts";

export const outboxTests: Record<string, Holds> = {
  "what happens to members and roles waits to be told, in its order": waits,
  "what is undone is not told": undone,
  "whoever looks for it finds the same id": same,
};

const root: Actor = {
  by: "mail",
  who: "anna@x",
  messageId: "<1@x>",
  cause: "commands/1",
};
const anna = { key: "anna@x", address: "Anna@x" };

async function waits(t: Test, state: State) {
  const { members, roles, outbox } = state;
  t.same(await outbox.own(1), []);
  await members.add("l@x", anna, 10, root);
  await members.add("l@x", anna, 10, root);
  await members.change("l@x", { ...anna, suspended: 5 }, 10);
  await roles.set("l@x", { ...anna, role: "owner" }, true, 11, root);
  await members.remove("l@x", "anna@x", 12);
  const due = await outbox.own(12);
  t.same(
    due.map(({ event, list, at }) => [event, list, at]),
    [
      ["member.joined", "l@x", 10],
      ["member.suspended", "l@x", 10],
      ["owner.assigned", "l@x", 11],
      ["member.left", "l@x", 12],
    ],
  );
  t.match(due[0], { ...root, detail: { address: "Anna@x" } });
  t.match(due[3], { by: "mill", detail: { address: "Anna@x" } });
  t.same(await outbox.own(13), [], "its own are looked for once");
  t.equal((await outbox.since(11)).length, 3, "others find those that wait");
  await outbox.done(due.slice(0, 3).map(({ id }) => id));
  t.same(await outbox.since(20), due.slice(3));
  await outbox.done([due[3]?.id ?? ""]);
  t.same(await outbox.since(20), []);
}

async function undone(t: Test, state: State) {
  const { store, outbox } = state;
  const told = [{ event: "member.left", detail: {} }];
  await t.rejects(
    store.alone("members l@x", async (queries) => {
      await outbox.put(queries, "l@x", told, 1, root);
      throw new Error("no");
    }),
    /no/,
  );
  t.same(await outbox.own(2), []);
  t.same(await outbox.since(99), []);
}

async function same(t: Test, state: State, open: () => Promise<State>) {
  const guard = { file: "lists/l@x/list.toml", before: "" };
  const detail = { text: "ü\0\ud800😀" };
  const due = dueOf("l@x", { event: "list.created", detail, guard }, 5, root);
  await state.outbox.add(due);
  await state.outbox.add(due);
  const other = await open();
  const [found, ...more] = await other.outbox.since(5);
  t.same(more, []);
  t.same(found, due);
  await other.outbox.done([due.id]);
  t.same(await state.outbox.since(5), []);
}
