// spool verify: what people and scripts are told, and how it ends.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from "node:fs";
import { basename, join } from "node:path";
import t, { type Test } from "tap";
import spool from "../../src/cli/spool.ts";
import { kinds } from "../../src/spool/verify/finding.ts";
import { feed, makeHome, news, runAll, verb, waiting } from "./atHome.ts";

const post = "From: anna@example.com\nSubject: one\n\nText.\n";

async function homeWithPost(t: Test) {
  const home = await makeHome(t);
  await feed(home, post);
  const [entry = ""] = waiting(home, "incoming");
  const run = (args: string[], json = false) =>
    verb(t, home, spool, args, json);
  return { home, entry, run };
}

t.test("a whole home is told in a line", async (t) => {
  const { run } = await homeWithPost(t);
  const out = "1 entry in 12 queues: all whole\n";
  t.same(await run(["verify"]), { code: 0, out, err: "" });
  t.same(await run(["verify", "--repair"]), { code: 0, out, err: "" });
  t.same(JSON.parse((await run(["verify"], true)).out), {
    findings: [],
    entries: 1,
    queues: 12,
    atWork: 0,
    broken: 0,
    repaired: 0,
    notes: 0,
  });
});

t.test(
  "what is broken is told, put right, and told as a note then",
  async (t) => {
    const { home, entry, run } = await homeWithPost(t);
    truncateSync(join(entry, "message"));
    const path = `spool/incoming/new/${basename(entry)}/message`;
    t.match(await run(["verify"]), {
      code: 65,
      out: `${path}: it has no bytes; restore it from a backup, or ask the sender\n1 entry in 12 queues: 1 not whole\n`,
    });
    const { code, out } = await run(["verify"], true);
    t.equal(code, 65);
    t.match(JSON.parse(out), {
      broken: 1,
      findings: [{ kind: "empty-message", level: "broken", path }],
    });
    const repaired = await run(["verify", "--repair"]);
    t.match(repaired, { code: 0, err: /incoming\/.*: laid into failed\// });
    t.match(repaired.out, /; done: laid into failed\/.*\n.*: 1 put right\n$/);
    t.match(await run(["verify", "--repair"]), {
      code: 0,
      out: /^note: spool\/failed\/.*it rests in failed\/.*\n.*: all whole, 1 note\n$/,
      err: "",
    });
    const failed = waiting(home, "failed").map((path) => basename(path));
    t.same(failed, [basename(entry)]);
  },
);

t.test("a part of a home that is not there is not made", async (t) => {
  const { home, run } = await homeWithPost(t);
  rmSync(join(home, "lists"), { recursive: true });
  for (const args of [["verify"], ["verify", "--repair"]])
    t.match(await run(args), {
      code: 75,
      err: /lists: .* mount it, or make it/,
    });
  mkdirSync(join(home, "lists"));
  rmSync(join(home, "spool", "incoming"), { recursive: true });
  for (const args of [["verify"], ["verify", "--repair"]])
    t.match(await run(args, true), {
      code: 75,
      out: "",
      err: /incoming: .* mount it/,
    });
  t.notOk(readdirSync(join(home, "spool")).includes("incoming"));
});

t.test("an archive that is not there is told", async (t) => {
  const { home, run } = await homeWithPost(t);
  rmSync(join(home, "archive"), { recursive: true });
  t.match(await run(["verify", "--repair"]), {
    code: 65,
    out: /^archive: this folder is missing; mount it or mend the link/,
  });
});

t.test("arguments that are none", async (t) => {
  const { run } = await homeWithPost(t);
  t.match(await run([]), { code: 64, err: /spool verify/ });
  t.match(await run(["mend"]), { code: 64, err: /spool verify/ });
  t.match(await run(["verify", "x"]), { code: 64, err: /too many/ });
  t.match(await run(["verify", "--force"]), { code: 64, err: /--force/ });
});

t.test("a copy of a post is delivered once after a repair", async (t) => {
  const { home, entry, run } = await homeWithPost(t);
  const dead = join(home, "spool/incoming/cur/gone.1.000000000");
  mkdirSync(dead);
  cpSync(entry, join(dead, basename(entry)), { recursive: true });
  t.match(await run(["verify", "--repair"]), { code: 0 });
  await runAll(home);
  const numbers = join(home, "archive", news, "numbers", "0");
  t.same(readdirSync(numbers), ["1"]);
  t.equal(waiting(home, "held").length, 1);
});

t.test("every finding is explained in docs/spool-verify.md", async (t) => {
  const page = readFileSync("docs/spool-verify.md", "utf8");
  const told = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(
    ([, kind]) => kind,
  );
  t.same(told.sort(), Object.keys(kinds).sort());
});
