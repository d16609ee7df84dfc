import { readFileSync } from "node:fs";
import t from "tap";
import {
  details,
  eventPage,
  eventSchema,
  kindsOfEvents,
} from "../../../src/lists/schema/event.ts";

t.test("the schema in docs/ is that of the source", async (t) => {
  const page = readFileSync("docs/event.schema.json", "utf8");
  t.equal(page, eventPage(), "run: npm run settings");
  const { oneOf, $defs } = JSON.parse(page);
  t.same(
    oneOf.map(({ $ref }: { $ref: string }) => $ref),
    kindsOfEvents.map((kind) => `#/$defs/${kind}`),
  );
  for (const kind of kindsOfEvents) {
    t.ok($defs[kind].description, `${kind} is described`);
    t.same(
      $defs[kind].required,
      "version id event list at by cause detail".split(" "),
    );
  }
});

t.test("each kind is described in docs/events.md", async (t) => {
  const page = readFileSync("docs/events.md", "utf8");
  const family = (kind: string) => `${kind.split(".")[0]}.…`;
  for (const kind of Object.keys(details))
    t.ok(page.includes(kind) || page.includes(family(kind)), kind);
});

t.test("what is no event is refused", async (t) => {
  const event = {
    version: 1,
    id: "0mwslj4p4-00k3v9x2w1qz",
    event: "list.renamed",
    list: "a@b",
    at: new Date(0).toISOString(),
    by: { by: "command", who: "root" },
    cause: {},
    detail: { from: "c@b" },
  };
  t.same(eventSchema.parse(event), event);
  for (const change of [
    { version: 2 },
    { id: "x" },
    { event: "list.eaten" },
    { by: { by: "door", who: "" } },
    { detail: {} },
  ])
    t.notOk(eventSchema.safeParse({ ...event, ...change }).success);
});
