// Lists of lists with the real command line: circles, hooks of a list's own, includes in files, and
// sources that fail. Whoever is in several lists gets one copy, and a list that fails makes wait.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { list, Mill } from "./mill.ts";
import { type Sink, startSink } from "./sink.ts";

t.setTimeout(300_000);
/** A test starts some ten processes. */
const slow = { timeout: 100_000 };

const inner = "inner@lists.example.org";
const third = "third@lists.example.org";

async function made(t: Test): Promise<{ mill: Mill; sink: Sink }> {
  const sink = await startSink(t);
  const mill = await Mill.make(t.testdir(), {
    smtp: sink.url,
    members: ["anna@box.test", "both@box.test"],
    site: "[outbound]\nrate = 0",
  });
  for (const [name = "", ...members] of [
    [inner, "ivan@box.test", "both@box.test"],
    [third, "theo@box.test", "both@box.test"],
  ]) {
    await mill.tell(["list", "create", name]);
    await mill.tell(["member", "add", name, ...members]);
  }
  return { mill, sink };
}

function settle(mill: Mill, name: string, text: string): void {
  writeFileSync(join(mill.home, "lists", name, "list.toml"), text);
}

const sublists = (...lists: string[]) =>
  `[sublists]\nlists = ${JSON.stringify(lists)}\n`;

/** Posts, and whom it came to, each as often as it did. */
async function reached(
  { mill, sink }: { mill: Mill; sink: Sink },
  id: string,
): Promise<string[]> {
  await mill.receive(id, "anna@box.test");
  await mill.finish();
  return [...sink.counts(`Subject: post ${id}`)]
    .flatMap(([who, count]) => Array<string>(count).fill(who))
    .sort();
}

t.test(
  "three lists in a circle, and a member in all of them",
  slow,
  async (t) => {
    const home = await made(t);
    settle(home.mill, list, sublists(inner));
    settle(home.mill, inner, sublists(third.toUpperCase()));
    settle(home.mill, third, sublists(list, inner, third));
    t.same(await reached(home, "circle"), [
      "anna@box.test",
      "both@box.test",
      "ivan@box.test",
      "theo@box.test",
    ]);
  },
);

t.test(
  "a sublist's own hook gives addresses, as a program",
  slow,
  async (t) => {
    const home = await made(t);
    settle(home.mill, list, sublists(inner));
    const folder = join(
      home.mill.home,
      "lists",
      inner,
      "hooks.d/posts/30-recipients",
    );
    mkdirSync(folder, { recursive: true });
    const hook = join(folder, "60-script");
    writeFileSync(hook, '#!/bin/sh\necho "for-$LISTMILL_LIST"\n');
    chmodSync(hook, 0o755);
    t.same(await reached(home, "hook"), [
      "anna@box.test",
      "both@box.test",
      `for-${inner}`,
      "ivan@box.test",
    ]);
  },
);

t.test("files of people, owners and other lists", slow, async (t) => {
  const home = await made(t);
  settle(
    home.mill,
    list,
    'owners = ["boss@box.test"]\n[file]\npath = "people"\n',
  );
  settle(home.mill, inner, 'owners = ["chief@box.test"]\n');
  writeFileSync(
    join(home.mill.home, "people"),
    "%include owners\n%include members\n%include inner-owner@lists.example.org\n%include Third@lists.example.org\nfay@box.test\n",
  );
  t.same(await reached(home, "file"), [
    "anna@box.test",
    "boss@box.test",
    "both@box.test",
    "chief@box.test",
    "fay@box.test",
    "theo@box.test",
  ]);
});

t.test(
  "a list that is asked in a circle is remembered whole",
  slow,
  async (t) => {
    const home = await made(t);
    const remember = '[file]\npath = "people"\nttl = "1h"\n';
    settle(home.mill, list, sublists(inner));
    settle(home.mill, inner, remember);
    writeFileSync(join(home.mill.home, "people"), `%include ${list}\n`);
    t.same(await reached(home, "first"), [
      "anna@box.test",
      "both@box.test",
      "ivan@box.test",
    ]);
    // Asked on its own it brings those in whom the circle had left out.
    settle(home.mill, list, 'policy = "open"\n');
    settle(home.mill, inner, `policy = "open"\n${remember}`);
    await home.mill.tell(
      ["receive", "--sender", "anna@box.test", inner],
      `From: anna@box.test\nTo: ${inner}\nSubject: post second\nMessage-ID: <2@x>\n\nHello.\n`,
    );
    await home.mill.finish();
    t.same([...home.sink.counts("Subject: post second").keys()].sort(), [
      "anna@box.test",
      "both@box.test",
      "ivan@box.test",
    ]);
  },
);

t.test("what cannot be asked makes the post wait, for all", slow, async (t) => {
  const home = await made(t);
  const { mill, sink } = home;
  const waits = async (id: string) => {
    await mill.receive(id, "anna@box.test");
    const { log } = await mill.start(["run", "--until-empty"]).ended;
    t.equal(sink.counts(`Subject: post ${id}`).size, 0, "nobody gets it");
    t.match(log, /posts\/\S+: waits/);
    return log;
  };
  settle(mill, list, sublists(inner, "gone@lists.example.org"));
  t.match(await waits("unknown"), /gone@lists\.example\.org: no such list/);
  settle(mill, list, sublists(inner));
  settle(mill, inner, '[file]\npath = "nowhere"\n');
  t.match(await waits("source"), /inner@lists.*ENOENT.*nowhere/);
  settle(mill, inner, '[file]\npath = "people"\n');
  writeFileSync(join(mill.home, "people"), "a@box.test\n%include nobody\n");
  t.match(await waits("include"), /people:2: nobody: no such list here/);
  settle(mill, inner, "rubbish = 1\n");
  t.match(await waits("settings"), /rubbish/);
});
