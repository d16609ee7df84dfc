import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import {
  decodeQuotedPrintable,
  encodeQuotedPrintable,
} from "../../src/mail/transferEncoding.ts";
import {
  decodeWords,
  encodePhrase,
  encodeWords,
} from "../../src/mail/words.ts";

t.test("the examples of RFC 2047 §8", (t) => {
  const table: [string, string][] = [
    ["(=?ISO-8859-1?Q?a?=)", "(a)"],
    ["(=?ISO-8859-1?Q?a?= b)", "(a b)"],
    ["(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"],
    ["(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"],
    ["(=?ISO-8859-1?Q?a_b?=)", "(a b)"],
    ["(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"],
    ["=?US-ASCII?Q?Keith_Moore?= <m@x>", "Keith Moore <m@x>"],
  ];
  for (const [from, to] of table) t.equal(decodeWords(from), to);
  t.end();
});

t.test("charsets, a split character, and what stays as it is", (t) => {
  const table: [string, string][] = [
    ["=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"],
    ["=?koi8-r?Q?=F0=D2?=", "Пр"],
    ["=?GB2312?B?xOO6ww==?=", "你好"],
    ["=?cp949?B?x9GxuQ==?=", "한국"],
    ["=?utf-8*en?q?x?=", "x"],
    ["=?utf-8?q?=C3?= =?UTF-8?q?=A9?=", "é"],
    ["=?nosuch?q?a?= b", "=?nosuch?q?a?= b"],
    ["=?utf-8?x?a?=", "=?utf-8?x?a?="],
    ["=?utf-8?q?a", "=?utf-8?q?a"],
    ["a =?nosuch?q?a?= =?utf-8?q?b?=", "a =?nosuch?q?a?= b"],
  ];
  for (const [from, to] of table) t.equal(decodeWords(from), to, from);
  t.end();
});

t.test("what was encoded is decoded again", (t) => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({ maxLength: 200 }),
    fc.constant("=?utf-8?q?nested?= ü  ü"),
  );
  fc.assert(
    fc.property(text, (value) => {
      const line = value.replace(/\p{Cc}+/gu, " ").trim();
      const encoded = encodeWords(value);
      assert.match(encoded, /^[ -~]*$/);
      for (const word of encoded.split(" "))
        if (word.startsWith("=?utf-8?") && word !== line)
          assert.ok(word.length <= 75);
      return decodeWords(encoded) === line;
    }),
  );
  t.end();
});

t.test("a phrase is atoms, quoted or encoded", (t) => {
  t.equal(encodePhrase("Ann Example"), "Ann Example");
  t.equal(encodePhrase('Ann "A." <x>'), '"Ann \\"A.\\" <x>"');
  t.match(encodePhrase("Dr. Jörg, MD"), /^=\?utf-8\?[qb]\?[^ ,.]+\?=$/);
  t.equal(encodePhrase("a\r\nBcc: b"), '"a Bcc: b"');
  t.end();
});

t.test("decoding never throws", (t) => {
  const part = fc.constantFrom(
    "=?",
    "?=",
    "?",
    "utf-8",
    "q",
    "b",
    "=",
    " ",
    "é",
    "=C3",
    "iso-2022-jp",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      decodeWords(parts.join(""));
    }),
  );
  t.end();
});

t.test("quoted-printable: there and back, lines of at most 76", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const encoded = encodeQuotedPrintable(bytes);
      assert.match(
        encoded.toString("latin1"),
        /^(?:[\t -~]{0,76}\n)*[\t -~]{0,76}$/,
      );
      assert.doesNotMatch(encoded.toString("latin1"), /[ \t](?:\n|$)/);
      return decodeQuotedPrintable(encoded).equals(Buffer.from(bytes));
    }),
  );
  t.equal(
    decodeQuotedPrintable(Buffer.from("a=\r\nb=\nc=e9=zz=")).toString("latin1"),
    "abc\xe9=zz=",
  );
  t.equal(
    encodeQuotedPrintable(Buffer.from("a\nb"), "\r\n").toString(),
    "a\r\nb",
  );
  t.end();
});
