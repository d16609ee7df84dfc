import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { parseDate } from "../../src/mail/date.ts";
import { nesting, withoutTags } from "../../src/mail/markup.ts";
import { readable } from "../../src/mail/text.ts";

const read = (text: string | Buffer, limit = 1000) =>
  readable([Buffer.from(text as string)], { limit });

t.test("text, HTML, charsets and attachments", async (t) => {
  const message = await read(
    "From: =?utf-8?q?J=C3=B6?= <j@x>\nSubject: =?koi8-r?Q?=F0?=\nDate: Mon, 3 Feb 2025 04:05:06 +0100\n" +
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nh=E9\n" +
      "--b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n",
  );
  t.same(message, {
    subject: "П",
    from: "Jö <j@x>",
    date: new Date(Date.UTC(2025, 1, 3, 3, 5, 6)),
    text: "hé",
    cut: false,
    attachments: [{ name: "a.png", type: "image/png", size: 3 }],
  });
  const html = await read("Content-Type: text/html\n\n<p>one</p><p>two</p>");
  t.equal(html.text, "one\n\ntwo");
  const mixed = (...parts: string[]) =>
    read(
      `Content-Type: multipart/mixed; boundary=b\n\n${parts.map((part) => `--b\nContent-Type: ${part}\n`).join("")}--b--\n`,
    );
  t.equal((await mixed("text/html\n\n<p>one</p>")).text.trim(), "one");
  const footed = await mixed("text/html\n\n<p>one</p>", "text/plain\n\nfooter");
  t.match(footed.text, /one\s+footer/);
  const both = await read(
    "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n",
  );
  t.equal(both.text.trim(), "plain");
});

t.test("text is cut between characters", async (t) => {
  const message = await read(
    `Content-Type: text/plain; charset=utf-8\n\n${"ü".repeat(100)}`,
    9,
  );
  t.equal(message.text, "üüüü");
  t.equal(message.cut, true);
});

t.test("a huge message is not read to its end, nor kept", async (t) => {
  const path = join(t.testdir(), "huge");
  const size = 60 * 1024 * 1024;
  writeFileSync(path, "Subject: x\n\n");
  writeFileSync(path, Buffer.alloc(size, "some words \n"), { flag: "a" });
  const before = process.memoryUsage().rss;
  const message = await readable([{ path, start: 0, end: size }], {
    limit: 1000,
  });
  t.equal(message.text.length, 1000);
  t.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024);
});

t.test("rubbish is read as far as it goes", { timeout: 60_000 }, async (t) => {
  const part = fc.constantFrom(
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: text/html\n",
    "\n",
    "--b\n",
    "--b--\n",
    "<div>",
    "Content-Transfer-Encoding: base64\n",
    "Content-Type: text/plain; charset=iso-2022-jp\n",
    "Content-Type: message/rfc822\n",
    "\x1b$B\x80",
    "Date: x\n",
    "From: <,;\n",
    "=?utf-8?q?",
    "begin 644 x\n",
    "Content-Type: text/plain; charset=nonsense\n",
    "Content-Type: text/plain; format=flowed\n",
    "Content-Disposition: attachment\n",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 20 }), async (parts) => {
      await read(Buffer.from(parts.join(""), "latin1"));
    }),
    { numRuns: 200 },
  );
  t.equal((await read("")).text, "");
  t.type(
    (await read(`Content-Type: text/html\n\n${"<div>".repeat(100_000)}x`)).text,
    "string",
  );
  t.type(
    (await read(`Content-Type: text/html\n\n${"<p>x".repeat(1_000_000)}`)).text,
    "string",
  );
  t.type(
    (
      await read(
        `Content-Type: multipart/mixed; boundary=b\n\n${"--b\n\n".repeat(20_000)}`,
      )
    ).text,
    "string",
  );
  t.type((await read(`X: ${"y".repeat(3_000_000)}\n\nhi`)).text, "string");
});

t.test("HTML made to keep a converter busy does not", async (t) => {
  const started = performance.now();
  for (const [count, unit] of [
    [30_000, "<div>"],
    [30_000, "<ul><li>"],
    [3000, "<blockquote>x</x>"],
    [30_000, "<p><span>"],
    [500_000, "<"],
    [30_000, "<b></i>"],
  ] as const)
    t.type(
      (await read(`Content-Type: text/html\n\n${unit.repeat(count)}x`)).text,
      "string",
    );
  t.ok(performance.now() - started < 8000);
  t.equal(
    (
      await read(`Content-Type: text/html\n\n${"<div>".repeat(200)}x y`)
    ).text.trim(),
    "x y",
  );
});

t.test("nesting counts what a lenient parser would", (t) => {
  const table: [string, number][] = [
    ["", 0],
    ["<div><b>x</b></div><div></div>", 2],
    ["<div></x><DIV></y>", 2],
    ["<p><p><br><img>", 0],
    ["<ul><li>a<li>b</ul><ul>", 3],
    ["<a <b>", 2],
  ];
  for (const [html, depth] of table) t.equal(nesting(html), depth, html);
  t.equal(withoutTags("<p>a <b>c</b>\n<x"), " a c \n<x".replace(" \n", "\n"));
  t.end();
});

t.test("dates", (t) => {
  t.equal(
    parseDate("Mon, 3 Feb 2025 04:05 EST")?.toISOString(),
    "2025-02-03T09:05:00.000Z",
  );
  t.equal(
    parseDate("3 Feb 99 04:05:06 (x) -0030")?.toISOString(),
    "1999-02-03T04:35:06.000Z",
  );
  for (const text of [
    "",
    "x",
    "Mon, 31 Feb 2025 04:05",
    "1 Foo 2025 1:00",
    "1 Feb 2025 25:00",
  ])
    t.equal(parseDate(text), undefined, text);
  t.end();
});

const table = "../shared/corpus/addresses/stalwart-date.json";
t.test(
  "agreement with Stalwart's dates",
  { skip: existsSync(table) ? false : "no corpus: dates" },
  (t) => {
    const { items } = JSON.parse(readFileSync(table, "utf8"));
    const differences: string[] = [];
    for (const { input, expected } of items) {
      const e = expected;
      const theirs =
        e &&
        Date.UTC(e.year, e.month - 1, e.day, e.hour, e.minute, e.second) -
          (e.tz_before_gmt ? -1 : 1) * (e.tz_hour * 60 + e.tz_minute) * 60_000;
      const ours = parseDate(input)?.getTime();
      if (ours !== (theirs ?? undefined))
        differences.push(`${JSON.stringify(input)} ${ours} ${theirs}`);
    }
    t.comment(differences.join("\n"));
    t.ok(differences.length <= 4);
    t.end();
  },
);
