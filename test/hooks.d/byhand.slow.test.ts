// Every default hook, run by hand through bin/listmill-hook, answers as it does inline.
import { execFile, execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { askInline } from "../../src/engine/inline.ts";
import type { Verb } from "../../src/engine/layers.ts";
import type { Emission, Question } from "../../src/engine/question.ts";
import { codes } from "../../src/engine/verdict.ts";
import { Lists } from "../../src/lists/directory.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import { loadSite } from "../../src/lists/settings.ts";
import type { Message } from "../../src/mail/message.ts";
import { mailTrade, packageHooks } from "../../src/mill.ts";
import type { Envelope } from "../../src/spool/envelope.ts";
import { newId } from "../../src/spool/name.ts";
import { bare } from "../environment.ts";

const LIST = "news@lists.example.org";
const asked: readonly Verb[] = [
  "approve",
  "route",
  "edit",
  "recipients",
  "refine",
  "emit",
];
const bin = (name: string) =>
  fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));

const hooks = readdirSync(packageHooks, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".hook.ts"))
  .map((path) => join(packageHooks, path))
  .filter((file) => asked.includes(verbOf(file)))
  .sort();

function verbOf(file: string): Verb {
  return basename(dirname(file)).replace(/^\d+-/, "") as Verb;
}

// Each start of a hook takes a while on a busy machine.
t.setTimeout(180_000);
const home = t.testdir();
execFileSync(bin("listmill"), ["init", home], { stdio: "ignore" });
const site = loadSite(home);
const lists = new Lists(home, site);
await lists.create(LIST, {
  subject_prefix: "[News]",
  footer: "To leave {{list}}: -- write.",
  own_copy: false,
  others: "hold",
  owners: ["owner@a.example"],
  digest: { enabled: true },
  archive: true,
});
const roster = rosterOf(home);
for (const member of ["ann@a.example", "Bob@b.example", "cy@a.example"])
  await roster.add(LIST, member);
await roster.add(LIST, "dee@d.example", { delivery: "digest-mime" });
const trade = mailTrade(site, lists, "listmill-hook");

function post(from: string, more = ""): string {
  return `From: ${from}\nTo: ${LIST}\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Message-ID: <1@a.example>\nDate: Mon, 5 Jan 2026 12:00:00 +0000
${more}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nHello $(id)\n`;
}

interface Scene {
  readonly what: string;
  readonly message: string;
  readonly sender: string;
  readonly extension: string;
  readonly verbs: readonly Verb[];
}

const scenes: readonly Scene[] = [
  {
    what: "a member's post",
    message: post("Ann <ann@a.example>"),
    sender: "ann@a.example",
    extension: "",
    verbs: asked,
  },
  {
    what: "a stranger's answer that came back",
    message: post("Eve <eve@e.example>", "Auto-Submitted: auto-replied\n"),
    sender: "eve@e.example",
    extension: "nonsense",
    verbs: ["approve", "route"],
  },
];

/** What a hook answers, in the same words for both ways. */
interface Said {
  readonly code: number;
  readonly text: string;
  readonly emitted: readonly string[];
}

const recipients = ["Bob@b.example", "ann@a.example", "Bob@B.example"];

async function inline(file: string, scene: Scene, folder: string) {
  const path = join(folder, "message");
  writeFileSync(path, scene.message);
  const end = statSync(path).size;
  const message = await trade.open([{ path, start: 0, end }]);
  if ("noMessage" in message) throw new Error(message.noMessage);
  const emissions: Emission[] = [];
  let scratches = 0;
  const question: Question<Message> = {
    ...questionOf(file, scene),
    message,
    file: async () => path,
    recipientsOf: async function* () {},
    trial: false,
    recipients: async function* () {
      yield* recipients;
    },
    recipientsFile: async () => {
      const list = join(folder, "recipients");
      writeFileSync(list, recipients.map((line) => `${line}\n`).join(""));
      return list;
    },
    scratch: () => {
      scratches += 1;
      return join(folder, `scratch.${scratches}`);
    },
    emit: (emission) => emissions.push(emission),
    log: () => {},
    signal: new AbortController().signal,
    holds: () => true,
  };
  const answer = await askInline(
    { path: file, file, layer: "package", how: "inline", version: "0" },
    trade.equip(question),
    20_000,
  );
  const { content, verdict } = answer;
  // A program leaves a list as it is by printing it.
  const isUnchanged =
    question.verb === "refine" && verdict.kind === "pass" && !answer.lines;
  const lines = isUnchanged ? [recipients] : (answer.lines ?? []);
  let text = answer.line && `${answer.line}\n`;
  if (content && "pieces" in content)
    text += await bytes(content.pieces(), 100_000);
  for await (const some of lines)
    for (const line of [some].flat()) if (line) text += `${line}\n`;
  const emitted: string[] = [];
  for (const { recipient, content } of emissions)
    emitted.push(
      `${recipient} ${await bytes(content ?? message.pieces(), 100_000)}`,
    );
  return { code: codes[answer.verdict.kind], text, emitted } satisfies Said;
}

