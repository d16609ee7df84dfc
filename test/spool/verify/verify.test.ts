// A whole spool, and what may befall it: each is found, put right, and not found again.
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import t, { type Test } from "tap";
import { Outbox } from "../../../src/spool/commit.ts";
import { enqueue } from "../../../src/spool/enqueue.ts";
import { enter } from "../../../src/spool/lease.ts";
import { freshName, laneOf, newId, sized } from "../../../src/spool/name.ts";
import { Spool } from "../../../src/spool/spool.ts";
import { childFor, envelope, now, takeFrom } from "../fixtures/entries.ts";
import { dead, look, messagesOf, wholeHome, wrongs } from "./fixtures/whole.ts";

const template = join(t.testdir(), "template");

t.before(async () => {
  mkdirSync(template);
  await wholeHome(template);
});

/** A copy of it, and the first entry of each queue. */
function homeOf(t: Test) {
  const home = join(t.testdir(), "home");
  cpSync(template, home, { recursive: true });
  const spool = new Spool(join(home, "spool"));
  const first = (queue: string) => {
    const names = readdirSync(spool.waiting(queue)).sort();
    const name = names.find((name) => !name.includes("mta"));
    return join(spool.waiting(queue), name ?? "");
  };
  const committed = readdirSync(spool.claimed("digest", dead))
    .map((name) => join(spool.claimed("digest", dead), name))
    .find((path) => readdirSync(path).includes("out"));
  return { home, spool, first, committed: committed ?? "" };
}

t.test("a whole spool is whole, also to a repair", async (t) => {
  const { home } = homeOf(t);
  const before = messagesOf(home);
  const seen = await look(home);
  t.match(seen, { entries: 10, queues: 6, atWork: 0, broken: 0, notes: 1 });
  t.match(seen.findings, [
    {
      kind: "dead-claims",
      path: `spool/digest/cur/${dead}`,
      what: /^2 entries/,
    },
  ]);
  const repaired = await look(home, true);
  t.match(repaired, { entries: 10, broken: 0, repaired: 0, notes: 1 });
  t.match(repaired.findings, [{ done: "2 entries taken over" }]);
  t.match(await look(home), { entries: 11, broken: 0, notes: 0 });
  t.same(messagesOf(home), before);
});

type Home = ReturnType<typeof homeOf>;

