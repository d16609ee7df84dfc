import fc from "fast-check";
import t from "tap";
import { linesOf } from "../../../src/lists/texts/fill.ts";
import type { Kind, Word } from "../../../src/lists/texts/words.ts";
import { anyString } from "../../anyString.ts";

const word = (kind: Kind): Word => ({ kind, about: "", sample: "" });
const one = (kind: Kind, value: string | number, language = "en") =>
  linesOf(word(kind), value, language)[0];

t.test("numbers are told as the language has them", async (t) => {
  t.equal(one("days", 1), "1 day");
  t.equal(one("days", "3", "de"), "3 Tage");
  t.equal(one("days", "a week"), "a week");
  t.equal(one("span", 3_600_000), "1 hour");
  t.equal(one("span", 5_400_000, "fr"), "90 minutes");
  t.equal(one("span", 86_400_000, "es"), "1 día");
  t.equal(one("span", 1500), "2 seconds");
  t.equal(one("size", 2_621_440, "de"), "2,5 MB");
  t.equal(one("size", 100), "100 bytes");
  t.equal(one("count", 12_345), "12,345");
  t.equal(one("line", "12345"), "12345");
});

t.test("a line is one, bounded, and turns nothing around", async (t) => {
  t.equal(
    one("line", " a\r\nBcc: b\u2028c\u0000 \u202ed\u202c "),
    "a Bcc: b c d",
  );
  const long = one("line", "👍".repeat(1e6)) ?? "";
  t.equal(long, `${"👍".repeat(250)}…`);
  t.equal(one("line", `x${"👍".repeat(400)}`), `x${"👍".repeat(249)}…`);
  t.equal(one("line", "\ud800"), "\ufffd");
});

t.test("lines are so many, and no more", async (t) => {
  const lines = (value: string | readonly string[]) =>
    linesOf(word("lines"), value, "en");
  t.same(lines("a\r\n  b  \n\n"), ["a", "  b"]);
  t.same(lines(["a\nb", "c"]), ["a b", "c"]);
  t.same(lines([]), []);
  const many = lines(Array.from({ length: 1005 }, () => "x"));
  t.equal(many.length, 1001);
  t.equal(many.at(-1), "… (+5)");
});

t.test("whatever comes, it is what it should be", async (t) => {
  const kinds: Kind[] = ["line", "lines", "days", "span", "count", "size"];
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.oneof(anyString(), fc.double(), fc.integer()),
      (kind, value) =>
        linesOf(word(kind), value, "en").every(
          (line) =>
            line.isWellFormed() &&
            line.length <= 501 &&
            !/[\p{Cc}\u2028\u2029]/u.test(line),
        ),
    ),
  );
  t.pass();
});
