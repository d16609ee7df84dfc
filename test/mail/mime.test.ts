import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { Header } from "../../src/mail/header.ts";
import { openMessage } from "../../src/mail/message.ts";
import { contentType, dkimSigned, protection } from "../../src/mail/mime.ts";

const typeOf = (value: string) => {
  const { type, subtype, params } = contentType(
    new Header().add("Content-Type", value),
  );
  return { type: `${type}/${subtype}`, params: Object.fromEntries(params) };
};

t.test("types and parameters", (t) => {
  const table: [string, string, Record<string, string>][] = [
    ["TEXT/Html; Charset=UTF-8", "text/html", { charset: "UTF-8" }],
    ['a/b; x="a;\\"b\\"(c)"; y=1 (note;)', "a/b", { x: 'a;"b"(c)', y: "1" }],
    ["a/b; x*0=one; x*1*=%20two; x*2=%20", "a/b", { x: "one two%20" }],
    ["a/b; x*=iso-8859-1'en'%e9", "a/b", { x: "é" }],
    ["a/b; x*1=b; x*0=a", "a/b", { x: "ab" }],
    ["a/b; x=1; x=2; =; y", "a/b", { x: "1" }],
    ["a/b; __proto__=x", "a/b", { ["__proto__"]: "x" }],
    ["nonsense", "text/plain", {}],
    ["", "text/plain", {}],
    ["a/b/c", "text/plain", {}],
  ];
  for (const [value, type, params] of table)
    t.strictSame(typeOf(value), { type, params }, value);
  t.end();
});

const table = "../shared/corpus/addresses/stalwart-content-type.json";
t.test(
  "agreement with Stalwart's table",
  { skip: existsSync(table) ? false : "no corpus: content types" },
  (t) => {
    const { items } = JSON.parse(readFileSync(table, "utf8"));
    const differences: string[] = [];
    for (const { input, expected } of items) {
      if (!expected?.c_subtype) continue;
      const found = typeOf(input);
      const ours = JSON.stringify([found.type, found.params]);
      const theirs = JSON.stringify([
        `${expected.c_type}/${expected.c_subtype}`,
        Object.fromEntries(
          (expected.attributes ?? []).map(
            (pair: { name: string; value: string } | [string, string]) =>
              Array.isArray(pair) ? pair : [pair.name, pair.value],
          ),
        ),
      ]);
      if (ours !== theirs)
        differences.push(`${JSON.stringify(input)}: ${ours} ${theirs}`);
    }
    t.comment(`${items.length - differences.length} of ${items.length}`);
    t.comment(differences.join("\n"));
    t.ok(differences.length <= items.length / 4);
    t.end();
  },
);

const asked = async (text: string) =>
  protection(await openMessage([Buffer.from(text)], 64 * 1024));
const PGP = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nhello\n";
const SECRET = "-----BEGIN PGP MESSAGE-----\n\nabc\n";

t.test("signed and encrypted content is seen", async (t) => {
  const base64 = Buffer.from(PGP).toString("base64");
  const cases: [string, string][] = [
    ["none", "Subject: x\n\nhello\n"],
    ["none", `\n\n> ${PGP}`],
    ["signed", `A: b\n\n${PGP}`],
    ["signed", `A: b\n\nhi\r\n${PGP.replaceAll("\n", "\r\n")}`],
    ["encrypted", `A: b\n\nhi\n${SECRET}`],
    ["signed", `Content-Transfer-Encoding: BASE64\n\n${base64}`],
    [
      "signed",
      `Content-Transfer-Encoding: quoted-printable\n\n=2D${PGP.slice(1)}`,
    ],
    ["signed", "Content-Type: multipart/signed; boundary=x\n\n"],
    ["encrypted", "Content-Type: multipart/encrypted; boundary=x\n\n"],
    ["encrypted", "Content-Type: application/x-pkcs7-mime; name=smime.p7m\n\n"],
    [
      "signed",
      "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\n",
    ],
    [
      "signed",
      `Content-Type: multipart/mixed; boundary="=x"\n\npreamble\n--=x\nContent-Type: text/plain\n\n${PGP}--=x--\n`,
    ],
    [
      "none",
      `Content-Type: multipart/mixed; boundary="=x"\n\n--=x\n\nhello\n--=x--\n${PGP}`,
    ],
    [
      "encrypted",
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n",
    ],
    [
      "signed",
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/signed; boundary=c\n\n--c--\n--b--\n",
    ],
    ["none", "Content-Type: multipart/mixed\n\n--\n"],
  ];
  for (const [expected, text] of cases)
    t.equal(await asked(text), expected, JSON.stringify(text.slice(0, 90)));
});

t.test("a tower of multiparts and rubbish end", async (t) => {
  const tower = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(
    1000,
  );
  t.equal(await asked(tower), "none");
  const part = fc.constantFrom(
    "--b",
    "--b--",
    "\n",
    "Content-Type: multipart/mixed; boundary=b",
    "; x*0*=",
    "'",
    "%",
    '"',
    "(",
    "\\",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 40 }), async (parts) => {
      await asked(`Content-Type: multipart/mixed; boundary=b${parts.join("")}`);
    }),
  );
});

t.test("a DKIM signature is seen", (t) => {
  t.equal(dkimSigned(new Header().add("DKIM-Signature", "v=1")), true);
  t.equal(dkimSigned(new Header()), false);
  t.end();
});
