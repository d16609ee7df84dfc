// hooks --stats and hooks report: what a real runner has counted.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import t from "tap";
import { feed, news } from "../atHome.ts";
import { letter, TrialHome } from "./home.ts";

interface Row {
  readonly hook: string;
  readonly runs: number;
  readonly counts: Record<string, number>;
  readonly slow: boolean;
}

t.test("runs are counted, those that are observed apart", async (t) => {
  const path = "posts/10-approve/50-a";
  const home = await TrialHome.make(
    t,
    { observe: [path] },
    '[hooks]\ntimeout = "300ms"\n',
  );
  home.hook(path, "echo why; exit 77");
  home.hook("posts/10-approve/60-slow", "exec sleep 60");
  t.match(await home.hooks(["--stats"]), {
    code: 0,
    out: /^no hook was counted yet/,
  });
  t.match(await home.hooks(["report"]), {
    code: 0,
    out: /^no observed hook has run yet/,
  });
  await feed(home.home, letter);
  execFileSync(
    resolve("bin/listmill"),
    ["--home", home.home, "run", "--until-empty"],
    { stdio: "pipe" },
  );
  const stats = JSON.parse((await home.hooks(["--stats"], true)).out) as Row[];
  const of = (name: string) => stats.find(({ hook }) => hook.endsWith(name));
  t.match(of("20-policy.hook.ts"), { runs: 1, counts: { pass: 1 } });
  t.match(of("60-slow"), {
    runs: 1,
    counts: { timeout: 1, later: 0 },
    slow: true,
  });
  t.equal(of("50-a"), undefined);
  const table = await home.hooks(["--stats", "--list", news]);
  t.match(table.out, /^hook +runs +pass +timeout +median +worst\n/);
  t.match(table.out, /60-slow +1 +0 +1 +\d+ ms +\d+ ms +slow\n/);
  const observed = await home.hooks(["report", "--list", news]);
  t.match(
    observed.out,
    new RegExp(`^hook +runs +pass +reject +median +worst\\n${path} +1 +0 +1 `),
  );
  t.match(await home.hooks(["report", "--reset"]), { out: "forgot 1 run\n" });
  t.match(await home.hooks(["report"]), { out: /^no observed hook/ });
  const reset = await home.hooks(["report", "--reset"], true);
  t.same(JSON.parse(reset.out), { forgot: 0 });
  t.match((await home.hooks(["--stats"])).out, "60-slow", "the others stay");
  t.match(await home.hooks(["--stats", "posts"]), {
    code: 64,
    err: /is about all hooks/,
  });
  t.match(await home.hooks(["report", "--list", "gone@x.org"]), { code: 67 });
});
