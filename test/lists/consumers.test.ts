import t from "tap";
import { consumersOf, isConsumer, isSetUp } from "../../src/lists/consumers.ts";

const streams = (...queues: string[]) => ({
  site: { archive: {} },
  streams: (prefix: string) =>
    queues.filter((queue) => queue.startsWith(`${prefix}-`)),
});

t.test("who has a hook gets a copy", async (t) => {
  const ask = streams("archive-search", "events-search");
  t.same(consumersOf(ask, "archive", "a@x.org"), ["archive-search"]);
  t.same(consumersOf(ask, "events", "a@x.org"), ["events-search"]);
});

t.test("queues of consumers", async (t) => {
  t.ok(isConsumer("archive-search"));
  t.notOk(isConsumer("archive"));
  t.notOk(isConsumer("outbound"));
  t.ok(isSetUp({ archive: {} }, "archive-search"), "an administrator's own");
  t.ok(isSetUp({ archive: {} }, "posts"));
});
