import t from "tap";
import { table } from "../../bench/table.ts";

t.test("names are aligned to the left, figures to the right", async (t) => {
  const rows = [
    { name: "one", figure: 12_345.6, unit: "posts/s" },
    { name: "the other", figure: 123, unit: "s" },
  ];
  t.equal(
    table({ title: "it", rows }),
    "it\n  one        12,346  posts/s\n  the other     123  s\n",
  );
});

t.test("small figures keep their digits", async (t) => {
  const shown = (figure: number) =>
    table({ title: "", rows: [{ name: "x", figure, unit: "s" }] }).trim();
  t.equal(shown(0.456), "x  0.46  s");
  t.equal(shown(9.994), "x  9.99  s");
  t.equal(shown(45.67), "x  45.7  s");
  t.equal(shown(456.7), "x  457  s");
  t.equal(shown(0), "x  0.00  s");
});

t.test("a figure is set beside all of its references", async (t) => {
  const references = { "smtp-source": 10_000, bare: 15_000 };
  const row = { name: "ours", figure: 9500, unit: "recipients/s", references };
  t.match(
    table({ title: "it", rows: [row] }),
    "0.95 of smtp-source, 0.63 of bare",
  );
  const slow = { ...row, references: { one: 100, other: 17 } };
  t.match(table({ title: "it", rows: [slow] }), "95.0 of one, 559 of other");
});

t.test("what it cost stands beside it", async (t) => {
  const row = { name: "ours", figure: 100, unit: "posts/s" };
  const cost = { cpu: 1.234, count: 10_000, memory: 85.44 };
  t.equal(
    table({ title: "it", rows: [{ ...row, ...cost }] }),
    "it\n  ours  100  posts/s  1.23 s CPU  123 µs each  85.4 MB\n",
  );
  t.equal(
    table({ title: "it", rows: [{ ...row, cpu: 2 }] }),
    "it\n  ours  100  posts/s  2.00 s CPU\n",
    "without a number of things, no cost of each",
  );
});

t.test("columns stand under one another where a row lacks some", async (t) => {
  const rows = [
    { name: "a", figure: 1, unit: "s", cpu: 1, references: { b: 2 } },
    { name: "b", figure: 2, unit: "s", memory: 3 },
  ];
  const [, a = "", b = ""] = table({ title: "it", rows }).split("\n");
  t.equal(a, "  a  1.00  s  1.00 s CPU           0.50 of b");
  t.equal(b, "  b  2.00  s              3.00 MB");
});

t.test("what was skipped is seen, with the reason", async (t) => {
  t.equal(
    table({ title: "it", skipped: "no program" }),
    "it\n  skipped: no program\n",
  );
  const rows = [
    { name: "a", figure: 1, unit: "s" },
    { name: "a peer", skipped: "it is not installed" },
  ];
  t.equal(
    table({ title: "it", rows }),
    "it\n  a       1.00  s\n  a peer  skipped: it is not installed\n",
  );
});