/** What befalls it, what is found, and the queue in which it lies after a repair. */
const harms: [string, (home: Home) => void, string, string?][] = [
  [
    "a message is lost",
    ({ first }) => rmSync(join(first("posts"), "message")),
    "no-message",
  ],
  [
    "a message is a folder",
    ({ first }) => {
      rmSync(join(first("posts"), "message"));
      mkdirSync(join(first("posts"), "message"));
    },
    "no-message",
  ],
  [
    "a message lost its bytes",
    ({ first }) => truncateSync(join(first("posts"), "message")),
    "empty-message",
  ],
  [
    "zeros took the place of a message's bytes",
    ({ first }) =>
      writeFileSync(join(first("posts"), "message"), Buffer.alloc(9)),
    "empty-message",
  ],
  [
    "an MTA's file lost its bytes",
    ({ spool }) => truncateSync(join(spool.waiting("incoming"), "1.M1P2.mta")),
    "empty-message",
  ],
  [
    "an envelope is lost",
    ({ first }) => rmSync(join(first("posts"), "envelope.json")),
    "no-envelope",
  ],
  [
    "an envelope lost its end",
    ({ first }) => truncateSync(join(first("posts"), "envelope.json"), 20),
    "bad-envelope",
  ],
  [
    "an envelope is a folder",
    ({ first }) => {
      rmSync(join(first("posts"), "envelope.json"));
      mkdirSync(join(first("posts"), "envelope.json"));
    },
    "bad-envelope",
  ],
  [
    "an envelope is not of the right shape",
    ({ first }) => writeFileSync(join(first("held"), "envelope.json"), "{}"),
    "bad-envelope",
  ],
  [
    "another took the place of an envelope that was lost",
    ({ first }) =>
      writeFileSync(
        join(first("posts"), "envelope.json"),
        JSON.stringify({ ...envelope, origin: "unknown" }),
      ),
    "lost-envelope",
  ],
  [
    "a list is lost",
    ({ first }) => rmSync(join(first("outbound"), "recipients")),
    "no-recipients",
  ],
  [
    "a list ends before the portion does",
    ({ first }) => {
      const path = first("outbound");
      const text = JSON.parse(
        readFileSync(join(path, "envelope.json"), "utf8"),
      );
      text.portion.end += 1000;
      writeFileSync(join(path, "envelope.json"), JSON.stringify(text));
    },
    "bad-recipients",
  ],
  [
    "a portion begins within a line",
    ({ first }) => {
      const path = first("outbound");
      const text = JSON.parse(
        readFileSync(join(path, "envelope.json"), "utf8"),
      );
      text.portion = { start: 3, end: 16, count: 1 };
      writeFileSync(join(path, "envelope.json"), JSON.stringify(text));
    },
    "bad-recipients",
  ],
  [
    "a portion has more lines than it says",
    ({ first }) => {
      const path = first("outbound");
      const text = JSON.parse(
        readFileSync(join(path, "envelope.json"), "utf8"),
      );
      text.portion = { start: 0, end: 16, count: 7 };
      writeFileSync(join(path, "envelope.json"), JSON.stringify(text));
    },
    "bad-recipients",
  ],
  [
    "a note is of somebody who is not on the list",
    ({ first }) =>
      writeFileSync(join(first("outbound"), "progress"), "sent\t1-9\tok\n"),
    "bad-progress",
  ],
  [
    "notes are none",
    ({ first }) =>
      writeFileSync(join(first("outbound"), "progress"), "\0\0\0\nx\n"),
    "bad-progress",
  ],
  [
    "the addresses as hooks gave them are lost",
    ({ first }) => rmSync(join(first("outbound"), "given")),
    "bad-given",
  ],
  [
    "they are fewer than they were",
    ({ first }) => {
      rmSync(join(first("outbound"), "given"));
      writeFileSync(join(first("outbound"), "given"), "x\n");
    },
    "bad-given",
  ],
  [
    "a child lost its message",
    ({ committed }) => {
      const [child = ""] = readdirSync(join(committed, "out"));
      rmSync(join(committed, "out", child, "message"));
    },
    "no-message",
  ],
  [
    "a child has no child's name",
    ({ committed }) => {
      const [child = ""] = readdirSync(join(committed, "out"));
      renameSync(join(committed, "out", child), join(committed, "out", "x"));
    },
    "bad-child",
  ],
  [
    "an entry has no entry's name",
    ({ first }) => renameSync(first("posts"), `${first("posts")}.old`),
    "misnamed",
  ],
  [
    "a file has the name of an entry",
    ({ spool }) =>
      writeFileSync(
        join(spool.waiting("posts"), "1767225600.0.0mwwyd5cq-01rx3zv9xfob"),
        "Subject: file\n",
      ),
    "file-as-entry",
  ],
  [
    "a folder of a queue is missing",
    ({ spool }) => rmSync(spool.writing("posts"), { recursive: true }),
    "missing-folder",
    "",
  ],
  [
    "an entry was copied under the same name into the claims of a dead node",
    ({ spool, first }) =>
      cpSync(
        first("posts"),
        join(spool.claimed("posts", dead), basename(first("posts"))),
        { recursive: true },
      ),
    "double",
    "held",
  ],
  [
    "a copy of an entry knows less of its recipients",
    ({ spool, first }) => {
      const path = first("outbound");
      const other = basename(path).replace(/\.1\./, ".0.");
      cpSync(path, join(spool.waiting("outbound"), other), { recursive: true });
      appendFileSync(join(path, "progress"), "sent\t1\t250 ok\n");
    },
    "double",
    "held",
  ],
  [
    "a committed entry is there from before",
    ({ spool, committed }) => {
      const copy = join(spool.waiting("digest"), basename(committed));
      cpSync(committed, copy, { recursive: true });
      rmSync(join(copy, "out"), { recursive: true });
    },
    "double",
    "held",
  ],
  [
    "a child was published, and is in out/ all the same",
    ({ spool, committed }) => {
      const [child = ""] = readdirSync(join(committed, "out"));
      const [queue = ""] = child.split(".");
      const to = join(spool.waiting(queue), child.slice(queue.length + 1));
      cpSync(join(committed, "out", child), to, { recursive: true });
    },
    "double",
    "held",
  ],
];

