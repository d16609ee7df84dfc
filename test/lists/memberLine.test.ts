// A member's line: read as it was written, whatever stands in it.
import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import {
  csvLine,
  headLine,
  headOf,
  memberLine,
} from "../../src/lists/memberLine.ts";
import { deliveries, moderations } from "../../src/state/member.ts";

const head = headOf(headLine) as readonly string[];

t.test("the columns are those of the header, in its order", (t) => {
  const of = (first: string, line: string) =>
    memberLine(line, headOf(first) as readonly string[]);
  t.same(of("Name, Address", "Anna,a@x.org"), {
    address: "a@x.org",
    name: "Anna",
  });
  t.same(of("address", "a@x.org"), { address: "a@x.org" });
  t.same(of("address,delivery", "a@x.org, Digest"), {
    address: "a@x.org",
    delivery: "digest-mime",
  });
  t.same(of("address,own-copy", "a@x.org,No"), {
    address: "a@x.org",
    ownCopy: false,
  });
  t.same(
    of(
      "address,away,language,moderation,duplicates,acknowledge,suspended,joined",
      "a@x.org,2026-12-24,DE,free,yes,-,2026-01-02T03:04:05Z,2001-01-01",
    ),
    {
      address: "a@x.org",
      away: Date.UTC(2026, 11, 24),
      language: "de",
      moderation: "free",
      duplicates: true,
      acknowledge: null,
      suspended: Date.UTC(2026, 0, 2, 3, 4, 5),
      joined: Date.UTC(2001, 0, 1),
    },
  );
  t.same(of("address,away,language", "a@x.org,-,-"), {
    address: "a@x.org",
    away: null,
    language: "",
  });
  t.same(of("address,name", "a@x.org"), { address: "a@x.org" });
  t.same(of("address,delivery", "Anna <a@x.org>,nomail"), {
    address: "a@x.org",
    name: "Anna",
    delivery: "nomail",
  });
  t.same(of("delivery,address", "nomail,Anna <a@x.org>"), {
    address: "a@x.org",
    name: "Anna",
    delivery: "nomail",
  });
  t.same(of("address,delivery", '"Doe, J" <a@x.org>'), {
    address: "a@x.org",
    name: "Doe, J",
  });
  t.end();
});

t.test("what cannot be read is told by its column", (t) => {
  const of = (first: string, line: string) =>
    memberLine(line, headOf(first) as readonly string[]);
  const cases: [string, string, RegExp][] = [
    ["address,away", "a@x.org,tomorrow", /^away must be a date such as/],
    ["address,joined", "a@x.org,-", /^joined must be a date such as/],
    ["address,away", "a@x.org,2026-02-31", /^away must be/],
    ["address,own_copy", "a@x.org,maybe", /^own_copy must be yes, no or -/],
    ["address,moderation", "a@x.org,x", /^moderation must be one of default,/],
    ["address,language", "a@x.org,german", /^language must be/],
    ["address,name", "a@x.org,b,c", /^more than address,name/],
    ["name,address", "Anna", /^no usable address/],
    ["name,address", "a@x.org,Anna", /^no usable address/],
    ["address,name", 'a@x.org,"Anna', /^a quote is not closed/],
    ["address,name", "a@x.org;Anna", /^columns are separated by commas/],
  ];
  for (const [first, line, why] of cases)
    t.match(of(first, line), { why }, `${first} ${line}`);
  t.end();
});

t.test("a header is told from a member, and wrong columns by name", (t) => {
  for (const line of ["a@x.org", "Name <a@x.org>", "a@x.org,posts,name", "who"])
    t.equal(headOf(line), undefined, line);
  t.same(headOf("address"), ["address"]);
  t.same(headOf(' "Address" ,NAME'), ["address", "name"]);
  const cases: [string, RegExp][] = [
    ["address,delivry", /^no such column: "delivry"; there may stand address,/],
    ["email,naem", /^no such column: "email", "naem"/],
    ["name,delivery", /^there is no column address/],
    ["address,name,Name", /^two columns name/],
    ["address;name", /^columns are separated by commas, not by semicolons/],
    ['address,"name', /^a quote is not closed/],
  ];
  for (const [line, why] of cases) t.match(headOf(line), { why }, line);
  t.end();
});

t.test("every member survives its line", async () => {
  const flag = fc.constantFrom(undefined, true, false);
  const moment = fc.integer({ min: 1, max: 4_000_000_000_000 });
  const maybe = fc.option(moment, { nil: undefined });
  const member = fc.record({
    key: fc.constant("a@x.org"),
    address: fc.constantFrom(
      "a@x.org",
      '"a,b"@x.org',
      "#a@x.org",
      '"a\\"b"@x.org',
      "é@x.org",
      "a+b@[127.0.0.1]",
    ),
    name: fc
      .string({ unit: "grapheme" })
      .map((name) => name.replace(/\p{C}/gu, "").trim()),
    delivery: fc.constantFrom(...deliveries),
    ownCopy: flag,
    duplicates: flag,
    acknowledge: flag,
    language: fc.constantFrom("", "de", "pt-BR"),
    moderation: fc.constantFrom(...moderations),
    away: maybe,
    suspended: maybe,
    suspendedFor: fc.constantFrom("", "bounces", "#, or so"),
    joined: moment,
  });
  fc.assert(
    fc.property(member, (one) => {
      const { key: _, ...rest } = one;
      const said = Object.entries(rest).filter(
        ([, value]) => value !== "" && value !== undefined,
      );
      assert.deepEqual(
        { ...memberLine(csvLine(one), head) },
        Object.fromEntries(said),
      );
    }),
    { numRuns: 500 },
  );
});

t.test("no line breaks the reading", async () => {
  const piece = fc.constantFrom(
    '"',
    ",",
    "<",
    ">",
    "a@b.org",
    "posts",
    " ",
    "\\",
    "x",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((all) => all.join("")),
      ),
      (line) => {
        const read = memberLine(line);
        return "why" in read || read.address.includes("@");
      },
    ),
  );
});
