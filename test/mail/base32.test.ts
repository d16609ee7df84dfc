import fc from "fast-check";
import t from "tap";
import { fromBase32, toBase32 } from "../../src/mail/base32.ts";

t.test("the examples of RFC 4648 §10", async (t) => {
  for (const [plain, text] of [
    ["", ""],
    ["f", "my"],
    ["fo", "mzxq"],
    ["foo", "mzxw6"],
    ["foob", "mzxw6yq"],
    ["fooba", "mzxw6ytb"],
    ["foobar", "mzxw6ytboi"],
  ] as const) {
    t.equal(toBase32(Buffer.from(plain)), text);
    t.equal(fromBase32(text)?.toString(), plain);
    t.equal(fromBase32(text.toUpperCase())?.toString(), plain);
  }
});

t.test("any bytes come back, and each has one text", async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      const back = fromBase32(toBase32(bytes));
      return back !== undefined && Buffer.from(bytes).equals(back);
    }),
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z2-7]{0,20}$/), (text) => {
      const bytes = fromBase32(text);
      return bytes === undefined || toBase32(bytes) === text;
    }),
  );
});

t.test("what is no base32 is nothing", async (t) => {
  for (const text of [
    "a",
    "abc",
    "abcdef",
    "mz",
    "my=",
    "m1",
    "m8",
    "m y",
    "mü",
  ])
    t.equal(fromBase32(text), undefined, text);
});