for (const [what, harm, kind, queue = "failed"] of harms)
  t.test(`${what}: ${kind}`, async (t) => {
    const home = homeOf(t);
    harm(home);
    const messages = messagesOf(home.home);
    t.ok(wrongs(await look(home.home)).includes(kind), "found");
    const looked = await look(home.home);
    t.ok(wrongs(looked).includes(kind), "nothing is changed by a look");
    t.equal(looked.repaired, 0);
    const put = await look(home.home, true);
    t.match(put, { broken: 0, repaired: looked.broken });
    t.equal(new Set(wrongs(put)).has(kind), true);
    t.ok(put.log.length > 0);
    const again = await look(home.home, true);
    t.same([again.broken, again.repaired, again.log], [0, 0, []], "once");
    t.same(messagesOf(home.home), messages, "no message is lost");
    if (queue === "") return;
    const laid = readdirSync(home.spool.waiting(queue)).map((name) =>
      readFileSync(
        join(home.spool.waiting(queue), name, "envelope.json"),
        "utf8",
      ),
    );
    t.ok(laid.some((text) => text.includes('"where": "spool verify"')));
  });

t.test("an envelope that cannot be read is kept", async (t) => {
  const { home, first, spool } = homeOf(t);
  writeFileSync(join(first("posts"), "envelope.json"), "{broken");
  const name = basename(first("posts"));
  await look(home, true);
  const path = join(spool.waiting("failed"), name);
  t.equal(readFileSync(join(path, "envelope.broken"), "utf8"), "{broken");
});

t.test("what is none of ours is told of and left", async (t) => {
  const { home, spool, first, committed } = homeOf(t);
  const strange = [
    join(spool.root, "lost+found"),
    join(spool.root, "backup"),
    join(spool.root, "posts", "notes.txt"),
    join(spool.waiting("posts"), "README"),
    join(spool.waiting("posts"), ".hidden"),
    join(spool.waiting("posts"), "link"),
    join(spool.waiting("held"), "folder"),
    join(spool.claimed("incoming"), "1.mail:2,S"),
    join(spool.writing("posts"), ".x"),
    join(spool.writing("posts"), "an old copy"),
    join(first("posts"), "extra"),
    join(spool.nodes(), "who"),
  ];
  mkdirSync(spool.nodes());
  for (const path of strange)
    if (/folder|found$/.test(path)) mkdirSync(path);
    else if (/backup$/.test(path))
      mkdirSync(join(path, "x"), { recursive: true });
    else if (/link$/.test(path)) symlinkSync(first("posts"), path);
    else writeFileSync(path, "");
  const left = [
    join(spool.waiting("posts"), ".nfs0001"),
    join(committed, "out", ".nfs0002"),
  ];
  for (const path of left) writeFileSync(path, "");
  for (const repair of [false, true]) {
    const { findings, broken } = await look(home, repair);
    t.equal(broken, 0);
    for (const path of strange)
      t.ok(
        findings.some((it) => it.kind === "stranger" && path.endsWith(it.path)),
        path,
      );
    t.ok(findings.some(({ kind }) => kind === "nfs-leftover"));
  }
  for (const path of [...strange, left[0] ?? ""])
    t.ok(readdirSync(join(path, "..")).includes(basename(path)), path);
});

t.test(
  "what NFS keeps of an entry that is gone is no broken entry",
  async (t) => {
    const { home, first } = homeOf(t);
    const entry = first("posts");
    for (const file of readdirSync(entry)) rmSync(join(entry, file));
    writeFileSync(join(entry, ".nfs0003"), "");
    for (const repair of [false, true]) {
      const { findings, broken } = await look(home, repair);
      t.equal(broken, 0);
      t.match(
        findings.map(({ kind, path }) => `${kind} ${basename(path)}`).sort(),
        [
          /^dead-claims /,
          `empty-entry ${basename(entry)}`,
          "nfs-leftover .nfs0003",
        ],
      );
    }
    t.same(readdirSync(entry), [".nfs0003"], "it stays where it is");
  },
);

