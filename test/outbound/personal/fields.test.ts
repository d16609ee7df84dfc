import fc from "fast-check";
import t from "tap";
import { parseHeader } from "../../../src/mail/header.ts";
import { decodeWords } from "../../../src/mail/words.ts";
import { fieldsOf } from "../../../src/outbound/personal/fields.ts";
import { wordsOf } from "../../../src/outbound/personal/values.ts";
import { anyString } from "../../anyString.ts";
import { news, personalList, values } from "./lists.ts";

function text(personal: string, address: string): string {
  const settings = personalList(personal).settings.personal;
  const words = wordsOf(news, settings)(address, values);
  return fieldsOf(settings).text(words, values.mailbox);
}

t.test(
  "fields in the order of the settings, those to unsubscribe first",
  async (t) => {
    const personal =
      'headers = ["X-A: {{token}}", "X-a:b"]\nunsubscribe_url = "https://x.org/{{token}}"';
    t.equal(
      text(personal, "anna@x.org"),
      `List-Unsubscribe: <https://x.org/${values.token}>,\r\n <mailto:${values.mailbox}>\r\n` +
        `List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nX-A: ${values.token}\r\nX-a: b\r\n`,
    );
    t.same(fieldsOf(personalList(personal).settings.personal).names, [
      "X-A",
      "X-a",
      "List-Unsubscribe",
      "List-Unsubscribe-Post",
    ]);
    t.equal(text('footer = "x"', "anna@x.org"), "");
  },
);

t.test(
  "whatever the address is, a field is one field with short lines",
  async () => {
    const personal =
      'headers = ["X-A: <{{address}}>", "X-B: für {{address}}{{address}} {{address}}", "X-C: c"]';
    const address = fc.oneof(
      anyString({ maxLength: 400 }),
      fc.string({
        unit: fc.constantFrom("\r", "\n", " ", "\t", ":", "x", "ü", "\0"),
      }),
      fc.constant("x".repeat(2000)),
      fc.constant("😀".repeat(500)),
    );
    fc.assert(
      fc.property(address, (address) => {
        const bytes = Buffer.from(text(personal, address));
        const { header } = parseHeader(
          Buffer.concat([bytes, Buffer.from("\r\n")]),
        );
        return (
          header.names().join() === "x-a,x-b,x-c" &&
          header.get("X-C") === "c" &&
          !/\r(?!\n)|(?<!\r)\n|\n(?! |X-[ABC]:|$)/.test(bytes.toString()) &&
          bytes
            .toString("latin1")
            .split("\r\n")
            .every((line) => line.length <= 998)
        );
      }),
    );
  },
);

t.test("a short address stands there as it is", async () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      const bytes = Buffer.from(
        text('headers = ["X-A: {{address}}", "X-B: für {{address}}"]', address),
      );
      const { header } = parseHeader(bytes);
      return (
        header.get("X-A") === address &&
        decodeWords(header.get("X-B") ?? "") === `für ${address}`
      );
    }),
  );
});
