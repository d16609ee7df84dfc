import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { simpleParser } from "mailparser";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { buildPlain } from "../../src/digest/plain.ts";
import { columns } from "../../src/mail/width.ts";
import { inLanguage, issueOf, masthead } from "./corpus.ts";

async function text(paths: readonly string[]): Promise<string> {
  const pieces = await buildPlain(issueOf(paths), masthead);
  const whole = await bytes(pieces, Number.MAX_SAFE_INTEGER);
  const parsed = await simpleParser(whole);
  return parsed.text ?? "";
}

/** Bursts a digest by the rules of RFC 1153: the preamble, and the posts. */
function burst(digest: string): { preamble: string; posts: string[] } {
  const [preamble = "", rest = "", ...more] = digest.split(
    `\n\n${"-".repeat(70)}\n\n`,
  );
  const posts = [rest, ...more]
    .join(`\n\n${"-".repeat(70)}\n\n`)
    .split(`\n\n${"-".repeat(30)}\n\n`);
  const [end = "", stars = ""] = (posts.pop() ?? "").split("\n");
  if (!/^End of .* Digest/.test(end) || stars !== "*".repeat(end.length))
    throw new Error(`no end: ${end}`);
  return { preamble, posts };
}

t.test(
  "a burster of RFC 1153 finds the posts, their fields and texts",
  async (t) => {
    const dir = t.testdir({
      one: "Received: x\nSubject: One\nFrom: Ann <ann@example.org>\nDate: Fri, 31 Jul 2026 12:00:00 +0000\nX-Junk: y\nMessage-ID: <1@x>\nTo: dev@example.org\n\nHello\n",
      two: "Subject: =?utf-8?q?Zw=C3=B6lf?=\nContent-Type: text/html; charset=utf-8\n\n<p>für <b>alle</b></p>\n",
      three:
        'Subject: Three\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nSee it.\n--b\nContent-Type: image/png; name="a.png"\nContent-Disposition: attachment; filename="a.png"\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n',
    });
    const digest = await text(
      ["one", "two", "three"].map((name) => join(dir, name)),
    );
    const { preamble, posts } = burst(digest);
    t.match(preamble, "issue 5 of the digest of dev@example.org.\n");
    t.match(preamble, "  Messages: 3\n");
    t.match(preamble, "  1. One (Ann)\n  2. Zwölf\n");
    t.same(posts, [
      "Date: Fri, 31 Jul 2026 12:00:00 +0000\nFrom: Ann <ann@example.org>\nTo: dev@example.org\nSubject: One\nMessage-ID: <1@x>\n\nHello",
      "Subject: Zwölf\n\nfür alle",
      "Subject: Three\n\nSee it.\n[Left out: a.png (image/png), 3 bytes]",
    ]);
    t.match(digest, /\n\nEnd of dev Digest, Vol 1, Issue 5\n\*{33}\n$/);
  },
);

t.test("the page and the notes are in the reader's language", async (t) => {
  const dir = t.testdir({
    post: "From: ann@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHallo\n--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n",
  });
  const issue = issueOf([join(dir, "post")]);
  for (const [language, subject, page, note] of [
    [
      "de",
      "Sammelnachricht von dev, Band 1, Ausgabe 5",
      "  1. (kein Betreff) (ann@example.org)",
      "[Hier weggelassen: image/png, 3 Byte]",
    ],
    [
      "ja",
      "dev まとめ送り 第1巻 第5号",
      "  1. (件名なし) (ann@example.org)",
      "[省略: image/png、3 バイト]",
    ],
  ] as const) {
    const pieces = await buildPlain(issue, inLanguage(language));
    const parsed = await simpleParser(await bytes(pieces, 100_000));
    t.equal(parsed.subject, subject);
    const { preamble, posts } = burst(parsed.text ?? "");
    t.match(preamble, page);
    t.ok(preamble.split("\n").every((line) => columns(line) <= 72));
    t.match(posts[0], note);
  }
});

t.test("no text can end its post", async (t) => {
  const dir = t.testdir();
  const path = join(dir, "post");
  const line = fc.constantFrom(
    "",
    "text",
    "-".repeat(30),
    `${"-".repeat(30)} `,
    "-".repeat(29),
    "-".repeat(31),
    "-".repeat(70),
    "End of dev Digest, Vol 1, Issue 5",
    `\r${"-".repeat(30)}\r`,
    `\u2028${"-".repeat(30)}`,
    ` ${"-".repeat(30)}`,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
      writeFileSync(
        path,
        `Subject: x\nContent-Type: text/plain; charset=utf-8\n\n${lines.join("\n")}\n`,
      );
      const pieces = await buildPlain(issueOf([path, path, path]), masthead);
      const parsed = await simpleParser(await bytes(pieces, 1_000_000));
      return burst(parsed.text ?? "").posts.length === 3;
    }),
    { numRuns: 200 },
  );
});

t.test("a long text is cut, and it is said", async (t) => {
  const dir = t.testdir({
    long: `Subject: x\n\n${"word word\n".repeat(50_000)}`,
  });
  const digest = await text([join(dir, "long")]);
  t.ok(digest.length < 210_000);
  t.match(digest, /\n\[The rest of this message is left out: it is long\.\]\n/);
  const many = await text(Array.from({ length: 40 }, () => join(dir, "long")));
  t.ok(many.length < 4_300_000);
  t.equal(burst(many).posts.length, 40);
});
