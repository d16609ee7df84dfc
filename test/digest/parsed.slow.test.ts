// Issues of real and of nasty mail, read by programs of others: mailparser, and Python's email, of which one
// process reads all.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import t from "tap";
import { bytes, type Piece } from "../../src/base/pieces.ts";
import { topicsOf } from "../../src/digest/contents.ts";
import { buildMime } from "../../src/digest/mime.ts";
import { buildPlain } from "../../src/digest/plain.ts";
import { headLine } from "../../src/digest/posts.ts";
import { corpusFiles, issueOf, masthead, missing } from "./corpus.ts";

/** Posts that are hard to keep. */
const nasty: Record<string, string | Buffer> = {
  "8bit": Buffer.from(
    "Subject: f\xfcnf\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe an alle dort\n",
    "latin1",
  ),
  koi8: Buffer.concat([
    Buffer.from(
      "Subject: koi\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: 8bit\n\n",
    ),
    Buffer.from([0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4, 0x0a]),
  ]),
  nul: "Subject: nul\n\nA \0 in it\n\0\n",
  "bare-cr": "Subject: cr\n\none\rtwo\r\rthree\n",
  long: `Subject: long\n\n${"word ".repeat(2000)}\n${"x".repeat(5000)}\n`,
  "no-end": "Subject: no end\n\nwithout a line end",
  "no-body": "Subject: no body\n",
  dots: "Subject: dots\n\n.\n..\n.x\nFrom here\n>From there\n",
  boundary:
    'Subject: like ours\nContent-Type: multipart/digest; boundary="=_0"\n\n--=_0\n\nSubject: a\n\nx\n--=_0--\n--=_0\n\n--=_0--\n',
  unclosed:
    'Subject: never closed\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nThe text of it\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\n',
  signed:
    'Subject: signed\nMIME-Version: 1.0\nContent-Type: multipart/signed; boundary="s"; micalg=pgp-sha256;\n protocol="application/pgp-signature"\n\npreamble\n--s\nContent-Type: text/plain; charset=us-ascii\n\nSigned, with a blank at the end: \n-- \nAnna\n\n--s\nContent-Type: application/pgp-signature; name="signature.asc"\nContent-Disposition: attachment; filename="signature.asc"\n\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n--s--\n',
  digest: `Subject: a digest\n\nAbove\n\n${"-".repeat(70)}\n\nSubject: in it\n\nx\n\n${"-".repeat(30)}\n\nEnd of dev Digest, Vol 1, Issue 1\n${"*".repeat(33)}\n`,
  head: `${headLine(7)}Subject: begins like ours\n\nx\n`,
};

const all = (pieces: readonly Piece[]) =>
  bytes(pieces, Number.MAX_SAFE_INTEGER);

/** The posts of a digest, cut at its boundaries as RFC 2046 §5.1.1 says. */
function cut(digest: Buffer): Buffer[] {
  const text = digest.toString("latin1");
  const [, boundary = ""] =
    /multipart\/digest;\s+boundary="([^"]+)"/.exec(text) ?? [];
  return text
    .split(`\n--${boundary}`)
    .slice(1, -1)
    .map((part) => Buffer.from(part.slice(part.indexOf("\n\n") + 2), "latin1"));
}

interface Written {
  readonly mime: string;
  readonly plain: string;
  readonly posts: readonly string[];
}

/**
 * Builds both forms of an issue, and has the MIME one read by the rules and by mailparser.
 * @param paths of messages
 * @param stored as the digest keeps them
 */
async function issue(
  t: Tap,
  dir: string,
  paths: readonly string[],
  stored = paths,
) {
  const topics = await topicsOf(issueOf(stored).posts);
  const posts = topics.map(({ post }) => String(paths[post.number - 1]));
  t.same([...posts].sort(), [...paths].sort());
  const originals = posts.map((path) => readFileSync(path));
  const mime = await all(await buildMime(issueOf(stored), masthead));
  const same = (found: readonly Buffer[], who: string) => {
    t.equal(found.length, posts.length, `${dir}: ${who} finds each post`);
    const at = originals.findIndex((one, n) => !found[n]?.equals(one));
    if (at >= 0) t.fail(`${who}: ${posts[at]} is not the same`);
  };
  same(cut(mime), "RFC 2046");
  const { attachments } = await simpleParser(mime);
  const read = attachments.map(({ content }) => unended(content));
  t.equal(read.length, posts.length, `${dir}: mailparser finds each post`);
  const other = read.findIndex((one, n) => one !== unended(originals[n]));
  if (other >= 0) t.fail(`mailparser: ${posts[other]} is not the same`);
  const written: Written = {
    mime: `${dir}/mime`,
    plain: `${dir}/plain`,
    posts,
  };
  writeFileSync(written.mime, mime);
  const plain = await all(await buildPlain(issueOf(stored), masthead));
  writeFileSync(written.plain, plain);
  return written;
}
type Tap = Pick<typeof t, "equal" | "same" | "fail">;

const head = Buffer.from(headLine(12));

/** Line ends are as mailparser has them; the last ones it leaves out. */
function unended(content: Buffer | undefined): string {
  return String(content?.toString("latin1"))
    .replace(/\r\n/g, "\n")
    .replace(/[\r\n]+$/, "");
}

/** What Python says of issues; undefined where there is no Python. */
function python(issues: readonly Written[]) {
  const script = join(import.meta.dirname, "parsed.py");
  const ran = spawnSync("python3", [script], {
    input: JSON.stringify(issues),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (ran.error) return undefined;
  return ran.status === 0 ? JSON.parse(ran.stdout) : { wrong: [ran.stderr] };
}

t.test("nasty posts come through in both forms", async (t) => {
  const dir = t.testdir({ posts: nasty, issue: {} });
  const posts = Object.keys(nasty).map((name) => join(dir, "posts", name));
  const kept = posts.map((path, at) => {
    const file = join(dir, "issue", `${at}`);
    writeFileSync(file, Buffer.concat([head, readFileSync(path)]));
    return file;
  });
  const found = python([await issue(t, join(dir, "issue"), posts, kept)]);
  if (found === undefined) return t.comment("no python3");
  t.same(found.wrong, []);
  t.equal(found.posts, posts.length);
  const plain = readFileSync(join(dir, "issue", "plain"), "utf8");
  const text = String((await simpleParser(plain)).text);
  for (const part of ["Grüße an alle dort", "Привет", "signature.asc"])
    t.match(text, part);
});

t.test(
  "real posts come through in both forms",
  { skip: missing },
  async (t) => {
    const dir = t.testdir();
    const every = (folder: string, n: number) =>
      corpusFiles(folder).filter((_, at) => at % n === 0);
    const posts = [...every("lists", 4), ...every("messages", 6)];
    const issues: Written[] = [];
    const folder = (at: number) => {
      mkdirSync(join(dir, `${at}`));
      return join(dir, `${at}`);
    };
    for (let at = 0; at < posts.length; at += 40)
      issues.push(await issue(t, folder(at), posts.slice(at, at + 40)));
    const found = python(issues);
    if (found === undefined) return t.comment("no python3");
    t.same(found.wrong, []);
    t.equal(found.posts, posts.length);
    t.comment(
      `${found.texts} texts, ${found.attachments} names of attachments`,
    );
    t.ok(found.texts > 200);
    t.ok(found.attachments > 20);
  },
);
