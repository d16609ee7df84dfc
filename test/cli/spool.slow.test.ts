// The command is killed wherever a repair can be, and said again: nothing is lost, nothing is left.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import t, { type Test } from "tap";
import type { Failpoint } from "../../src/base/failpoint.ts";
import { Spool } from "../../src/spool/spool.ts";
import { dead, messagesOf, wholeHome } from "../spool/verify/fixtures/whole.ts";
import { makeHome } from "./atHome.ts";

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
