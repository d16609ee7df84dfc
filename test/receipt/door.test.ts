import fc from "fast-check";
import t from "tap";
import { type List, Lists } from "../../src/lists/directory.ts";
import { loadSite } from "../../src/lists/settings.ts";
import {
  addressed,
  doorOf,
  extendedBy,
  found,
  shadow,
} from "../../src/receipt/door.ts";
import { groups } from "../lists/groups.ts";

function listsOf(...addresses: string[]): Lists {
  const known = new Map(
    addresses.map((address) => [address, { address } as List]),
  );
  return { made: (address: string) => known.get(address) } as unknown as Lists;
}

t.test("the longest list's name that an address begins with", async (t) => {
  const lists = listsOf(
    "dev@x.org",
    "dev-java@x.org",
    "a+b@x.org",
    "dev@y.org",
  );
  const cases: [string, string | undefined, string][] = [
    ["dev@x.org", "dev@x.org", ""],
    ["DEV@X.org", "dev@x.org", ""],
    ["dev-request@x.org", "dev@x.org", "request"],
    ["dev+request@x.org", "dev@x.org", "request"],
    ["Dev-Owner@x.org", "dev@x.org", "owner"],
    ["dev-java@x.org", "dev-java@x.org", ""],
    ["dev-java-owner@x.org", "dev-java@x.org", "owner"],
    ["dev-javascript@x.org", "dev@x.org", "javascript"],
    ["dev-bounces+anna=y.org@x.org", "dev@x.org", "bounces+anna=y.org"],
    ["a+b-owner@x.org", "a+b@x.org", "owner"],
    ["dev-@x.org", undefined, ""],
    ["dev_owner@x.org", undefined, ""],
    ["dev@z.org", undefined, ""],
    ["dev", undefined, ""],
    ["@x.org", undefined, ""],
    ["", undefined, ""],
    ["devil@x.org", undefined, ""],
  ];
  for (const [recipient, address, extension] of cases) {
    const found = addressed(lists, "-+", recipient);
    t.equal(found?.list.address, address, recipient);
    if (address) t.equal(found?.extension, extension, recipient);
  }
  t.equal(addressed(lists, "", "dev-owner@x.org"), undefined, "no delimiters");
});

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const name = fc
  .array(word, { minLength: 1, maxLength: 3 })
  .map((words) => words.join("-"));
const delimiter = fc.constantFrom("-", "+");

t.test("any name, delimiter and extension are taken apart again", async (t) => {
  fc.assert(
    fc.property(
      name,
      delimiter,
      name,
      fc.boolean(),
      (local, between, extension, upper) => {
        const lists = listsOf(`${local}@x.org`);
        const plain = `${local}${between}${extension}@x.org`;
        const found = addressed(
          lists,
          "-+",
          upper ? plain.toUpperCase() : plain,
        );
        t.equal(found?.extension, extension);
        t.equal(found?.list.address, `${local}@x.org`);
      },
    ),
  );
});

t.test(
  "no text makes it throw, and an extension is never invented",
  async (t) => {
    const lists = listsOf("dev@x.org");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `dev-${text}@x.org`),
        ),
        (text) => {
          const found = addressed(lists, "-+", text);
          if (found && found.extension !== "")
            t.ok(text.toLowerCase().includes(found.extension));
          else t.ok(!found || text.toLowerCase() === "dev@x.org");
        },
      ),
    );
  },
);

