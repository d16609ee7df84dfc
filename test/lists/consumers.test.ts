import t from "tap";
import {
  areHeard,
  consumersOf,
  isConsumer,
  isSetUp,
} from "../../src/lists/consumers.ts";

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

t.test("whether anybody hears of events", async (t) => {
  const log = "events/10-consume/10-log.hook.ts";
  const ask = (path: string, layer: string, ...queues: string[]) => ({
    ...streams(...queues),
    hooksOf: (queue: string) => (queue === "events" ? [{ path, layer }] : []),
  });
  t.notOk(areHeard(ask(log, "package"), "a@x.org"), "the log alone");
  t.ok(areHeard(ask(log, "site"), "a@x.org"), "another one in its place");
  t.ok(areHeard(ask("events/10-consume/50-mine", "list"), "a@x.org"));
  t.ok(areHeard(ask(log, "package", "events-mine"), "a@x.org"));
});
