// replay: what hooks would have said to the archive, and nothing done to it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import replay from "../../src/cli/replay.ts";
import { news, verb } from "./atHome.ts";
import { TrialHome } from "./hooks/home.ts";

interface Replayed {
  readonly posts: {
    number: number;
    verdict: string;
    observed: boolean;
    hook: string;
  }[];
  readonly read: number;
  readonly totals: Record<string, unknown>[];
}

async function archived(t: Parameters<typeof TrialHome.make>[0], list = {}) {
  const home = await TrialHome.make(t, list);
  const post = (month: string, number: number, subject: string) =>
    home.file(
      `archive/${news}/${month}/${number}.eml`,
      `From: anna@example.com\nSubject: ${subject}\nDate: Thu, 01 Jan 2026 12:00:00 +0000\n\nText\n`,
    );
  post("2025/12", 1, "old");
  for (let number = 2; number <= 12; number += 1)
    post("2026/01", number, number % 5 === 0 ? "lottery" : "plain");
  post("2026/02", 13, "lottery again");
  home.hook(
    "posts/10-approve/50-words",
    'case $LISTMILL_SUBJECT in *lottery*) echo "No lotteries."; exit 77 ;; esac',
  );
  home.hook(
    "posts/10-approve/60-after",
    'echo "$LISTMILL_SUBJECT" >>"$LISTMILL_HOME/after"',
  );
  const run = (args: string[], json = false) =>
    verb(t, home.home, replay, ["--list", news, ...args], json);
  const stage = ["--stage", "posts/10-approve"];
  return { home, run, stage };
}

t.test("what does not pass is told, in order, with totals", async (t) => {
  const { home, run, stage } = await archived(t);
  const before = home.contents();
  const said = await run(["--from-archive", "2026-01", ...stage]);
  t.equal(said.code, 0);
  t.equal(said.err, "", "no progress but on a terminal");
  const lines = said.out.split("\n");
  t.match(lines[0], /^number +date +from +subject +hook +verdict +reason$/);
  t.match(
    lines[1],
    /^5 +2026-01-01 +anna@example\.com +lottery +50-words +reject +No lotteries\.$/,
  );
  t.match(lines[2], /^10 /);
  t.match(said.out, /\n11 posts of the archive\nhook +pass +reject\n/);
  t.match(said.out, /50-words +9 +2\n/);
  t.match(said.out, /60-after +9 +0\n/, "not asked about what was rejected");
  t.same(home.contents(), before);
  t.equal(
    readFileSync(join(home.home, "after"), "utf8").split("\n").length,
    10,
  );
});

t.test("months, years and ranges", async (t) => {
  const { run, stage } = await archived(t);
  for (const [months, read] of [
    ["2025", 1],
    ["2026", 12],
    ["2026-02", 1],
    ["2025-12..2026-01", 12],
    ["2025..2026", 13],
  ] as const) {
    const { out } = await run(["--from-archive", months, ...stage], true);
    t.equal((JSON.parse(out) as Replayed).read, read, months);
  }
  t.match(await run(["--from-archive", "2024", ...stage]), {
    code: 66,
    err: /has no posts of 2024/,
  });
  for (const months of ["2026-13", "now", "2026-01..", "2026..2027..2028"])
    t.match(
      await run(["--from-archive", months, ...stage]),
      { code: 64 },
      months,
    );
});

t.test("--all tells all, observed hooks are marked", async (t) => {
  const { run, stage } = await archived(t, {
    observe: ["posts/10-approve/50-words"],
  });
  const { out } = await run(
    ["--from-archive", "2026-02", "--all", ...stage],
    true,
  );
  const { posts, totals } = JSON.parse(out) as Replayed;
  t.ok(posts.length > 3);
  for (const post of posts) {
    const observed = post.hook === "posts/10-approve/50-words";
    const verdict = observed ? "reject" : "pass";
    t.match(post, { number: 13, observed, verdict });
  }
  t.equal(totals.length, posts.length);
  t.match(await run(["--from-archive", "2026-02", ...stage]), {
    out: /50-words +\(reject\) /,
  });
});

t.test("what is no message is told and goes past", async (t) => {
  const { home, run, stage } = await archived(t);
  home.file(`archive/${news}/2026/02/14.eml`, "");
  home.file(`archive/${news}/2026/02/notes.txt`, "no post");
  const { out } = await run(["--from-archive", "2026-02", ...stage], true);
  t.match(JSON.parse(out), {
    read: 2,
    posts: [
      { number: 13 },
      { number: 14, verdict: "unreadable", reason: /no message/ },
    ],
  });
});

t.test("what it refuses", async (t) => {
  const { run } = await archived(t);
  for (const [stage, code, err] of [
    ["posts/40-refine", 64, /hooks that refine are not replayed/],
    ["archive/10-consume", 64, /they do something to the world/],
    [
      "posts/11-approve",
      66,
      /there is no stage posts\/11-approve; posts has 10-approve, /,
    ],
    ["posts", 64, /--stage takes QUEUE\/NN-verb/],
  ] as const)
    t.match(
      await run(["--from-archive", "2026", "--stage", stage]),
      { code, err },
      stage,
    );
  t.match(await run([]), { code: 64, err: /replay takes --list/ });
});
