import t from "tap";
import {
  entriesOf,
  lostBefore,
  takenOver,
} from "../../../src/brokers/redis/answers.ts";

t.test("entries, and one that was dropped", async (t) => {
  t.same(
    entriesOf([
      ["1-0", ["id", "a", "kind", "post"]],
      ["2-0", null],
    ]),
    [
      {
        id: "1-0",
        fields: new Map([
          ["id", "a"],
          ["kind", "post"],
        ]),
      },
      { id: "2-0", fields: undefined },
    ],
  );
  t.same(entriesOf(null), []);
});

t.test("what others left", async (t) => {
  t.match(takenOver(["0-0", [["1-0", ["id", "a"]]], ["3-0"]]), {
    next: "0-0",
    entry: { id: "1-0" },
    gone: ["3-0"],
  });
  t.match(takenOver(["5-0", []]), { next: "5-0", entry: undefined, gone: [] });
});

t.test("entries that were dropped before a group had read them", async (t) => {
  const stream = ["length", 10, "entries-added", 100];
  const group = (read: number | null, last = "7-0") => [
    ["name", "other", "entries-read", 0],
    ["name", "mine", "last-delivered-id", last, "entries-read", read],
  ];
  t.equal(lostBefore(stream, group(80), "mine"), 10);
  t.equal(lostBefore(stream, group(95), "mine"), 0);
  t.equal(lostBefore(stream, group(null), "mine"), 0, "it cannot be told");
  t.equal(lostBefore(stream, group(0, "0-0"), "mine"), 0, "it begins");
  t.equal(lostBefore(["length", 10], group(1), "mine"), 0, "before Redis 7");
});
