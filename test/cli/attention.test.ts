// check's words about what waits and about observe; lists that are not there; retrying a queue.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import check from "../../src/cli/check.ts";
import list from "../../src/cli/list.ts";
import member from "../../src/cli/member.ts";
import queue from "../../src/cli/queue.ts";
import { feed, makeHome, news, runAll, verb } from "./atHome.ts";

const post = (subject: string) =>
  `From: anna@example.com\nSubject: ${subject}\n\nText.\n`;

function put(home: string, path: string, text: string): void {
  const file = join(home, "hooks.d", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

/** The sentences of check that match. */
async function told(t: Test, home: string, about: RegExp): Promise<string[]> {
  const { out } = await verb(t, home, check, []);
  return out.split("\n").filter((line) => about.test(line));
}

t.test("what waits with an error or rests is one warning", async (t) => {
  const home = await makeHome(t, { list: { archive: false } });
  put(home, "posts/15-approve/10-later", "exit 75");
  const about = /listmill queue(, listmill held)?$/;
  await feed(home, post("one"));
  t.same(await told(t, home, about), [], "nothing was tried yet");
  const [two = ""] = await feed(home, post("two"));
  await feed(home, post("three"));
  await verb(t, home, queue, ["hold", two]);
  t.same(await told(t, home, about), [
    "warning: 1 entry is held: listmill queue, listmill held",
  ]);
  await runAll(home);
  t.same(await told(t, home, about), [
    "warning: 2 entries wait with an error, 1 is held: listmill queue, listmill held",
  ]);
  t.match(await verb(t, home, check, []), { code: 0 }, "no failure");
});

t.test("retry takes the name of a queue", async (t) => {
  const home = await makeHome(t, { list: { archive: false } });
  put(home, "posts/15-approve/10-later", "exit 75");
  const next = async () =>
    JSON.parse((await verb(t, home, queue, [], true)).out).map(
      (row: { next: string }) => row.next,
    );
  await feed(home, post("one"));
  await feed(home, post("two"));
  await runAll(home);
  t.match(await next(), [/^20/, /^20/]);
  t.match(await verb(t, home, queue, ["retry", "posts"]), {
    code: 0,
    out: "posts: 2 entries are due now\n",
  });
  t.same(await next(), ["now", "now"]);
  t.match(await verb(t, home, queue, ["retry", "owner"]), {
    code: 0,
    out: "owner: 0 entries are due now\n",
  });
  t.match(await verb(t, home, queue, ["retry", "held"]), {
    code: 64,
    err: /what is in held rests: use queue release/,
  });
});

t.test("names in observe that are no hook", async (t) => {
  const home = await makeHome(t, {
    settings:
      '[hooks]\nobserve = ["posts/15-approve/10-mine", "posts/15-approve/10-mien"]\n',
    list: { observe: ["posts/40-refine/80-cap", "posts/40-refine/80-cup"] },
  });
  put(home, "posts/15-approve/10-mine", "exit 0");
  t.same(await told(t, home, /observe/), [
    'warning: [hooks] of listmill.toml: observe names "posts/15-approve/10-mien", which is no hook; see: listmill hooks',
    `warning: ${news}: observe names "posts/40-refine/80-cup", which is no hook; see: listmill hooks`,
  ]);
});

t.test("a list that is not there, and what may be meant", async (t) => {
  const home = await makeHome(t);
  const cases: [string, RegExp][] = [
    ["news", /no list news; did you mean news@lists\.example\.org\?$/],
    ["nows", /give its whole address, such as nows@lists\.example\.org$/],
    ["a@x.org", /make it with: listmill list create a@x\.org$/],
    ["@x.org", /edit lists\/@x\.org\/list\.toml$/],
  ];
  for (const [name, err] of cases) {
    t.match(await verb(t, home, list, ["show", name]), { code: 67, err });
    t.match(await verb(t, home, member, ["add", name, "x@example.org"]), {
      code: 67,
      err,
    });
  }
});
