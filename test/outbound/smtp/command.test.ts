import fc from "fast-check";
import t from "tap";
import { refusal } from "../../../src/outbound/outcome.ts";
import {
  mailCommand,
  originalRecipient,
  rcptCommand,
  xtext,
} from "../../../src/outbound/smtp/command.ts";
import {
  extensionsOf,
  NOTHING,
} from "../../../src/outbound/smtp/extensions.ts";
import type { Letter } from "../../../src/outbound/smtp/letter.ts";
import { anyString } from "../../anyString.ts";
import { content } from "./talking.ts";

const ALL = extensionsOf([
  "x",
  "SIZE 999",
  "8BITMIME",
  "SMTPUTF8",
  "DSN",
  "XVERP",
]);
const LETTER: Letter = {
  sender: "list-bounces@x",
  recipients: [],
  content: content("12345"),
};

t.test("MAIL says what the server has words for", async (t) => {
  const mail = (more: Partial<Letter>, utf8 = false, offers = ALL) =>
    mailCommand({ ...LETTER, ...more }, utf8, offers);
  t.equal(mail({}), "MAIL FROM:<list-bounces@x> SIZE=5\r\n");
  t.equal(mail({ sender: "" }, false, NOTHING), "MAIL FROM:<>\r\n");
  const full = {
    envid: "id+1=x y",
    xverp: true,
    content: content("\xff", { eightBit: true }),
  };
  t.equal(
    mail(full, true),
    "MAIL FROM:<list-bounces@x> SIZE=1 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=id+2B1+3Dx+20y XVERP\r\n",
  );
  t.equal(mail(full, false, NOTHING), "MAIL FROM:<list-bounces@x>\r\n");
  t.equal(
    mail({ sender: "", xverp: true }),
    "MAIL FROM:<> SIZE=5\r\n",
    "nobody's address has no copies",
  );
  t.notMatch(mail({ envid: "x".repeat(101) }), /ENVID/);
});

t.test("RCPT asks for reports only for a message that has an id", async (t) => {
  t.equal(rcptCommand("a@x", undefined, ALL), "RCPT TO:<a@x>\r\n");
  t.equal(rcptCommand("a@x", "1", NOTHING), "RCPT TO:<a@x>\r\n");
  t.equal(
    rcptCommand("a+b@x", "1", ALL),
    "RCPT TO:<a+b@x> NOTIFY=FAILURE ORCPT=rfc822;a+2Bb@x\r\n",
  );
  const long = `"${"=".repeat(200)}"@x`;
  t.equal(
    rcptCommand(long, "1", ALL),
    `RCPT TO:<${long}> NOTIFY=FAILURE\r\n`,
    "ORCPT has at most 500 characters",
  );
});

t.test("addresses in reports", async (t) => {
  for (const [address, form] of [
    ['"john doe"@x', 'rfc822;"john+20doe"@x'],
    ["jörg@exämple.org", "utf-8;j\\x{F6}rg@ex\\x{E4}mple.org"],
    ["a+b=c\\d😀@x", "utf-8;a\\x{2B}b\\x{3D}c\\x{5C}d\\x{1F600}@x"],
  ])
    t.equal(originalRecipient(address as string), form);
});

t.test("xtext is printable ASCII, and can be read back", async () => {
  fc.assert(
    fc.property(anyString(), (text) => {
      const coded = xtext(text);
      const bytes = coded.replace(/[^+]|\+(..)/g, (sign, hex) =>
        hex === undefined
          ? sign
          : String.fromCharCode(Number.parseInt(hex, 16)),
      );
      return (
        /^([!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(coded) &&
        Buffer.from(bytes, "latin1").equals(Buffer.from(text))
      );
    }),
  );
});

t.test("no address ends its path or its line", async (t) => {
  for (const address of ["a@x\r\nDATA", "a@x> SIZE=1", "<a@x", "\n"]) {
    t.throws(() => rcptCommand(address, undefined, ALL));
    t.throws(() => mailCommand({ ...LETTER, sender: address }, false, ALL));
  }
  fc.assert(
    fc.property(anyString(), (address) => {
      if (refusal(address) !== undefined) return true;
      const line = rcptCommand(address, "1", ALL);
      return /^RCPT TO:<[^<>\r\n]*> [^\r\n]*\r\n$/.test(line);
    }),
  );
});
