import fc from "fast-check";
import t from "tap";
import { partsOf, type Words } from "../../../src/lists/braces.ts";
import { decodeQuotedPrintable } from "../../../src/mail/transferEncoding.ts";
import { linesOf } from "../../../src/outbound/personal/lines.ts";

const words = (address: string): Words => ({
  address,
  list: "news@x.org",
  token: "t",
  unsubscribe: "https://x.org/t",
});
const lines = (text: string, address: string, quoted = false) =>
  linesOf(partsOf(text), quoted)(words(address));

t.test("lines are filled in, with CRLF", async (t) => {
  const { bytes, eightBit } = lines(
    "a {{address}}\n\n{{list}}\n",
    "anna@x.org",
  );
  t.equal(bytes.toString(), "a anna@x.org\r\n\r\nnews@x.org\r\n");
  t.equal(eightBit, false);
  t.equal(lines("ü\n", "").eightBit, true);
  t.equal(lines("{{address}}\n", "ü").eightBit, true);
});

t.test("quoted-printable reads as the same text, on short lines", async () => {
  const text = fc.string({ unit: "grapheme", maxLength: 300 });
  fc.assert(
    fc.property(text, text, (one, address) => {
      const whole = `${one.replaceAll("\r", "")}{{address}}\n=\n`;
      const { bytes, eightBit } = lines(whole, address, true);
      const decoded = decodeQuotedPrintable(bytes).toString();
      return (
        !eightBit &&
        decoded.replaceAll("\r\n", "\n") ===
          whole.replace("{{address}}", () => address).toWellFormed() &&
        bytes
          .toString("latin1")
          .split("\r\n")
          .every((line) => line.length <= 76)
      );
    }),
  );
});

t.test(
  "a line that is too long is broken at a blank, or else between characters",
  async (t) => {
    const widths = (address: string) => {
      const text = lines("{{address}} and more\nnext\n", address).bytes;
      t.notMatch(text.toString(), "\ufffd");
      t.equal(
        text.toString().replaceAll("\r\n", ""),
        `${address} and morenext`,
        "nothing is lost",
      );
      return text
        .toString("latin1")
        .split("\r\n")
        .map((line) => line.length);
    };
    t.same(widths("x".repeat(1200)), [988, 221, 4, 0]);
    t.same(widths(`${"x".repeat(700)} ${"y".repeat(700)}`), [701, 709, 4, 0]);
    t.ok(widths("ü".repeat(1000)).every((width) => width <= 990));
    t.ok(widths("😀".repeat(1000)).every((width) => width <= 990));
  },
);
