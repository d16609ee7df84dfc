// The command is killed wherever a repair can be, and said again: nothing is lost, nothing is left.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import t, { type Test } from "tap";
import type { Failpoint } from "../../src/base/failpoint.ts";
import { Spool } from "../../src/spool/spool.ts";
import { dead, messagesOf, wholeHome } from "../spool/verify/fixtures/whole.ts";
import { makeHome, news, start } from "./atHome.ts";
import { put } from "./queue/entries.ts";

t.setTimeout(300_000);

const template = join(t.testdir(), "template");

/** Something for each kind of act. */
t.before(async () => {
  mkdirSync(template);
  await makeHome(t as Test, { dir: template });
  await wholeHome(template);
  const spool = new Spool(join(template, "spool"));
  const at = (queue: string, index: number) => {
    const name = readdirSync(spool.waiting(queue)).sort()[index] ?? "";
    return join(spool.waiting(queue), name);
  };
  writeFileSync(join(at("outbound", 0), "envelope.json"), "{broken");
  rmSync(join(at("outbound", 1), "recipients"));
  mkdirSync(spool.claimed("posts", dead), { recursive: true });
  const copy = join(spool.claimed("posts", dead), basename(at("posts", 0)));
  cpSync(at("posts", 0), copy, { recursive: true });
  writeFileSync(
    join(spool.waiting("posts"), "1767225600.0.0mwwyd5cq-01rx3zv9xfob"),
    "Subject: a file\n",
  );
  const committed = readdirSync(spool.claimed("digest", dead))
    .map((name) => join(spool.claimed("digest", dead), name, "out"))
    .find((path) => readdirSync(join(path, "..")).includes("out"));
  const [child = ""] = readdirSync(committed ?? "");
  truncateSync(join(committed ?? "", child, "message"));
});

function repair(home: string, failpoint: string) {
  const args = ["--home", home, "--json", "spool", "verify", "--repair"];
  const environment = { ...process.env, LISTMILL_FAILPOINT: failpoint };
  const { status, signal, stdout } = spawnSync(resolve("bin/listmill"), args, {
    env: environment,
    encoding: "utf8",
  });
  return { status, signal, stdout };
}

const places = [
  "repair-claimed",
  "lay-noted",
  "repair-moved",
] satisfies Failpoint[];

for (const place of places)
  for (const passage of [1, 2, 3, 4, 5])
    t.test(`killed at ${place}, passage ${passage}`, async (t) => {
      const home = join(t.testdir(), "home");
      cpSync(template, home, { recursive: true });
      const messages = messagesOf(home);
      const killed = repair(home, `${place}:${passage}`);
      t.equal(killed.signal, "SIGKILL", killed.stdout);
      t.same(messagesOf(home), messages, "nothing is lost");
      const again = repair(home, "");
      t.equal(again.status, 0, again.stdout);
      const last = repair(home, "");
      t.match(JSON.parse(last.stdout), { broken: 0, repaired: 0 });
      t.equal(last.status, 0);
      t.same(messagesOf(home), messages);
      const spool = new Spool(join(home, "spool"));
      const resting = ["failed", "held"].map(
        (queue) => readdirSync(spool.waiting(queue)).length,
      );
      t.same(resting, [5, 2], "each once");
    });

t.test("while a runner works, nothing is taken from it", async (t) => {
  const home = await makeHome(t as Test);
  const stage = join(home, "hooks.d/outbound/10-deliver");
  mkdirSync(stage, { recursive: true });
  symlinkSync("/dev/null", join(stage, "10-smtp.hook.ts"));
  const hook = join(stage, "20-note.hook.mjs");
  writeFileSync(
    hook,
    `import { appendFileSync } from "node:fs";
async function* served(ask) {
  for await (const address of ask.recipients()) {
    await new Promise((done) => setTimeout(done, 2));
    appendFileSync(${JSON.stringify(join(home, "served"))}, address + "\\n");
    yield [{ address, kind: "sent", reply: "ok" }];
  }
}
export default served;
`,
  );
  chmodSync(hook, 0o755);
  const meant: string[] = [];
  for (let n = 0; n < 300; n += 1) {
    const recipients = [0, 1, 2].map((at) => `m${n}.${at}@example.org`);
    meant.push(...recipients);
    put(home, { recipients, list: news });
  }
  const runner = await start(home, { jobs: 8, untilEmpty: true });
  let isDone = false;
  const done = runner.done.finally(() => {
    isDone = true;
  });
  const codes: (number | null)[] = [];
  while (!isDone) codes.push(await repairing(home));
  const lines = await done;
  const file = join(home, "served");
  const served = existsSync(file)
    ? readFileSync(file, "utf8")
    : lines.join("\n");
  t.same(served.trim().split("\n").sort(), meant.sort(), "each once");
  t.same(new Set(codes), new Set([0]), `${codes.length} repairs`);
  const spool = new Spool(join(home, "spool"));
  for (const queue of ["held", "failed", "outbound"])
    t.same(readdirSync(spool.waiting(queue)), [], queue);
});

function repairing(home: string): Promise<number | null> {
  const args = ["--home", home, "spool", "verify", "--repair"];
  const child = spawn(resolve("bin/listmill"), args, { stdio: "ignore" });
  return new Promise((done) => child.once("close", done));
}
