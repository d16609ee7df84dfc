// hooks trace: the whole way as the mill would go it, and nothing of it done.
import { readFileSync } from "node:fs";
import t from "tap";
import { feed, news, runAll, waiting } from "../atHome.ts";
import { member } from "../member.ts";
import { letter, TrialHome } from "./home.ts";

interface Traced {
  readonly steps: {
    hook: string;
    at: string;
    asked: boolean;
    verdict: string;
  }[];
  readonly end: { kind: string };
}

const traced = (out: string) => JSON.parse(out) as Traced;

t.test(
  "a post: each hook, what it changed, and who would get it",
  async (t) => {
    const home = await TrialHome.make(t, { subject_prefix: "[news]" });
    await member(t, home.home, "anna@example.com", "ben@example.com");
    const before = home.contents();
    const { code, out } = await home.trace([]);
    t.equal(code, 0);
    t.match(
      out,
      /^incoming\/\n {2}10-approve\/10-size\.hook\.ts +pass +[\d.]+ ms\n/,
    );
    t.match(
      out,
      /20-route\/10-door\.hook\.ts +pass .*\n +to the queue posts\nposts\/\n/,
    );
    t.match(out, /\n +-Subject: Hello\n +\+Subject: \[news\] Hello\n/);
    t.match(
      out,
      /10-members\.hook\.ts +pass .*\n +gives 2 addresses: anna@example\.com ben@example\.com\n/,
    );
    t.match(
      out,
      /10-archive\.hook\.ts +pass .*\n +emits \d+ bytes to news-archive@lists\.example\.org\n/,
    );
    t.match(out, /\nIt would go to 2 recipients, by way of outbound\.\n$/);
    t.same(home.contents(), before, "nothing was done");
  },
);

t.test("the same hooks as the mill, in the same order", async (t) => {
  const home = await TrialHome.make(t, { archive: false });
  const diary = home.file("diary", "");
  for (const path of [
    "incoming/05-approve/10-a",
    "posts/05-approve/20-skips",
    "posts/05-approve/30-never",
    "posts/60-emit/10-z",
  ])
    home.hook(
      path,
      `echo ${path} >>${diary}; ${path.endsWith("skips") ? "exit 99" : "exit 0"}`,
    );
  const { out } = await home.trace([], true);
  const asked = traced(out).steps.filter(({ asked }) => asked);
  const mine = asked
    .map(({ hook }) => hook)
    .filter((hook) => /05-approve\/|60-emit/.test(hook));
  t.same(mine, [
    "incoming/05-approve/10-a",
    "posts/05-approve/20-skips",
    "posts/60-emit/10-z",
  ]);
  t.equal(readFileSync(diary, "utf8"), `${mine.join("\n")}\n`);
  await feed(home.home, letter, { sender: "anna@example.com" });
  await runAll(home.home);
  t.equal(readFileSync(diary, "utf8"), `${[...mine, ...mine].join("\n")}\n`);
});

t.test("a refusal, and what its sender would be told", async (t) => {
  const home = await TrialHome.make(t, { policy: "members" });
  const said = await home.trace([]);
  t.equal(said.code, 77);
  t.match(
    said.out,
    /\nIt would be rejected by posts\/10-approve\/20-policy\.hook\.ts: Only members /,
  );
  t.match(
    said.out,
    /\nanna@example\.com would be told:\n +Subject: Your message to news@/,
  );
  t.notMatch(said.out, "20-edit", "the way ended there");
  const robot = await home.trace(
    [],
    false,
    letter.replace("\n", "\nAuto-Submitted: auto-replied\n"),
  );
  t.match(robot.out, /\nNobody would be told/);
  t.same(waiting(home.home, "outbound"), []);
  t.match(traced((await home.trace([], true)).out).end, {
    kind: "reject",
    told: { recipient: "anna@example.com", text: /not accepted/ },
  });
});

t.test("held, discarded, waiting", async (t) => {
  const home = await TrialHome.make(t);
  for (const [code, words] of [
    [80, "It would be held by posts/10-approve/50-a: why"],
    [81, "It would be discarded by posts/10-approve/50-a: why"],
    [75, "It would wait: posts/10-approve/50-a: why"],
  ] as const) {
    home.hook("posts/10-approve/50-a", `echo why; exit ${code}`);
    const said = await home.trace([]);
    t.equal(said.code, code);
    t.match(said.out, `\n${words}\n`);
  }
  home.hook("posts/10-approve/50-a", "exit 0");
  home.hook("incoming/20-route/05-mine", "echo held");
  t.match(await home.trace([]), {
    code: 75,
    out: /It would wait: incoming: it cannot be routed to "held"/,
  });
});

t.test(
  "observed hooks are told as such, and acted on by nothing",
  async (t) => {
    const path = "posts/10-approve/50-a";
    const home = await TrialHome.make(t, { observe: [path] });
    home.hook(path, "echo why; exit 77");
    const said = await home.trace([]);
    t.equal(said.code, 0);
    t.match(said.out, /50-a +observed, would be reject +[\d.]+ ms: why\n/);
  },
);

t.test("other queues; hooks that act are named and not run", async (t) => {
  const home = await TrialHome.make(t);
  const [local, domain] = news.split("@");
  const archive = [
    "--queue",
    "archive",
    "--recipient",
    `${local}-archive@${domain}`,
  ];
  const said = await home.trace(archive);
  t.match(
    said.out,
    /10-store\.hook\.ts +- +consume hooks are not run in a trial\n/,
  );
  t.match(said.out, /\nIt would be done with\.\n$/);
  t.match(await home.trace(["--queue", "nowhere"]), {
    code: 64,
    err: /no queue "nowhere" has hooks/,
  });
  const unknown = await home.hooks([
    "trace",
    "--recipient",
    "x@y.org",
    "--message",
    home.file("l", letter),
  ]);
  t.match(unknown, { code: 77, out: /10-approve\/20-recipient/ });
});

t.test("a hook that is refused stops the queue, as in the mill", async (t) => {
  const home = await TrialHome.make(t);
  home.file("hooks.d/posts/10-approve/50-a", "#!/bin/sh\n", 0o777);
  t.match(await home.trace([]), {
    code: 75,
    out: /It would wait: posts: .*50-a: refused, others can write to it/,
  });
});
