import t from "tap";
import { details } from "../../src/lists/schema/event.ts";
import { rowOf } from "../../src/state/memberRow.ts";
import { toldOf } from "../../src/state/told.ts";

const now = Date.UTC(2026, 10, 23);
const at = new Date(now).toISOString();
const row = (wishes: object, old?: ReturnType<typeof rowOf>, n = 0) =>
  rowOf("l@x", { key: `a${n}@x`, address: `A${n}@x`, ...wishes }, old, now, 1);

t.test(
  "joining, changing, and no mail for a while are told apart",
  async (t) => {
    const plain = row({});
    t.same(toldOf([{ old: undefined, row: plain }]), [
      {
        event: "member.joined",
        detail: { address: "A0@x", delivery: "posts", joined: at },
      },
    ]);
    const rich = row(
      {
        name: "Anna",
        ownCopy: false,
        away: now,
        suspended: now,
        suspendedFor: "x",
      },
      plain,
    );
    const told = toldOf([{ old: plain, row: rich }]);
    t.same(
      told.map(({ event }) => event),
      ["member.changed", "member.suspended"],
    );
    t.match(told[0]?.detail, {
      name: "Anna",
      own_copy: false,
      away: at,
      was: { name: "", own_copy: null, away: null },
    });
    t.same(told[1]?.detail, { address: "A0@x", reason: "x", since: at });
    const back = row({ suspended: null }, rich);
    t.same(toldOf([{ old: rich, row: back }]), [
      { event: "member.restored", detail: { address: "A0@x" } },
    ]);
    for (const { event, detail } of told)
      details[event as keyof typeof details].parse(detail);
  },
);

t.test("many at once are one event", async (t) => {
  const all = Array.from({ length: 21 }, (_, n) => ({
    old: n === 0 ? row({}, undefined, n) : undefined,
    row: row({ name: "N" }, undefined, n),
  }));
  t.equal(toldOf(all.slice(1)).length, 20);
  const [one, ...more] = toldOf(all);
  t.same(more, []);
  t.equal(one?.event, "members.imported");
  const { joined, changed } = details["members.imported"].parse(one?.detail);
  t.same([joined.length, changed.length], [20, 1]);
  t.match(joined[19], { address: "A20@x", name: "N" });
});
