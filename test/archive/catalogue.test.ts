import { rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Catalogue, forgetIndex } from "../../src/archive/catalogue.ts";
import { matchOf } from "../../src/archive/query.ts";
import { dateOf } from "../../src/archive/reading.ts";
import { store } from "../../src/archive/store.ts";
import {
  buriedIn,
  expunge,
  tombstoneOf,
} from "../../src/archive/tombstones.ts";
import { Header } from "../../src/mail/header.ts";

const LIST = "news@lists.example.org";

class Place {
  readonly home: string;
  readonly dir: string;
  #stored = 0;

  constructor(t: Test) {
    this.home = t.testdir();
    this.dir = join(this.home, "archive", LIST);
  }

  async post(fields: string, text = "text") {
    this.#stored += 1;
    const content = [Buffer.from(`${fields}\n\n${text}\n`)];
    const date = new Date("2026-11-05T10:00:00Z");
    const id = `id-${this.#stored}`;
    return store({ archiveDir: this.dir, id, content, date });
  }

  open(t: Test): Catalogue {
    const catalogue = new Catalogue(this.home, LIST);
    t.teardown(() => catalogue.close());
    return catalogue;
  }
}

t.test("it catches up with the archive, whoever stored", async (t) => {
  const place = new Place(t);
  await place.post("Message-ID: <a@x>\nSubject: One\nFrom: Anna <a@x.org>");
  const one = place.open(t);
  t.equal(one.behind, 1);
  t.ok(await one.catchUp());
  t.equal(one.behind, 0);
  await place.post("Message-ID: <b@x>\nIn-Reply-To: <a@x>\nSubject: Re: One");
  const other = place.open(t);
  t.ok(await other.catchUp());
  t.match(one.index.get(1), {
    number: 1,
    id: "a@x",
    subject: "One",
    author: "a@x.org",
    name: "Anna",
    bytes: 58,
  });
  t.same(
    one.index.thread(1, 1, 9).map(({ number }) => number),
    [1, 2],
  );
  t.equal(one.index.byId("b@x")?.number, 2);
  t.equal(one.index.byHash(one.index.get(2)?.hash ?? "")?.number, 2);
  t.equal(one.index.count, 2);
});

t.test("threads that turn out to be one", async (t) => {
  const place = new Place(t);
  await place.post("Message-ID: <a@x>\nSubject: A");
  await place.post("Message-ID: <c@x>\nReferences: <b@x>\nSubject: C");
  await place.post("Message-ID: <b@x>\nReferences: <a@x>\nSubject: B");
  await place.post("Message-ID: <d@x>\nSubject: Re: A");
  const { index } = place.open(t);
  await place.open(t).catchUp();
  t.same(
    [1, 2, 3, 4].map((number) => index.get(number)?.thread),
    [1, 1, 1, 1],
  );
});

t.test("what is taken out is found no more, on no host", async (t) => {
  const place = new Place(t);
  const { path } = await place.post("Message-ID: <a@x>\nSubject: secret");
  await place.post("Message-ID: <b@x>\nSubject: open");
  const catalogue = place.open(t);
  await catalogue.catchUp();
  const stone = { number: 1, at: "2026-11-05", by: "anna", reason: "asked" };
  t.ok(await expunge(place.dir, stone));
  t.notOk(await expunge(place.dir, stone), "it is gone already");
  t.notOk(await expunge(place.dir, { ...stone, number: 7 }), "there is none");
  t.throws(() => utimesSync(path, 0, 0), { code: "ENOENT" });
  t.match(tombstoneOf(place.dir, 1), stone);
  await catalogue.catchUp();
  const most = 9;
  t.same([...catalogue.index.choose({ match: matchOf("secret"), most })], []);
  t.equal(
    [...catalogue.index.choose({ match: matchOf("open"), most })].length,
    1,
  );
  t.equal(catalogue.index.byId("a@x"), undefined);
  // The same entry, tried again, finds its number.
  const again = await store({
    archiveDir: place.dir,
    id: "id-1",
    content: [Buffer.from("Subject: secret\n\n")],
    date: new Date(),
  });
  t.equal(again.number, 1);
});

t.test("an index that is lost is made again", async (t) => {
  const place = new Place(t);
  for (let n = 0; n < 3; n += 1) await place.post(`Message-ID: <${n}@x>`);
  const before = new Catalogue(place.home, LIST);
  await before.catchUp();
  before.close();
  forgetIndex(place.home, LIST);
  const after = place.open(t);
  t.equal(after.index.count, 0);
  await after.catchUp();
  t.equal(after.index.count, 3);
});

t.test("an archive that was made anew under the name", async (t) => {
  const place = new Place(t);
  for (let n = 0; n < 3; n += 1) await place.post(`Message-ID: <${n}@x>`);
  const catalogue = place.open(t);
  await catalogue.catchUp();
  rmSync(place.dir, { recursive: true });
  await catalogue.catchUp();
  t.equal(catalogue.index.count, 0);
  await place.post("Message-ID: <new@x>");
  await catalogue.catchUp();
  t.equal(catalogue.index.count, 1);
  t.equal(catalogue.index.byId("new@x")?.number, 1);
});

t.test("tombstones of an archive that was made anew are others", async (t) => {
  const place = new Place(t);
  for (const found of [1, 2]) {
    for (let n = 0; n < 2; n += 1) await place.post(`Message-ID: <${n}@x>`);
    const stone = { number: found, at: "2026-11-05", by: "a", reason: "b" };
    t.ok(await expunge(place.dir, stone));
    t.same([...buriedIn(place.dir).keys()], [found]);
    rmSync(place.dir, { recursive: true });
  }
  t.equal(buriedIn(place.dir).size, 0);
});

t.test("it stops when it is told, and goes on there", async (t) => {
  const place = new Place(t);
  for (let n = 0; n < 120; n += 1) await place.post(`Message-ID: <${n}@x>`);
  const catalogue = place.open(t);
  let turns = 0;
  t.notOk(await catalogue.catchUp({ goesOn: () => turns++ < 1 }));
  t.equal(catalogue.behind, 20);
  await t.rejects(catalogue.mustCatchUp({ goesOn: () => false }), {
    message: /being indexed: 20 posts are left/,
  });
  t.ok(await catalogue.catchUp());
});

t.test("a number without a file is passed over", async (t) => {
  const place = new Place(t);
  for (let n = 0; n < 3; n += 1) await place.post(`Message-ID: <${n}@x>`);
  rmSync(join(place.dir, "numbers", "0", "2"));
  const catalogue = place.open(t);
  t.ok(await catalogue.catchUp());
  t.equal(catalogue.index.count, 2);
});

t.test("dates that cannot be are those of the arrival", async (t) => {
  const stored = Date.parse("2026-11-05T10:00:00Z");
  const header = (date: string, received?: string) => {
    const made = new Header().add("Date", date);
    return received ? made.prepend("Received", `from x; ${received}`) : made;
  };
  const at = (...given: Parameters<typeof header>) =>
    new Date(dateOf(header(...given), stored)).toISOString().slice(0, 10);
  t.equal(at("Thu, 5 Nov 2026 01:00:00 +0000"), "2026-11-05");
  t.equal(at("Tue, 3 Nov 2026 01:00:00 +0000"), "2026-11-05");
  t.equal(at("Thu, 5 Nov 2099 01:00:00 +0000"), "2026-11-05");
  t.equal(at("yesterday"), "2026-11-05");
  t.equal(
    at("Mon, 2 Nov 2020 01:00:00 +0000", "Mon, 2 Nov 2020 01:00:09 +0000"),
    "2020-11-02",
    "an old post that came in when it was written",
  );
});