t.test("drafts and graves are counted", async (t) => {
  const { home, spool } = homeOf(t);
  const name = "1767225600.0.0mwwyd5cq-01rx3zv9xfob";
  for (const file of [name, `${name}.done`, `${name}.dropped`, "young"])
    mkdirSync(join(spool.writing("posts"), file));
  utimesSync(join(spool.writing("posts"), name), now, now);
  const { findings } = await look(home);
  t.match(
    findings.filter(({ path }) => path === "spool/posts/tmp"),
    [
      { kind: "drafts", level: "note", what: /^1 entry/ },
      { kind: "graves", level: "note", what: /^2 entries/ },
    ],
  );
});

t.test("what a living node has at work is left alone", async (t) => {
  const { home, spool } = homeOf(t);
  const times = { renew: 1000, stale: 60_000 };
  const real = { now: () => Date.now() };
  const node = await enter(spool, "alive", times, real, () => {});
  t.teardown(() => node.leave());
  const claim = takeFrom(spool, "posts", node.name);
  rmSync(join(claim.path, "message"));
  for (const repair of [false, true])
    t.match(await look(home, repair), { broken: 0, atWork: 1, entries: 10 });
  t.same(readdirSync(claim.path), ["envelope.json"]);
});

t.test("an entry without anything in it is removed", async (t) => {
  const { home, spool } = homeOf(t);
  const name = "1767225600.0.0mwwyd5cq-01rx3zv9xfob";
  mkdirSync(join(spool.waiting("posts"), name));
  const kinds = async (repair: boolean) =>
    (await look(home, repair)).findings.map(({ kind }) => kind);
  t.ok((await kinds(false)).includes("empty-entry"));
  t.ok((await kinds(true)).includes("empty-entry"));
  t.notOk((await kinds(true)).includes("empty-entry"));
});

t.test("a post is not sent to all again out of a backup", async (t) => {
  const { home, spool } = homeOf(t);
  const post = childFor("posts", { name: freshName(now * 1000) });
  const { id } = post.name;
  await enqueue(spool, post);
  const name = { ...freshName(now * 1000), lane: laneOf("l", id, 1) };
  await enqueue(
    spool,
    childFor("outbound", {
      name,
      envelope: { ...envelope, origin: `posts/${id}` },
      recipients: ["ann@example.org"],
    }),
  );
  const found = await look(home);
  t.same(wrongs(found), ["exploded-again"]);
  await look(home, true);
  t.match(await look(home), { broken: 0 });
  t.ok(readdirSync(spool.waiting("held")).some((name) => name.includes(id)));
});

t.test("what a person released is not laid aside again", async (t) => {
  const { home, spool, first } = homeOf(t);
  const other = first("posts").replace(/\.0\./, ".3.");
  cpSync(first("posts"), other, { recursive: true });
  await look(home, true);
  const [held = ""] = readdirSync(spool.waiting("held")).filter((name) =>
    name.includes(basename(other).slice(13)),
  );
  const path = join(spool.waiting("held"), held);
  const text = JSON.parse(readFileSync(join(path, "envelope.json"), "utf8"));
  const { rest, ...freed } = text;
  const at = new Date().toISOString();
  freed.history.push({ at, where: "operator", what: "released" });
  writeFileSync(join(path, "envelope.json"), JSON.stringify(freed));
  renameSync(path, join(spool.waiting(rest.queue), held));
  const { findings, broken, repaired } = await look(home, true);
  t.same([broken, repaired], [0, 0]);
  t.equal(findings.filter(({ kind }) => kind === "double-released").length, 2);
});

t.test("a takeover that a double keeps from happening", async (t) => {
  const { home, spool, first } = homeOf(t);
  // Not due before: a takeover gives it exactly the name of the other.
  const later = `4000000000.0.${newId(now * 1000)}`;
  renameSync(first("posts"), join(spool.waiting("posts"), later));
  mkdirSync(spool.claimed("posts", dead));
  cpSync(
    join(spool.waiting("posts"), later),
    join(spool.claimed("posts", dead), later),
    { recursive: true },
  );
  const next = later.replace(".0.", ".1.");
  renameSync(
    join(spool.waiting("posts"), later),
    join(spool.waiting("posts"), next),
  );
  const put = await look(home, true);
  t.match(put, { broken: 0 });
  t.same(wrongs(put), ["double"]);
  t.match(await look(home, true), { broken: 0, repaired: 0 });
});

