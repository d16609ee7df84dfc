import fc from "fast-check";
import t from "tap";
import { addressesIn, addressOf } from "../../src/bounce/addresses.ts";
import { anyString } from "../anyString.ts";

t.test("addresses are found however a sentence puts them", async (t) => {
  const cases: [string, string[]][] = [
    ["<ann@example.org>: unknown", ["ann@example.org"]],
    ["to=<ann@example.org>, relay=mx", ["ann@example.org"]],
    ["to=ann@example.org.", ["ann@example.org"]],
    ["mailto:ann@example.org (Ann)", ["ann@example.org"]],
    [
      "'ann@example.org' and `bob@example.com'",
      ["ann@example.org", "bob@example.com"],
    ],
    ['"ann smith"@example.org', ['"ann smith"@example.org']],
    ["ann@[192.0.2.1] x", ["ann@[192.0.2.1]"]],
    ["宛先ann@example.co.jpは", ["宛先ann@example.co.jpは"]],
    ["@ a@ @b ann@", []],
  ];
  for (const [line, found] of cases) t.same(addressesIn(line), found, line);
});

t.test("the address of a field loses what is around it", async (t) => {
  for (const value of [
    "ann@example.org",
    "rfc822; <ann@example.org>",
    "<ann@EXAMPLE.org>",
    " ann@example.org (Ann)",
  ])
    t.equal(addressOf(value), "ann@example.org", value);
  t.equal(addressOf("someone@#example.net"), "someone@#example.net");
  t.equal(addressOf("nobody here"), undefined);
});

t.test("any line does, and what is found is in it", async (t) => {
  fc.assert(
    fc.property(anyString({ maxLength: 300 }), (line) => {
      for (const found of addressesIn(line)) {
        t.ok(found.includes("@"));
        t.notMatch(found, /\s(?=[^"]*@)|[<>]/);
      }
      const one = addressOf(line);
      if (one !== undefined) t.ok(one.length <= 320);
    }),
    { numRuns: 300, seed: 1 },
  );
});