t.test("which door an extension is", async (t) => {
  const queue = (queue: string) => ({ kind: "queue", queue });
  const cases: [string, unknown, unknown][] = [
    ["", queue("posts"), queue("posts")],
    ["owner", queue("owner"), queue("owner")],
    ["bounces", queue("bounces"), queue("bounces")],
    ["bounces+anna=y.org", queue("bounces"), queue("bounces")],
    ["request", queue("commands"), queue("commands")],
    ["subscribe", queue("commands"), queue("commands")],
    ["confirm+0abc", queue("commands"), queue("commands")],
    ["archive", { kind: "closed" }, queue("archive")],
    ["digest", { kind: "closed" }, queue("digest")],
    // A consumer's queue is reached by no address.
    ["archive-amqp", { kind: "closed" }, queue("archive")],
    ["events-amqp", { kind: "closed" }, queue("events")],
    ["events", { kind: "closed" }, queue("events")],
    ["search", { kind: "unknown" }, queue("search")],
    ["owner-x", { kind: "unknown" }, queue("owner")],
  ];
  for (const [extension, outside, ours] of cases) {
    t.same(
      doorOf(extension, "-+", false),
      outside,
      `${extension} from outside`,
    );
    t.same(doorOf(extension, "-+", true), ours, `${extension} of the mill`);
  }
});

t.test("from outside nobody gets into a stream", async (t) => {
  const open = ["posts", "bounces", "owner", "commands"];
  fc.assert(
    fc.property(fc.oneof(fc.string(), name), (extension) => {
      const door = doorOf(extension.toLowerCase(), "-+", false);
      t.ok(door.kind !== "queue" || open.includes(door.queue));
    }),
  );
});

t.test("lists that would get each other's mail are told apart", async (t) => {
  const names = ["news@x.org", "dev-archive@x.org"];
  const cases: [string, string | undefined][] = [
    ["news-archive@x.org", "news@x.org"],
    ["news+owner@x.org", "news@x.org"],
    ["news-bounces-a@x.org", "news@x.org"],
    ["dev@x.org", "dev-archive@x.org"],
    ["news-team@x.org", undefined],
    ["newsletter@x.org", undefined],
    ["news-archive@y.org", undefined],
    ["news@x.org", undefined],
  ];
  for (const [address, other] of cases)
    t.equal(shadow(names, "-+", address), other, address);
  const all = new Set([...names, "news-archive@x.org"]);
  const stems = [...all].map((name) => extendedBy(all, "-+", name));
  t.same(stems, [undefined, undefined, "news@x.org"], "a pair is found once");
});

t.test("in a domain on demand, what there is decides", async (t) => {
  const home = t.testdir({ lists: { "dev@corp.org": { "list.toml": "" } } });
  groups(home, "corp.org", ["sales", "sales-owner", "dev-java", "dev-owner"]);
  const site = loadSite(home);
  const lists = new Lists(home, site);
  const cases: [string, string | undefined, string][] = [
    ["sales@corp.org", "sales@corp.org", ""],
    ["Sales@Corp.ORG", "sales@corp.org", ""],
    ["sales-owner@corp.org", "sales-owner@corp.org", ""],
    ["sales+owner@corp.org", "sales@corp.org", "owner"],
    ["sales-owner-owner@corp.org", "sales-owner@corp.org", "owner"],
    ["sales-bounces+a-b=c@corp.org", "sales@corp.org", "bounces+a-b=c"],
    ["sales-archive@corp.org", "sales@corp.org", "archive"],
    ["sales-stuff@corp.org", undefined, ""],
    ["nobody@corp.org", undefined, ""],
    ["nobody-owner@corp.org", undefined, ""],
    ["sales@elsewhere.org", undefined, ""],
    ["dev@corp.org", "dev@corp.org", ""],
    // The doors of a list that somebody made are its own.
    ["dev-owner@corp.org", "dev@corp.org", "owner"],
    ["dev-java@corp.org", "dev-java@corp.org", ""],
    ["dev-stuff@corp.org", "dev@corp.org", "stuff"],
  ];
  for (const [recipient, address, extension] of cases) {
    const at = await found(lists, site, recipient);
    t.equal(at?.list.address, address, recipient);
    t.equal(at?.extension ?? "", extension, recipient);
    t.equal(at?.list.onDemand ?? true, address !== "dev@corp.org", recipient);
  }
});
