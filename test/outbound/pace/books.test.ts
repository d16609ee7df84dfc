import t from "tap";
import { Books } from "../../../src/outbound/pace/books.ts";
import { parseRecord } from "../../../src/outbound/pace/record.ts";

const none = { rate: 0, shared_rate: 0, daily: 0 };
const x = { "x.example": { rate: 5, connections: 0 } };

t.test("a record has every limit, and a reserve of the smallest", (t) => {
  const rates = { rate: 6000, shared_rate: 1200, daily: 100_000 };
  const books = new Books(rates, x, undefined, 1000);
  books.peers(2, 0, 1000);
  books.rate.enter(7, 1000);
  books.rate.leave(7, 5, 1100);
  books.rate.enter(3, 1200);
  const { record } = books.draft(1300);
  t.same(parseRecord(JSON.stringify(record)), {
    at: 1300,
    windows: {
      rate: { past: [[1200, 5]], inFlight: 3, reserve: 10 },
      shared: { past: [], inFlight: 0, reserve: 10 },
      daily: { past: [], inFlight: 0, reserve: 10 },
      "@x.example": { past: [], inFlight: 0, reserve: 1 },
    },
  });
  const last = books.draft(1300, true).record.windows;
  t.ok(Object.values(last).every(({ reserve }) => reserve === 0));
  t.end();
});

t.test("no limit, no record", (t) => {
  const books = new Books(none, {}, undefined, 0);
  books.rate.enter(100, 0);
  t.notOk(books.isLimited);
  t.notOk(books.recordDue);
  t.same(books.draft(0).record, { at: 0, windows: {} });
  t.ok(new Books(none, x, undefined, 0).isLimited);
  t.end();
});

t.test("what goes while a record is written is covered by both", (t) => {
  const books = new Books({ ...none, rate: 6000 }, {}, undefined, 0);
  books.rate.enter(1, 0);
  t.ok(books.recordDue);
  books.recorded(books.draft(0));
  books.rate.enter(90, 0);
  t.notOk(books.recordDue, "in reserve");
  books.change({ rate: 600 }, 0);
  const draft = books.draft(0);
  const granted = books.granted();
  books.rate.enter(10, 0);
  t.notOk(books.recordDue, "in reserve of both");
  books.rate.enter(1, 0);
  t.ok(books.recordDue, "the new one has no more");
  books.recorded(draft);
  t.ok(books.recordDue);
  t.ok(books.covers(granted));
  t.notOk(books.covers(books.granted()));
  books.recorded(books.draft(0));
  t.notOk(books.recordDue);
  t.end();
});

t.test("a limit that was lifted and set again needs a record", (t) => {
  const books = new Books({ ...none, rate: 6000 }, {}, undefined, 0);
  books.rate.enter(1, 0);
  books.recorded(books.draft(0));
  books.change({ rate: 0 }, 0);
  books.recorded(books.draft(0));
  books.change({ rate: 6000 }, 0);
  t.ok(books.recordDue, "there is nothing of it on disk");
  t.end();
});

t.test("a restart goes on in every window", (t) => {
  const rates = { rate: 60, shared_rate: 60, daily: 60 };
  const books = new Books(rates, x, undefined, 0);
  books.peers(1, 0, 0);
  for (const window of [books.rate, books.shared, books.daily])
    window.enter(60, 0);
  for (const domain of books.domains.all()) domain.enter(5, 0);
  const { record } = books.draft(0);
  const again = new Books(rates, x, record, 1000);
  again.peers(1, 0, 1000);
  const waits = [again.rate, again.shared, again.daily].map((window) =>
    window.wait(1, 1000),
  );
  t.ok(waits.every((wait) => wait > 59_000));
  t.ok((again.domains.find("x.example")?.wait(1, 1000) ?? 0) > 59_000);
  t.end();
});
