// Real mail through the whole mill to a sink: nothing crashes, nothing fails, what is refused is
// refused for a reason that a person would give, and what is signed or encrypted stays as it is.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import t, { type Test } from "tap";
import member from "../../src/cli/member.ts";
import { makeHome, news, runAll, verb, waiting } from "../cli/atHome.ts";
import { corpusSink } from "./corpusSink.ts";

const corpus = "../shared/corpus";
/** Of a file that holds many messages. */
const MOST = 25;
const FOOTER = "-- \nYou get this from the list news.";

const noMail = /\.(json|xml|png|yml|dat|html)$|^(README|COPYING|LICENSE)/;

interface Fed {
  /** The file, and which message of it. */
  readonly name: string;
  /** As it came, Latin-1 for bytes. */
  readonly text: string;
  readonly isProtected: boolean;
}

function* files(folder: string): Generator<string> {
  for (const found of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, found.name);
    if (found.isDirectory()) yield* files(path);
    else if (found.isFile() && !noMail.test(found.name)) yield path;
  }
}

function* messages(): Generator<Fed> {
  for (const folder of ["messages", "lists", "reports"])
    for (const path of files(join(corpus, folder))) {
      const whole = readFileSync(path, "latin1");
      const name = relative(corpus, path);
      const several = apart(whole);
      for (const [index, text] of several.slice(0, MOST).entries())
        yield {
          name: several.length > 1 ? `${name}#${index}` : name,
          text,
          isProtected: looksProtected(text),
        };
    }
}

/** Messages of an mbox; the file itself where it is none. */
function apart(whole: string): string[] {
  if (!whole.startsWith("From ")) return [whole];
  return whole
    .split(/(?<=^|\n\r?\n)From [^\n]*\d\d:\d\d[^\n]*\n/)
    .filter((text) => text.trim() !== "");
}

/** Whether the message is signed or encrypted as a whole, seen without listmill's own eyes. */
function looksProtected(text: string): boolean {
  // A file that begins with a blank line has no header at all.
  const [head = ""] = text.split(/^\r?\n|\r?\n\r?\n/, 1);
  return (
    /^(dkim|domainkey)-signature:/im.test(head) ||
    /^content-type:\s*(multipart\/(signed|encrypted)|application\/(x-)?pkcs7-mime)/im.test(
      head,
    ) ||
    // What lies in a forwarded message is not touched by a part beside it.
    (/^-----BEGIN PGP (SIGNED )?MESSAGE-----/m.test(text) &&
      !/message\/rfc822/i.test(text))
  );
}

/** What SMTP can carry of a text: lines with LF, a bare CR is a blank, the last line is ended. */
function carried(text: string): string {
  const lines = text.replace(/\r(?!\n)/g, " ").replaceAll("\r\n", "\n");
  return lines === "" || lines.endsWith("\n") ? lines : `${lines}\n`;
}

function bodyOf(text: string): string {
  const end = /(?:^|\n)\n/.exec(text);
  return end ? text.slice(end.index + end[0].length) : "";
}

/** A body without the part that a footer became. */
function withoutFooter(body: string): string {
  return body.replace(
    /--.*\nContent-Type: text\/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\nContent-Disposition: inline\n\n-- \nYou get this from the list news\.\n\n?(?=--)/,
    "",
  );
}

/** In memory where that can be: thousands of messages are synced to disk several times each. */
async function folder(t: Test): Promise<string> {
  if (!existsSync("/dev/shm")) return t.testdir();
  const made = await mkdtemp("/dev/shm/listmill-");
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

t.setTimeout(600_000);

const skip = existsSync(corpus) ? false : `no corpus: ${corpus}`;

t.test("real mail goes through the mill", { skip }, async (t) => {
  t.setTimeout(600_000);
  const passed = new Map<number, string[]>();
  const reports: string[] = [];
  const { url } = await corpusSink(t, ({ sender, recipients, bytes }) => {
    const text = bytes.toString("latin1");
    if (sender === "") reports.push(text);
    else {
      const number = Number(/^X-Corpus: (\d+)\r$/m.exec(text)?.[1] ?? -1);
      passed.set(number, [...(passed.get(number) ?? []), text]);
      if (recipients.join() !== "reader@example.com")
        t.fail(`${number} went to ${recipients.join()}`);
    }
  });
  const home = await makeHome(t, {
    dir: await folder(t),
    smtp: url,
    list: { subject_prefix: "[news]", footer: FOOTER, archive: false },
  });
  await verb(t, home, member, ["add", news, "reader@example.com"]);
  // Some of the mail is there twice, and all of it shall pass.
  for (const hook of ["10-approve/03-duplicate.hook.ts", "15-approve"]) {
    const mask = join(home, "hooks.d/posts", hook);
    mkdirSync(dirname(mask), { recursive: true });
    symlinkSync("/dev/null", mask);
  }
  const fed = [...messages()];
  for (const [number, { text }] of fed.entries()) {
    const eol = /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
    const trace = [
      "Return-Path: <stranger@example.net>",
      `Delivered-To: ${news}`,
      `X-Corpus: ${number}`,
      "",
    ].join(eol);
    writeFileSync(
      join(home, "spool/incoming/new", `${number}.mail`),
      trace + text,
      "latin1",
    );
  }

  const refusals = new Map<string, string>();
  const reasons = new Map<string, number>();
  const began = performance.now();
  await runAll(home, {
    jobs: 8,
    log(where, what) {
      const reason = /^rejected by \S+: (.*) \(from=/.exec(what)?.[1];
      if (!reason) return;
      refusals.set(where, reason);
      const plain = reason.replace(/\d{4,}/g, "N");
      reasons.set(plain, (reasons.get(plain) ?? 0) + 1);
    },
  });
  const seconds = (performance.now() - began) / 1000;
  t.comment(
    `${fed.length} messages in ${seconds.toFixed(0)} s: ${passed.size} passed, ${refusals.size} refused`,
  );
  for (const [reason, count] of reasons) t.comment(`${count} × ${reason}`);

  for (const queue of ["incoming", "posts", "outbound", "held", "failed"])
    t.same(waiting(home, queue), [], `nothing is left in ${queue}`);
  t.equal(
    passed.size + refusals.size,
    fed.length,
    "each passed or was refused",
  );
  for (const reason of reasons.keys())
    t.match(
      reason,
      /^(The part of the message that stands above its text is too large|It was sent by a program)/,
    );

  let same = 0;
  const changed: string[] = [];
  const lost: string[] = [];
  for (const [number, { name, text, isProtected }] of fed.entries()) {
    const got = passed.get(number);
    if (!got) continue;
    if (got.length !== 1) t.fail(`${name} came ${got.length} times`);
    const before = bodyOf(carried(text));
    const after = bodyOf(carried(got[0] ?? ""));
    // A header with a line that is no field ends there, so the body may begin earlier.
    if (isProtected && after.endsWith(before)) same += 1;
    else if (isProtected) changed.push(name);
    else if (!withoutFooter(after).includes(before.trimEnd())) lost.push(name);
  }
  t.comment(`${same} signed or encrypted bodies stayed as they were`);
  t.same(changed, [], "nothing signed or encrypted is changed");
  t.same(lost, [], "no text is lost");
  t.same(reports, [], "no machine is answered");
});
