import { simpleParser } from "mailparser";
import t from "tap";
import { parseWithPython, pythonMissing } from "../mail/python.ts";
import { merged, news, templateFor, values } from "./personal/lists.ts";

const anna = "anna@example.org";
const link = `https://x.org/u/${values.token}`;
const url = 'unsubscribe_url = "https://x.org/u/{{token}}"';
const footer =
  'footer = """\n____\n{{list}} for {{address}}\n{{unsubscribe}}\n"""';
const filled = (address = anna) => `____\n${news} for ${address}\n${link}\n`;
const settings = `${url}\nheaders = ["X-Member: {{address}}"]\n${footer}`;

t.test(
  "a plain post gets a header and a footer of the recipient's own",
  async (t) => {
    const post =
      "From: a@x.org\nList-Unsubscribe: <mailto:old>\nSubject: s\n\nhi\n.dot\n";
    const template = await templateFor(post, settings);
    const unsubscribe =
      `List-Unsubscribe: <${link}>,\n <mailto:${values.mailbox}>\n` +
      "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n";
    for (const address of [anna, "bob@x.org", `"a b"@x.org`])
      t.equal(
        (await merged(template, address)).toString(),
        `From: a@x.org\nSubject: s\n${unsubscribe}X-Member: ${address}\n\nhi\n.dot\n${filled(address)}`.replaceAll(
          "\n",
          "\r\n",
        ),
      );
  },
);

t.test("a list without such settings has no template", async (t) => {
  t.equal(await templateFor("A: b\n\nhi\n", ""), undefined);
  const huge = `${"A: b\n".repeat(100_000)}\nhi\n`;
  t.equal(await templateFor(huge, settings), undefined);
});

t.test(
  "without a link, {{unsubscribe}} is the recipient's mailto",
  async (t) => {
    const template = await templateFor(
      "List-Unsubscribe: <mailto:all>\n\nhi\n",
      'footer = "{{unsubscribe}}"',
    );
    t.equal(
      (await merged(template, anna)).toString(),
      `List-Unsubscribe: <mailto:all>\r\n\r\nhi\r\nmailto:${values.mailbox}\r\n`,
    );
  },
);

const samples: Record<string, string> = {
  plain: "Subject: s\n\nhi {{address}}\n",
  open: "Subject: s\n\nhi",
  empty: "Subject: s\n\n",
  crlf: "Subject: s\r\n\r\nhi\r\n",
  flowed:
    "Subject: s\nContent-Type: text/plain; format=flowed; delsp=yes\n\nopen \n",
  utf8: "Subject: s\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nhü\n",
  quoted:
    "Subject: s\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nh=C3=BC=\n",
  latin1:
    "Subject: s\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nh=FC\n",
  base64: `Subject: s\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${Buffer.from("hi ü\n").toString("base64")}\n`,
  html: "Subject: s\nContent-Type: text/html\n\n<p>hi {{token}}</p>\n",
  mixed:
    "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b--\nepilogue\n",
  mixedCrlf:
    "Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b--\r\n",
  alternative:
    "Subject: s\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: text/html\n\n<p>hi</p>\n--b--\n",
};
const people = [
  anna,
  "jürgen@example.org",
  ".dot@example.org",
  `${"x".repeat(60)}@${"long.".repeat(30)}org`,
];

const footers = [
  "{{address}}",
  "to {{address}}\n> {{list}}\n{{unsubscribe}}{{address}}",
  "Grüße an {{address}}, {{unsubscribe}}",
  "=3D {{token}} =\n{{address}}=",
];

interface Case {
  readonly name: string;
  readonly sample: string;
  readonly address: string;
  readonly text: string;
  readonly out: Buffer;
}

const made: Case[] = [];

async function allCases(): Promise<readonly Case[]> {
  if (made.length > 0) return made;
  for (const text of footers)
    for (const [name, sample] of Object.entries(samples)) {
      const personal = `${url}\nfooter = ${JSON.stringify(text)}`;
      const template = await templateFor(sample, personal);
      for (const address of people) {
        const out = await merged(template, address);
        made.push({ name, sample, address, text, out });
      }
    }
  return made;
}

const trimmed = (text: string) => text.replaceAll("\r\n", "\n").trimEnd();

t.test(
  "every kind of post reads as it did, with the footer last",
  { skip: pythonMissing },
  async (t) => {
    const cases = await allCases();
    const before = parseWithPython(
      cases.map(({ sample }) => Buffer.from(sample)),
    );
    const after = parseWithPython(cases.map(({ out }) => out));
    for (const [at, { name, address, text }] of cases.entries()) {
      const told = `${name}, ${address}, ${JSON.stringify(text)}`;
      const old = before[at]?.parts.map((part) => trimmed(part.text)) ?? [];
      const found = after[at]?.parts.map((part) => trimmed(part.text)) ?? [];
      t.same(after[at]?.defects, [], told);
      const wanted = text
        .replaceAll("{{address}}", address)
        .replaceAll("{{list}}", news)
        .replaceAll("{{token}}", values.token)
        .replaceAll("{{unsubscribe}}", link);
      if (found.length > old.length) t.same(found, [...old, wanted], told);
      else if (name === "flowed")
        t.same(found, [`${old} \n\n${wanted.replace(/^>/m, " >")}`], told);
      else t.same(found, [[...old, wanted].filter(Boolean).join("\n")], told);
    }
  },
);

