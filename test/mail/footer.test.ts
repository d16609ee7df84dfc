import { simpleParser } from "mailparser";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { addFooter } from "../../src/mail/footer.ts";
import { openMessage } from "../../src/mail/message.ts";
import { parseWithPython, pythonMissing } from "./python.ts";

const FOOTER = "____\nlist: x = y\n-- ";
const NICE = "Grüße\n";

async function footed(text: string | Buffer, footer = FOOTER) {
  const bytesIn = typeof text === "string" ? Buffer.from(text) : text;
  const message = await openMessage([bytesIn], 64 * 1024);
  return bytes((await addFooter(message, footer)).pieces(), 1e8);
}

t.test("text gets the footer behind it", async (t) => {
  const cases: [string, string, string?][] = [
    ["A: b\n\nhi\n", "A: b\n\nhi\n____\nlist: x = y\n--\n"],
    ["A: b\n\nhi", "A: b\n\nhi\n____\nlist: x = y\n--\n"],
    ["A: b\n\n", "A: b\n\n____\nlist: x = y\n--\n"],
    ["A: b\r\n\r\nhi\r\n", "A: b\r\n\r\nhi\r\n____\r\nlist: x = y\r\n--\r\n"],
    [
      "Lines: 1\nContent-Length: 3\nA: b\n\nhi\n",
      "A: b\n\nhi\nfoot\n",
      "foot\n\n",
    ],
    [
      "Content-Type: text/plain; charset=ISO-8859-15\nContent-Transfer-Encoding: Quoted-Printable\n\nh=E9=\n",
      "Content-Type: text/plain; charset=ISO-8859-15\nContent-Transfer-Encoding: Quoted-Printable\n\nh=E9=\n\na=3Db\n",
      "a=b",
    ],
    [
      "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nh=",
      "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nh=\n\nGr=C3=BC=C3=9Fe\n",
      NICE,
    ],
    [
      "Content-Type: text/plain; charset=utf-8\nX: y\n\nh\n",
      "Content-Type: text/plain; charset=utf-8\nX: y\nContent-Transfer-Encoding: 8bit\n\nh\nGrüße\n",
      NICE,
    ],
    [
      "Content-Type: text/plain; format=flowed; delsp=yes\n\nopen \n",
      "Content-Type: text/plain; format=flowed; delsp=yes\n\nopen \n\n > a\n-- \nb\n",
      "> a  \n-- \nb",
    ],
    [
      "Content-Type: text/plain; format=flowed\n\nend\n-- \n",
      "Content-Type: text/plain; format=flowed\n\nend\n-- \nfoot\n",
      "foot",
    ],
  ];
  for (const [before, after, footer] of cases)
    t.equal(
      (await footed(before, footer)).toString(),
      after,
      JSON.stringify(before),
    );
});

t.test("a multipart/mixed gets a part before its end", async (t) => {
  const before =
    'Content-Type: multipart/mixed; boundary="b b"\n\npre\n--b b\n\nhi\n--b b-- \nepilogue\n';
  t.equal(
    (await footed(before, "foot")).toString(),
    'Content-Type: multipart/mixed; boundary="b b"\n\npre\n--b b\n\nhi\n' +
      "--b b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\nContent-Disposition: inline\n\nfoot\n" +
      "--b b-- \nepilogue\n",
  );
});

const samples: Record<string, string> = {
  html: "Content-Type: text/html\n\n<p>hi</p>\n",
  base64: `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${Buffer.from("hi ü\n").toString("base64")}\n`,
  alternative:
    "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: text/html\n\n<p>hi</p>\n--b--\n",
  open: "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n",
  utf16: "Content-Type: text/plain; charset=utf-16\n\nh\0i\0",
  latin1:
    "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nhi\n",
  attachment: "Content-Disposition: attachment; filename=x.txt\n\nhi\n",
  crlf: "Content-Type: text/html\r\n\r\n<p>hi</p>\r\n",
  mixed: "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b--",
  mixedCrlf:
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b--\r\n",
  plain: "\n\nhi\n",
  image: "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\naGk=\n",
};

t.test(
  "every kind of message parses with the footer last and its content whole",
  { skip: pythonMissing },
  async (t) => {
    const names = Object.keys(samples);
    const inputs = names.map((name) =>
      Buffer.from(
        `Subject: s\n${samples[name]}`.replace(
          "Subject: s\n",
          name.toLowerCase().includes("crlf")
            ? "Subject: s\r\n"
            : "Subject: s\n",
        ),
      ),
    );
    const outputs = await Promise.all(
      inputs.map((input) => footed(input, NICE)),
    );
    const before = parseWithPython(inputs);
    const after = parseWithPython(outputs);
    for (const [index, name] of names.entries()) {
      const old = before[index];
      const found = after[index];
      t.same(found?.defects, [], name);
      t.equal(found?.subject, "s");
      const parts = found?.parts ?? [];
      t.match(parts.at(-1)?.text, /^Grüße\r?\n?$/, name);
      t.same(
        parts.slice(0, -1).map(({ text }) => text.trimEnd()),
        old?.parts.map(({ text }) => text.trimEnd()),
        name,
      );
      const parsed = await simpleParser(outputs[index] ?? Buffer.alloc(0));
      t.match(parsed.text, /Grüße/, `${name} by mailparser`);
    }
  },
);

t.test(
  "signed and encrypted messages stay as they are, and so does all with a blank footer",
  async (t) => {
    for (const text of [
      "Content-Type: multipart/signed; boundary=b\n\n--b\n\nhi\n--b--\n",
      "Content-Type: application/pkcs7-mime\n\nx\n",
      "A: b\n\n-----BEGIN PGP MESSAGE-----\n",
    ])
      t.equal((await footed(text)).toString(), text);
    t.equal((await footed("A: b\n\nhi", " \n\n")).toString(), "A: b\n\nhi");
    t.equal(
      (await footed(`${"A: b\n".repeat(20_000)}\nhi`)).includes("list:"),
      false,
    );
  },
);

t.test(
  "an end further than 64 KiB away, or a boundary that is none, means a wrapper",
  async (t) => {
    const epilogue = `Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b--\n${"x".repeat(70_000)}`;
    const parsed = await simpleParser(await footed(epilogue, "foot"));
    t.match(parsed.text, /hi\s+foot/);
    const inside =
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi --b--\n--b--x\n";
    t.match((await footed(inside)).toString(), 'boundary="=_');
  },
);