t.test("an entry that follows from itself goes on", async (t) => {
  const { home, spool } = homeOf(t);
  for (const [queue, given] of [
    ["posts", { due: now + 300 }],
    ["outbound", { due: now, attempt: 1 }],
  ] as const) {
    const claim = takeFrom(spool, queue, dead);
    const name = { ...claim.name, ...given };
    const outbox = new Outbox(claim);
    const message = join(claim.path, "message");
    const recipients = queue === "outbound" ? ["ann@example.org"] : [];
    const again = sized(name, recipients.length);
    await outbox.add(childFor(queue, { name: again, message, recipients }));
    await outbox.commit();
    const out = join(claim.path, "out");
    const [child = ""] = readdirSync(out);
    t.match(await look(home), { broken: 0 }, "before it is published");
    renameSync(
      join(out, child),
      join(spool.waiting(queue), child.slice(queue.length + 1)),
    );
    t.match(await look(home), { broken: 0 }, "and after");
  }
  t.match(await look(home, true), { broken: 0, repaired: 0 });
  t.match(await look(home, true), { broken: 0, repaired: 0 });
  t.equal(readdirSync(spool.waiting("held")).length, 1);
});

t.test("where no queue lies in incoming/ nothing is made", async (t) => {
  const { home, spool } = homeOf(t);
  rmSync(join(spool.root, "incoming"), { recursive: true });
  const missing = { exitCode: 75, message: /incoming: .* mount it, or make/ };
  await t.rejects(look(home), missing);
  mkdirSync(join(spool.root, "incoming"));
  await t.rejects(look(home, true), missing);
  mkdirSync(join(spool.root, "incoming", "new"));
  t.match(await look(home, true), { broken: 0, repaired: 2 });
});

t.test(
  "what the home's account may not read or move is told of",
  { skip: process.getuid?.() === 0 ? false : "only root may give files away" },
  async (t) => {
    const { home, first, spool } = homeOf(t);
    for (const path of [
      "",
      ...(readdirSync(home, { recursive: true }) as string[]),
    ])
      chownSync(join(home, path), 4711, 4711);
    chownSync(first("posts"), 0, 0);
    chmodSync(first("posts"), 0o750);
    chownSync(join(first("outbound"), "message"), 0, 0);
    chmodSync(join(first("outbound"), "message"), 0o600);
    chownSync(spool.claimed("digest", dead), 0, 0);
    const { findings } = await look(home);
    t.match(
      findings.map(({ kind, path }) => `${kind} ${path}`),
      [
        /^stuck-claims /,
        /^unreachable .*\/message$/,
        /^unreachable .*posts\/new/,
      ],
    );
    t.match(findings[2]?.what, /account 0 with mode 0750, .* account 4711/);
  },
);

t.test(
  "an account that may not look into everything looks into the rest",
  { skip: process.getuid?.() === 0 ? false : "only root may be another" },
  async (t) => {
    const { home, spool, first } = homeOf(t);
    for (const path of [
      "",
      ...(readdirSync(home, { recursive: true }) as string[]),
    ])
      chownSync(join(home, path), 4711, 4711);
    for (const path of [
      first("posts"),
      spool.claimed("digest", dead),
      spool.waiting("held"),
      join(spool.root, "failed"),
    ]) {
      chownSync(path, 0, 0);
      chmodSync(path, 0o700);
    }
    process.seteuid?.(4711);
    const { findings } = await look(home).finally(() => process.seteuid?.(0));
    t.match(findings.map(({ kind, path }) => `${kind} ${path}`).sort(), [
      /^stuck-claims spool\/digest\/cur/,
      "unreachable spool/failed",
      /^unreachable spool\/held/,
      "unreachable spool/held/new",
      /^unreachable spool\/posts\/new\//,
    ]);
  },
);
