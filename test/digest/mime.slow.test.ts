import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import t from "tap";
import { bytes, isRange } from "../../src/base/pieces.ts";
import { buildMime } from "../../src/digest/mime.ts";
import { issueOf, masthead } from "./corpus.ts";

async function built(paths: readonly string[]): Promise<Buffer> {
  return bytes(
    await buildMime(issueOf(paths), masthead),
    Number.MAX_SAFE_INTEGER,
  );
}

/** The posts of a digest, cut at its boundaries as RFC 2046 §5.1.1 says. */
function posts(digest: Buffer): Buffer[] {
  const text = digest.toString("latin1");
  const [, boundary = ""] =
    /multipart\/digest;\s+boundary="([^"]+)"/.exec(text) ?? [];
  return text
    .split(`\n--${boundary}`)
    .slice(1, -1)
    .map((part) => Buffer.from(part.slice(part.indexOf("\n\n") + 2), "latin1"));
}

/** What Python's email reads: the structure of the message, and the defects of its own parts. */
const PYTHON = `
import email, json, sys
message = email.message_from_binary_file(open(sys.argv[1], "rb"))
page, digest = message.get_payload()
print(json.dumps({
  "types": [message.get_content_type(), page.get_content_type(), digest.get_content_type()],
  "posts": [part.get_content_type() for part in digest.get_payload()],
  "ids": [part.get_payload(0)["Message-ID"] for part in digest.get_payload()],
  "page": page.get_payload(decode=True).decode("utf-8"),
  "subject": message["Subject"],
  "defects": [str(d) for part in (message, page, digest) for d in part.defects],
}))
`;

function python(digest: Buffer, path: string) {
  writeFileSync(path, digest);
  const ran = spawnSync("python3", ["-c", PYTHON, path], { encoding: "utf8" });
  return ran.error ? undefined : JSON.parse(ran.stdout || ran.stderr);
}

const folder = {
  plain:
    "From: Ann <ann@example.org>\nSubject: One\nMessage-ID: <1@x>\n\nHello\n",
  "no-end": "Subject: =?utf-8?q?Zw=C3=B6lf?=\nMessage-ID: <2@x>\n\nno line end",
  crlf: "Subject: Three\r\nMessage-ID: <3@x>\r\n\r\nHello\r\n\r\n",
  latin1: Buffer.from("Subject: Vier\nMessage-ID: <4@x>\n\nf\xfcr\n", "latin1"),
  multipart:
    'Message-ID: <5@x>\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nx\n--b--\n',
};
const names = Object.keys(folder);

t.test(
  "mailparser, Python and the rules of RFC 2046 find each post byte for byte",
  async (t) => {
    const dir = t.testdir(folder);
    const paths = names.map((name) => join(dir, name));
    const originals = paths.map((path) => readFileSync(path));
    const digest = await built(paths);
    t.same(posts(digest), originals);
    const parsed = await simpleParser(digest);
    t.equal(parsed.subject, "dev Digest, Vol 1, Issue 5");
    t.equal(parsed.from?.text, "dev-owner@example.org");
    t.equal(parsed.messageId, "<digest.5.1785499200-a1@mill.example.org>");
    t.match(parsed.text, "1. One (Ann)\n");
    t.match(parsed.text, "2. Zwölf\n");
    t.match(parsed.text, "5. (no subject)");
    const found = python(digest, join(dir, "digest"));
    if (found === undefined) return t.comment("no python3");
    t.same(found, {
      types: ["multipart/mixed", "text/plain", "multipart/digest"],
      posts: names.map(() => "message/rfc822"),
      ids: ["<1@x>", "<2@x>", "<3@x>", "<4@x>", "<5@x>"],
      page: found.page,
      subject: "dev Digest, Vol 1, Issue 5",
      defects: [],
    });
    t.match(found.page, "2. Zwölf\n");
  },
);

t.test("a large post stays in its file", async (t) => {
  const dir = t.testdir({ large: `Subject: x\n\n${"x\n".repeat(1_000_000)}` });
  const pieces = await buildMime(issueOf([join(dir, "large")]), masthead);
  const held = pieces.map((piece) => (isRange(piece) ? 0 : piece.byteLength));
  t.ok(held.reduce((sum, size) => sum + size, 0) < 4096);
});

t.test("strangers' fields cannot add a line to the contents", async (t) => {
  const dir = t.testdir({
    bad: "Subject: =?utf-8?q?a=0A=0D--x=0AEvil:_1?=\nFrom: =?utf-8?q?b=0Ac?= <b@x>\n\n",
  });
  const { text } = await simpleParser(await built([join(dir, "bad")]));
  t.match(text, "1. a --x Evil: 1 (b c)");
});
