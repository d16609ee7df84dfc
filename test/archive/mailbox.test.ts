import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Catalogue } from "../../src/archive/catalogue.ts";
import { dateIn, type Imported, importAll } from "../../src/archive/mailbox.ts";
import { expunge } from "../../src/archive/tombstones.ts";
import { readMbox } from "../../src/mail/mbox.ts";

const LIST = "news@lists.example.org";
const FROM = "From anna@x.org Thu Nov  5 08:07:06 2020\n";

function place(t: Test) {
  const catalogue = new Catalogue(t.testdir(), LIST);
  t.teardown(() => catalogue.close());
  const take = (box: string, more: object = {}): Promise<Imported[]> =>
    Array.fromAsync(
      importAll(catalogue, readMbox(once(box), 1000), {
        doubles: false,
        dryRun: false,
        now: Date.UTC(2026, 10, 30),
        ...more,
      }),
    );
  const kinds = async (box: string, more: object = {}) =>
    (await take(box, more)).map(({ kind, number }) => `${kind} ${number}`);
  return { catalogue, take, kinds };
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

const message = (id: string, text = "x") =>
  `${FROM}Message-ID: <${id}>\nSubject: ${text}\n\n${text}\n\n`;

t.test("messages get numbers in their order, each once", async (t) => {
  const { catalogue, kinds } = place(t);
  const box = message("a") + message("b") + message("a") + message("a", "y");
  t.same(await kinds(box), ["stored 1", "stored 2", "known 1", "known 1"]);
  t.same(await kinds(box), ["known 1", "known 2", "known 1", "known 1"]);
  t.same(await kinds(message("a", "y"), { doubles: true }), ["stored 3"]);
  t.equal(catalogue.index.count, 3);
  t.same(
    readdirSync(join(catalogue.dir, "numbers", "recent")),
    [],
    "no ticket is left",
  );
});

t.test("they lie in the month in which they came", async (t) => {
  const { catalogue, take } = place(t);
  await take(message("a"));
  const path = join(catalogue.dir, "2020", "11", "1.eml");
  t.equal(statSync(path).mtime.toISOString(), "2020-11-05T08:07:06.000Z");
  t.equal(
    new Date(catalogue.index.get(1)?.date ?? 0).toISOString(),
    "2020-11-05T08:07:06.000Z",
  );
});

t.test("what was taken out does not come back", async (t) => {
  const { catalogue, kinds } = place(t);
  await kinds(message("a") + message("b"));
  const stone = { number: 1, at: "2026-11-05", by: "anna", reason: "asked" };
  await expunge(catalogue.dir, stone);
  t.same(await kinds(message("a") + message("b") + message("a", "y")), [
    "taken out undefined",
    "known 2",
    "taken out undefined",
  ]);
});

t.test("a date that cannot be is not believed", async (t) => {
  const { catalogue, kinds } = place(t);
  const received = "Received: from x; Fri, 31 Dec 9999 23:59:00 -2300\n";
  t.same(await kinds(`${FROM}${received}Subject: x\n\ny\n\n`), ["stored 1"]);
  t.ok(existsSync(join(catalogue.dir, "2020", "11", "1.eml")));
});

t.test("a dry run leaves nothing", async (t) => {
  const { catalogue, kinds } = place(t);
  t.same(await kinds(message("a") + message("a"), { dryRun: true }), [
    "stored undefined",
    "known undefined",
  ]);
  t.equal(catalogue.index.count, 0);
  t.equal(catalogue.behind, 0);
});

t.test("what cannot be taken in is told by its line", async (t) => {
  const { take } = place(t);
  t.same(
    await take(message("a") + message("b", "x".repeat(2000)) + message("c")),
    [
      { line: 1, kind: "stored", number: 1 },
      { line: 7, kind: "too large" },
      { line: 13, kind: "stored", number: 2 },
    ],
  );
});

t.test("dates of the lines before messages", async (t) => {
  const dates: [line: string, date: string | undefined][] = [
    ["From a@b Thu Nov  5 08:07:06 2020", "2020-11-05T08:07:06.000Z"],
    ["From a at b  Thu Nov  5 08:07 2020", "2020-11-05T08:07:00.000Z"],
    ["From a Thu Nov 5 08:07:06 2020 +0100", "2020-11-05T07:07:06.000Z"],
    ["From a Thu Nov 5 08:07:06 EST 2020", "2020-11-05T13:07:06.000Z"],
    ["From a@b", undefined],
  ];
  for (const [line, date] of dates)
    t.equal(dateIn(line)?.toISOString(), date, line);
});
