import fc from "fast-check";
import t from "tap";
import { Canonical, DotStuffing } from "../../src/outbound/canonical.ts";

const signs = fc
  .array(fc.constantFrom("\r", "\n", ".", "x", "ö"), { size: "+1" })
  .map((chosen) => Buffer.from(chosen.join("")));

/** In parts of one byte. */
const bytewise = (bytes: Uint8Array) =>
  [...bytes].map((it) => Uint8Array.of(it));

function canonical(parts: readonly Uint8Array[]) {
  const form = new Canonical();
  const out = parts.map((part) => Buffer.from(form.push(part)));
  out.push(Buffer.from(form.end()));
  const { size, dots, eightBit, utf8Header } = form;
  return {
    text: Buffer.concat(out).toString(),
    size,
    dots,
    eightBit,
    utf8Header,
  };
}

t.test(
  "no CR and no LF but in CRLF, at the end too; cut or whole",
  async () => {
    fc.assert(
      fc.property(signs, (bytes) => {
        const found = canonical([bytes]);
        t.same(canonical(bytewise(bytes)), found);
        t.notMatch(found.text, /\r(?!\n)|(?<!\r)\n|[^\n]$/);
        t.equal(found.size, Buffer.byteLength(found.text));
        t.equal(found.dots, (found.text.match(/^\./gm) ?? []).length);
        t.equal(found.eightBit, found.text.includes("ö"));
        const header = found.text.split(/^\r\n/m, 1)[0] ?? "";
        t.equal(found.utf8Header, header.includes("ö"));
      }),
    );
  },
);

t.test("dots at the beginning of lines are doubled; cut or whole", async () => {
  fc.assert(
    fc.property(signs, (bytes) => {
      const whole = new DotStuffing().push(bytes);
      const cut = new DotStuffing();
      const parts = bytewise(bytes).map((part) => Buffer.from(cut.push(part)));
      t.ok(Buffer.concat(parts).equals(whole));
      t.equal(
        Buffer.from(whole).toString(),
        bytes.toString().replace(/(^|\n)\./g, "$1.."),
      );
    }),
  );
  const chunk = Buffer.from("no dot. here\r\n");
  t.equal(new DotStuffing().push(chunk), chunk, "the very same bytes");
});

t.test("what is given out is good until the next call only", async (t) => {
  const form = new Canonical();
  const first = form.push(Buffer.from("aaaa"));
  const kept = Buffer.from(first);
  form.push(Buffer.from("bbbb"));
  t.same(kept.toString(), "aaaa");
});