const id = newId(Date.UTC(2026, 0, 5));

function questionOf(file: string, scene: Scene) {
  const stage = basename(dirname(file));
  const queue = basename(dirname(dirname(file)));
  const envelope: Envelope = {
    sender: scene.sender,
    recipient: addressOf(scene),
    list: LIST,
    extension: scene.extension,
    origin: "mta",
    received: "2026-01-05T12:00:00.000Z",
    history: [],
  };
  const verb = verbOf(file);
  return { id, queue, stage, verb, attempt: 0, now: Date.now(), envelope };
}

function addressOf({ extension }: Scene): string {
  return extension ? LIST.replace("@", `-${extension}@`) : LIST;
}

async function byHand(
  file: string,
  scene: Scene,
  folder: string,
): Promise<Said> {
  const emit = join(folder, "emit");
  mkdirSync(emit);
  const isRefine = verbOf(file) === "refine";
  return new Promise((resolve) => {
    const child = execFile(
      bin("listmill-hook"),
      [file],
      {
        env: {
          ...bare,
          LISTMILL_HOME: home,
          LISTMILL_RECIPIENT: addressOf(scene),
          LISTMILL_SENDER: scene.sender,
          LISTMILL_ID: id,
          LISTMILL_EMIT: emit,
          ...(isRefine ? { LISTMILL_MESSAGE: join(folder, "message") } : {}),
        },
      },
      (error, text, trouble) => {
        if (trouble) t.comment(`${file}: ${trouble}`);
        resolve({ code: Number(error?.code ?? 0), text, emitted: mails(emit) });
      },
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(
      isRefine ? recipients.map((line) => `${line}\n`).join("") : scene.message,
    );
  });
}

function mails(emit: string): string[] {
  return readdirSync(emit).flatMap((recipient) =>
    readdirSync(join(emit, recipient)).map(
      (name) => `${recipient} ${readFileSync(join(emit, recipient, name))}`,
    ),
  );
}

t.ok(hooks.length > 15, `${hooks.length} hooks`);

for (const scene of scenes)
  t.test(scene.what, async (t) => {
    const said = new Map<string, Said>();
    const todo = hooks.filter((file) => scene.verbs.includes(verbOf(file)));
    const next = async (): Promise<void> => {
      const file = todo.pop();
      if (file === undefined) return;
      const name = file.slice(packageHooks.length + 1);
      const folder = join(home, "work", scene.what, name);
      mkdirSync(folder, { recursive: true });
      const expected = await inline(file, scene, folder);
      t.same(await byHand(file, scene, folder), expected, name);
      said.set(name.replace(".hook.ts", ""), expected);
      return next();
    };
    await Promise.all([next(), next(), next()]);
    check(t, scene, said);
  });

/** That the answers say something at all. */
function check(t: Test, scene: Scene, said: ReadonlyMap<string, Said>): void {
  const of = (name: string) => said.get(name);
  if (scene.extension) {
    t.equal(of("incoming/10-approve/20-recipient")?.code, codes.reject);
    t.equal(of("posts/10-approve/20-policy")?.code, codes.hold);
    return;
  }
  t.equal(of("incoming/20-route/10-door")?.text, "posts\n");
  t.match(of("posts/20-edit/10-header")?.text, /^List-Id: .*news/im);
  t.match(of("posts/20-edit/20-subject")?.text, /\[News\]/);
  t.match(of("posts/20-edit/30-footer")?.text, "To leave news@lists");
  t.equal(
    of("posts/30-recipients/10-members")?.text.toLowerCase(),
    "ann@a.example\nbob@b.example\ncy@a.example\n",
  );
  t.equal(
    of("posts/40-refine/10-dedupe")?.text,
    "Bob@b.example\nann@a.example\n",
  );
  t.equal(
    of("posts/40-refine/30-sender")?.text,
    "Bob@b.example\nBob@B.example\n",
  );
  t.equal(
    of("posts/40-refine/80-cap")?.text,
    "Bob@b.example\nann@a.example\nBob@B.example\n",
    "nothing to do: the list as it is",
  );
  t.equal(
    of("posts/40-refine/90-order")?.text,
    "ann@a.example\nBob@b.example\nBob@B.example\n",
  );
  t.match(of("posts/50-emit/10-archive")?.emitted, [/^news-archive@/]);
  t.match(of("posts/50-emit/20-digest")?.emitted, [/^news-digest@/]);
  t.equal(of("owner/30-recipients/10-owners")?.text, "owner@a.example\n");
}