t.test("mailparser reads the same", async (t) => {
  for (const { name, address, text, out } of await allCases()) {
    if (text !== footers[2]) continue;
    const parsed = await simpleParser(out);
    const wanted = `Grüße an ${address}, ${link}`;
    t.ok(parsed.text?.replace(/\s+/g, " ").includes(wanted), name);
    t.match(parsed.headers.get("list"), { unsubscribe: { url: link } });
  }
});

t.test(
  "signed and encrypted posts keep their bytes, and get the header",
  async (t) => {
    const signed =
      "Content-Type: multipart/signed; boundary=b\n\n--b\n\n.hi\n--b--\n";
    const dkim = "DKIM-Signature: v=1\nA: b\n\nhi\n";
    for (const post of [signed, dkim]) {
      const out = (
        await merged(await templateFor(post, settings), anna)
      ).toString();
      const [header = "", body] = post.split("\n\n", 2);
      t.ok(out.startsWith(header.replaceAll("\n", "\r\n")));
      t.match(out, `X-Member: ${anna}\r\n\r\n${body?.split("\n")[0]}`);
      t.notMatch(out, "____");
    }
    const allowed = await templateFor(dkim, settings, "footer_dkim = true");
    t.match((await merged(allowed, anna)).toString(), "____");
  },
);

t.test("what the author wrote is never filled in", async (t) => {
  const post = "Subject: {{address}}\n\n{{address}} {{token}} =ghijklmn\n";
  const out = await merged(await templateFor(post, settings), anna);
  t.match(out.toString(), "Subject: {{address}}\r\n");
  t.match(
    out.toString(),
    "\r\n\r\n{{address}} {{token}} =ghijklmn\r\n____\r\n",
  );
});

t.test("no value adds a line, a field or a dot", async (t) => {
  const lines = `headers = ["X-A: {{address}}", "X-B: ü {{address}}"]\nfooter = "{{address}}\\nend"`;
  for (const bad of [
    "a\r\nBcc: x@y",
    "a\nBcc: x@y",
    "a\rBcc: x",
    "a\0b",
    "a\u2028Bcc: x",
    "a\u0085b",
    ".",
    ".\r\n.\r\n",
  ]) {
    const out = await merged(await templateFor("A: b\n\nhi\n", lines), bad);
    const text = out.toString();
    t.notMatch(text, /^Bcc/m, encodeURIComponent(bad));
    const [header = "", ...rest] = text.split("\r\n\r\n");
    t.equal(rest.length, 1, encodeURIComponent(bad));
    t.same(
      header.split(/\r\n(?! )/).map((line) => line.split(":")[0]),
      ["A", "X-A", "X-B"],
      encodeURIComponent(bad),
    );
  }
});

t.test("no line has more than 998 octets", async (t) => {
  const address = `${"ü".repeat(32)}@${"long-label.".repeat(16)}org`;
  const eight = "{{address}}".repeat(8);
  const lines = `${url}\nheaders = ["X-A: ${eight}", "X-B: ü ${eight}"]\nfooter = "${eight} ${eight}\\n${eight}"`;
  for (const post of ["A: b\n\nhi\n", samples.quoted ?? ""])
    for (const who of [address, "anna@".padEnd(200, "x.")]) {
      const out = await merged(await templateFor(post, lines), who);
      const long = out
        .toString("latin1")
        .split("\r\n")
        .filter((line) => line.length > 997);
      t.same(long, []);
      t.notMatch(
        out.toString(),
        "\ufffd",
        "and none is cut inside of a character",
      );
    }
});

t.test(
  "text of the settings that is not ASCII is encoded in the header",
  async (t) => {
    const template = await templateFor(
      "A: b\n\nhi\n",
      'headers = ["Subject: Grüße an {{address}}", "To: {{address}}"]',
    );
    const out = await merged(template, anna);
    const [header = ""] = out.toString().split("\r\n\r\n");
    t.notMatch(header, /[^\0-\x7f]/);
    t.match(header, `\r\nTo: ${anna}`);
    const parsed = await simpleParser(out);
    t.equal(parsed.subject, `Grüße an ${anna}`);
    const foreign = await merged(template, "jürgen@example.org");
    t.match(foreign.toString(), "\r\nTo: jürgen@example.org\r\n");
  },
);

t.test(
  "a large post gets it all the same, from bytes that stay where they are",
  async (t) => {
    const post = `A: b\n\n${"a line of text\n.a dot\n".repeat(60_000)}`;
    const template = await templateFor(post, settings);
    const wire = template?.wire(anna, values);
    t.ok(wire && Symbol.asyncIterator in wire.stuffed);
    const out = (await merged(template, anna)).toString();
    t.ok(out.endsWith(`.a dot\r\n${filled().replaceAll("\n", "\r\n")}`));
    t.match(out.slice(0, 1000), `X-Member: ${anna}`);
    t.equal(out, (await merged(template, anna)).toString(), "again and again");
    const foreign = (await merged(template, "jürgen@example.org")).toString();
    t.match(foreign.slice(-200), "for j?rgen@example.org");
    template?.close();
  },
);
