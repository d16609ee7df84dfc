import fc from "fast-check";
import t from "tap";
import {
  birth,
  childName,
  formatName,
  freshName,
  isQueueName,
  laneOf,
  newId,
  parseChildName,
  parseName,
  sized,
  successor,
} from "../../src/spool/name.ts";

const ids = fc
  .tuple(
    fc.stringMatching(/^[0-9a-z]{9}$/),
    fc.stringMatching(/^[0-9a-z]{12}$/),
  )
  .map((parts) => parts.join("-"));

const lanes = fc.record({
  list: fc.stringMatching(/^[0-9a-z]{4}$/),
  post: fc.stringMatching(/^[0-9a-z]{6}$/),
  size: fc.integer({ min: 0, max: 9_999_999_999 }),
});

const names = fc.record(
  {
    due: fc.integer({ min: 0, max: 9_999_999_999 }),
    attempt: fc.integer({ min: 0, max: 99_999 }),
    id: ids,
    lane: lanes,
  },
  { requiredKeys: ["due", "attempt", "id"] },
);

t.test("a name is read back as it was written", async (t) => {
  fc.assert(
    fc.property(names, (name) => {
      t.same(parseName(formatName(name)), name);
    }),
  );
});

t.test("a child's name is read back as it was written", async (t) => {
  const queues = fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/);
  fc.assert(
    fc.property(queues, names, (queue, name) => {
      t.same(parseChildName(childName(queue, name)), { queue, name });
    }),
  );
  const name = formatName(freshName(0));
  for (const text of ["", "posts", "posts.", `posts..${name}`, "posts.x"])
    t.equal(parseChildName(text), undefined, text);
});

t.test("what takes an entry's place has its age and its turn", async (t) => {
  fc.assert(
    fc.property(names, fc.nat(), (name, size) => {
      const { id, lane, ...rest } = sized(successor(name), size);
      t.not(id, name.id);
      t.equal(birth(id), birth(name.id));
      t.match({ due: name.due, attempt: name.attempt }, rest);
      t.same(lane, name.lane && { ...name.lane, size });
    }),
  );
});

t.test("what is due earlier sorts first", async () => {
  fc.assert(
    fc.property(names, names, (a, b) => {
      if (a.due === b.due) return true;
      return formatName(a) < formatName(b) === a.due < b.due;
    }),
  );
});

t.test(
  "a text is a name only if writing the name gives it again",
  async (t) => {
    const figures = fc.stringMatching(/^\d{0,12}$/);
    const lane = fc.stringMatching(/^\.[a-z]{3,4}-[a-z]{5,6}-\d{0,11}$/);
    const nearly = fc
      .tuple(
        figures,
        fc.stringMatching(/^[\d ]{0,6}$/),
        ids,
        fc.oneof(fc.string(), lane),
      )
      .map(([due, attempt, id, rest]) => `${due}.${attempt}.${id}${rest}`);
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string()), (text) => {
        const name = parseName(text);
        return name === undefined || formatName(name) === text;
      }),
      { numRuns: 1000 },
    );
    const good = "1767225600.0.0mjv8q2o0-000123456789";
    t.ok(parseName(good));
    t.ok(parseName(`${good}.abcd-abcdef-10`));
    for (const bad of [
      "",
      ".",
      "..",
      `.${good}`,
      `${good}\n`,
      `${good}.draft`,
      `${good}.`,
      `${good}.abcd-abcdef`,
      `${good}.abcd-abcdef-`,
      `${good}.abcd-abcdef-01`,
      `${good}.abcd-abcdef-12345678901`,
      `${good}.abc-abcdef-1`,
      `${good}.abcd-abcde-1`,
      `${good}.Abcd-abcdef-1`,
      `${good}.abcd-abcdef-1.done`,
      `x/${good}`,
      good.toUpperCase(),
      good.replace(".0.", ".00."),
      good.replace(".0.", ".-1."),
      good.replace(".0.", ".100000."),
      good.replace("1767225600", "176722560"),
      good.replace("1767225600", "01767225600"),
      "1767225600.M123P456.host",
      "1767225600.M123P456.host:2,S",
    ])
      t.equal(parseName(bad), undefined, JSON.stringify(bad));
  },
);

t.test("a part beyond its figures still makes a name", async (t) => {
  const id = newId(0);
  for (const due of [-5, 1.9, 1e12, Number.POSITIVE_INFINITY])
    t.ok(parseName(formatName({ due, attempt: 0, id })), String(due));
  t.equal(parseName(formatName({ due: 1, attempt: 1e6, id }))?.attempt, 99_999);
  const lane = laneOf("dev@x", "1", 1e12);
  const read = parseName(formatName({ due: 1, attempt: 0, id, lane }));
  t.same(read?.lane, { ...lane, size: 9_999_999_999 });
});

t.test("a lane is read back, whatever list and post it is of", async (t) => {
  const id = newId(0);
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), (list, post, size) => {
      const lane = laneOf(list, post, size);
      const name = { due: 1, attempt: 0, id, lane };
      t.same(parseName(formatName(name)), name);
      t.same(laneOf(list, post, size), lane, "all parts of a post share it");
    }),
  );
});

t.test("other lists and posts mostly have other lanes", async (t) => {
  const all = Array.from({ length: 1000 }, (_, n) => String(n));
  const lists = new Set(all.map((n) => laneOf(`dev${n}@x`, "1", 1).list));
  const posts = new Set(all.map((n) => laneOf("dev@x", n, 1).post));
  t.ok(lists.size > 990, `${lists.size} of 1000 lists`);
  t.equal(posts.size, 1000);
});

t.test(
  "ids are unique, and sort by the millisecond of their birth",
  async (t) => {
    const made: string[] = [];
    for (let n = 0; n < 100_000; n++)
      made.push(newId(1_767_225_600_000 + n / 50));
    t.equal(new Set(made).size, made.length);
    const births = made.map((id) => id.slice(0, 9));
    t.same(births, births.toSorted());
    t.equal(birth(String(made.at(-1))), 1_767_225_601_999);
    t.ok(
      made.every((id) => parseName(`0000000000.0.${id}`)),
      "each can stand in a name",
    );
  },
);

t.test("of a few ids of one millisecond the earlier sorts first", async (t) => {
  const pairs = Array.from({ length: 1000 }, () => [newId(0), newId(0)]);
  const wrong = pairs.filter(([first = "", second = ""]) => first > second);
  t.ok(wrong.length <= 2, "the counter may come round twice");
});

t.test(
  "a queue's name can be nothing but a folder below the spool",
  async (t) => {
    for (const good of ["incoming", "x", "my-queue-2", "a".repeat(63)])
      t.ok(isQueueName(good), good);
    for (const bad of [
      "",
      ".",
      "..",
      "a/b",
      "A",
      "2x",
      "-x",
      "a.b",
      "a b",
      "x\n",
      "nodes",
      "a".repeat(64),
    ])
      t.notOk(isQueueName(bad), JSON.stringify(bad));
  },
);
