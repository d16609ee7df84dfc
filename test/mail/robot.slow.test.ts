// Who is a robot, on real mail: notices, reports and list posts get no answer, and what people wrote
// does. People's mail is what they sent to lists, without what the lists have put on it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import t from "tap";
import { type Header, parseHeader } from "../../src/mail/header.ts";
import { authorOf } from "../../src/mail/message.ts";
import { robotic } from "../../src/mail/robot.ts";

const corpus = "../shared/corpus";
const skip = existsSync(corpus) ? false : `no corpus: ${corpus}`;
const noMail = /\.(json|xml|png|yml|dat|html)$|^(README|COPYING|LICENSE)/;

interface Mail {
  readonly name: string;
  readonly header: Header;
  /** As the file tells it; "" is the null sender. */
  readonly sender: string;
}

function* mailIn(folder: string): Generator<Mail> {
  for (const entry of readdirSync(join(corpus, folder), {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile() || noMail.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const several = apart(readFileSync(path, "latin1"));
    for (const [index, text] of several.entries()) {
      const { header } = parseHeader(Buffer.from(text, "latin1"));
      const name = `${relative(corpus, path)}${index > 0 ? `#${index}` : ""}`;
      yield { name, header, sender: senderOf(text, header) };
    }
  }
}

/** Messages of an mbox; the file itself where it is none. */
function apart(whole: string): string[] {
  if (!whole.startsWith("From ")) return [whole];
  return whole
    .split(/(?<=^|\n\r?\n)(?=From [^\n]*\d\d:\d\d[^\n]*\n)/)
    .filter((text) => text.trim() !== "");
}

/** The envelope's sender, where a Return-Path or an mbox line has kept it; else the author. */
function senderOf(text: string, header: Header): string {
  const path = header.get("Return-Path");
  if (path !== undefined) return path.replace(/[<>\s]/g, "").slice(0, 254);
  const mbox = /^From (\S+@\S+|MAILER-DAEMON)/i.exec(text)?.[1];
  if (mbox !== undefined) return mbox.includes("@") ? mbox : "";
  return authorOf(header) ?? "unknown@example.org";
}

/** What a list, and the way to the archive, put on a post. */
const marks =
  /^(list-|x-mailing-list|mailing-list|x-beenthere|x-mailman|precedence|x-loop|errors-to|sender|return-path|x-list|x-egroups|delivered-to|x-sequence)/;

t.test("what people wrote may be answered", { skip }, async (t) => {
  let count = 0;
  const taken: string[] = [];
  for (const { name, header } of mailIn("lists")) {
    const own = header.only((field) => !marks.test(field));
    count += 1;
    const why = robotic(own, authorOf(own) ?? "unknown@example.org");
    if (why) taken.push(`${name}: ${why}`);
  }
  t.comment(`${count} messages to lists, ${taken.length} of robots:`);
  for (const one of taken) t.comment(one);
  t.ok(count > 2500);
  // Lists get mail of robots too: these are bounces, a bug tracker, a virus scanner and a list manager.
  t.ok(taken.length <= 5);
});

t.test("commands that went astray are of people", { skip }, async (t) => {
  for (const { name, header } of mailIn("reports/commands")) {
    const own = header.only((field) => !marks.test(field));
    t.equal(
      robotic(own, authorOf(own) ?? "unknown@example.org"),
      undefined,
      name,
    );
  }
});

t.test("list posts get no answer", { skip }, async (t) => {
  let count = 0;
  const missed: string[] = [];
  for (const { name, header, sender } of mailIn("lists")) {
    if (!header.has("List-Id") && !header.has("Precedence")) continue;
    count += 1;
    if (!robotic(header, sender)) missed.push(name);
  }
  t.comment(`${count} posts`);
  t.ok(count > 1000);
  t.same(missed, []);
});

interface Expected {
  readonly is_bounce: boolean | null;
  readonly kind?: string;
}

function expected(folder: string): Map<string, Expected> {
  const file = join(corpus, folder, "expected.json");
  const table: Record<string, Expected> = JSON.parse(
    readFileSync(file, "utf8"),
  );
  return new Map(
    Object.entries(table).map(([name, one]) => [`${folder}/${name}`, one]),
  );
}

t.test("bounces and notices get no answer", { skip }, async (t) => {
  const found = { bounces: 0, missed: [] as string[] };
  const answers = { count: 0, missed: [] as string[] };
  const known = new Map([...expected("bounces"), ...expected("reports")]);
  for (const folder of ["bounces", "reports"])
    for (const { name, header, sender } of mailIn(folder)) {
      const { is_bounce, kind = "" } = known.get(name) ?? { is_bounce: null };
      const isAnswer =
        /vacation|autoreply|challenge/.test(kind) ||
        name.startsWith("reports/autoreply/") ||
        name.startsWith("reports/mdn/");
      const missed = robotic(header, sender) === undefined;
      if (isAnswer) {
        answers.count += 1;
        if (missed) answers.missed.push(name);
      } else if (is_bounce === true || name.startsWith("reports/dsn/")) {
        found.bounces += 1;
        if (missed) found.missed.push(name);
      }
    }
  t.comment(`${answers.count} vacations, challenges and receipts`);
  t.same(answers.missed, []);
  t.comment(`${found.bounces} bounces, ${found.missed.length} not known:`);
  for (const name of found.missed) t.comment(name);
  t.ok(answers.count > 15);
  t.ok(found.bounces > 600);
  // Files that have lost their envelope or their header; a bounce that comes has the null sender.
  t.ok(found.missed.length / found.bounces < 0.03);
});

t.test("ordinary mail", { skip }, async (t) => {
  let count = 0;
  const reasons = new Map<string, number>();
  for (const { header, sender } of mailIn("messages")) {
    count += 1;
    const why = robotic(header, sender);
    if (why) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  for (const [why, times] of reasons) t.comment(`${times}: ${why}`);
  const robots = [...reasons.values()].reduce((sum, one) => sum + one, 0);
  t.comment(`${robots} of ${count} are of lists and robots`);
  t.ok(robots / count < 0.1);
});
