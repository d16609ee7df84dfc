// The command is killed wherever that matters, and goes through lists that fit into no memory.
import { spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import t, { type Test } from "tap";
import type { Failpoint } from "../../../src/base/failpoint.ts";
import queue from "../../../src/cli/queue.ts";
import { bare } from "../../environment.ts";
import { makeHome, news, runAll, start, verb, waiting } from "../atHome.ts";
import { put } from "./entries.ts";

t.setTimeout(300_000);

const HOUR = 60 * 60 * 1000;
const meant = "x.example";
const folder = t.testdir();
const template = join(folder, "template");

/** Who is to be served, once each. */
const others: string[] = [];
const dropped: string[] = [];

t.before(async () => {
  mkdirSync(template);
  await makeHome(t, { dir: template });
  appendFileSync(join(template, "listmill.toml"), "portion = 3\n");
  const stage = join(template, "hooks.d/outbound/10-deliver");
  mkdirSync(stage, { recursive: true });
  symlinkSync("/dev/null", join(stage, "10-smtp.hook.ts"));
  const hook = join(stage, "20-note");
  writeFileSync(
    hook,
    `#!/bin/sh
while IFS= read -r address; do
  echo "$address" >>"$LISTMILL_HOME/served"
  printf '%s\\tsent\\tok\\n' "$address"
done <"$LISTMILL_RECIPIENTS"
`,
  );
  chmodSync(hook, 0o755);
  const on = (domain: string, ...names: string[]) =>
    names.map((name) => {
      const address = `${name}@${domain}`;
      (domain === meant ? dropped : others).push(address);
      return address;
    });
  const later = { due: 600, attempt: 1, list: news };
  put(template, {
    ...later,
    recipients: [
      ...on(meant, "a1"),
      "served@x.example",
      ...on("y.example", "a2"),
      "failed@y.example",
      ...on(meant, "a3"),
    ],
    notes: ["sent\t2\t250 ok", "never\t4\t550 no", "later\t1,3,5\t450 no"],
  });
  put(template, { ...later, recipients: on(meant, "b1", "b2") });
  put(template, {
    ...later,
    recipients: [
      ...on("y.example", "c1", "c2", "c3"),
      ...on(meant, "c4", "c5"),
      ...on("z.example", "c6", "c7", "c8"),
    ],
    whole: true,
  });
  put(template, { ...later, recipients: on("z.example", "d1", "d2") });
  put(template, {
    list: news,
    recipients: [...on("z.example", "e1"), ...on(meant, "e2")],
  });
});

/** Runs the command in a process that dies at a failpoint. */
async function dying(home: string, args: readonly string[], failpoint: string) {
  const child = spawn(
    process.execPath,
    [resolve("src/main.ts"), "--home", home, "queue", ...args],
    {
      env: { ...bare, LISTMILL_FAILPOINT: failpoint },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let errors = "";
  child.stderr.on("data", (data) => {
    errors += data;
  });
  return new Promise<{ signal: string | null; errors: string }>((done) =>
    child.on("close", (_, signal) => done({ signal, errors })),
  );
}

/** Runs the mill until nothing is left to be delivered, whenever it is due. */
async function deliverAll(home: string): Promise<void> {
  for (let hours = 1; waiting(home, "outbound").length > 0; hours += 1) {
    if (hours > 20) throw new Error(waiting(home, "outbound").join("\n"));
    await runAll(home, { after: hours * HOUR });
  }
}

function served(home: string): string[] {
  return readFileSync(join(home, "served"), "utf8")
    .trimEnd()
    .split("\n")
    .sort();
}

const commands = {
  retry: ["retry", "--domain", meant],
  drop: ["drop", "--domain", meant],
};
/** Where either may die, and how often it passes there. */
const places: [Failpoint, number][] = [
  ["claimed", 4],
  ["drop-noted", 2],
  ["child-written", 4],
  ["before-commit", 2],
  ["committed", 2],
  ["child-published", 4],
  ["published", 2],
  ["finished", 1],
  ["half-removed", 2],
  ["removed", 2],
];

/** @returns whether it died */
async function dies(
  t: Test,
  command: keyof typeof commands,
  place: string,
  again: boolean,
): Promise<boolean> {
  const args = commands[command];
  const what = `${command}, killed at ${place}, ${again ? "said again" : "not said again"}`;
  const home = join(folder, what.replaceAll(/\W+/g, "."));
  cpSync(template, home, { recursive: true, verbatimSymlinks: true });
  const { signal, errors } = await dying(home, args, place);
  if (signal === null) return false;
  t.equal(signal, "SIGKILL", `${what}: ${errors}`);
  if (again) t.match(await verb(t, home, queue, args), { code: 0 }, what);
  await deliverAll(home);
  const all = served(home);
  const isMeant = (address: string) => address.endsWith(`@${meant}`);
  t.same(
    all.filter((address) => !isMeant(address)),
    others.toSorted(),
    `${what}: the others, once each`,
  );
  const rest = all.filter(isMeant);
  if (command === "retry") t.same(rest, dropped.toSorted(), what);
  else if (again) t.same(rest, [], what);
  else t.equal(new Set(rest).size, rest.length, what);
  t.equal(waiting(home, "bounces").length, 1, `${what}: one report`);
  return true;
}

for (const command of ["retry", "drop"] as const)
  t.test(
    `${command}: whatever dies when, the others are served once`,
    async (t) => {
      let deaths = 0;
      for (const [place, passages] of places)
        for (let passage = 1; passage <= passages; passage += 1) {
          // Each passage in one of the two ways, and both ways at each place.
          const again = (passage % 2 === 1) === (command === "retry");
          if (await dies(t, command, `${place}:${passage}`, again)) deaths += 1;
        }
      t.ok(deaths > 10, `${deaths} deaths`);
    },
  );

t.test("without a death", async (t) => {
  for (const command of ["retry", "drop"] as const) {
    const home = join(folder, `calm.${command}`);
    cpSync(template, home, { recursive: true, verbatimSymlinks: true });
    const { code, out } = await verb(t, home, queue, commands[command], true);
    t.equal(code, 0);
    t.match(JSON.parse(out), { recipients: dropped.length, entries: 4 });
    await deliverAll(home);
    const all = command === "retry" ? [...others, ...dropped] : others;
    t.same(served(home), all.toSorted());
  }
});

t.test("beside a runner at work, the others are served once", async (t) => {
  const home = join(folder, "beside");
  cpSync(template, home, { recursive: true, verbatimSymlinks: true });
  const some: string[] = [];
  for (let n = 0; n < 60; n += 1) {
    const recipients = [0, 1, 2, 3].map((at) =>
      at % 2 === 0 ? `${n}.${at}@${meant}` : `${n}.${at}@y.example`,
    );
    some.push(...recipients.filter((address) => !address.endsWith(meant)));
    // Some are due, some come again, some are to be cut first.
    put(home, {
      recipients,
      list: news,
      due: n % 3 === 0 ? 600 : 0,
      attempt: n % 2,
      whole: n % 5 === 0,
    });
  }
  const runner = await start(home, { jobs: 4 });
  const codes = new Set<number>();
  for (let turn = 0; turn < 6; turn += 1) {
    const args = turn < 3 ? commands.retry : commands.drop;
    codes.add((await verb(t, home, queue, args)).code);
  }
  runner.stop();
  await runner.done;
  t.ok(
    [...codes].every((code) => code === 0 || code === 75),
    [...codes].join(),
  );
  t.match(await verb(t, home, queue, commands.drop), { code: 0 });
  t.notMatch((await verb(t, home, queue, ["outbound"])).out, meant);
  await deliverAll(home);
  const all = served(home);
  t.equal(new Set(all).size, all.length, "nobody twice");
  t.same(
    all.filter((address) => !address.endsWith(`@${meant}`)),
    [...others, ...some].sort(),
  );
});

const MILLION = 1_000_000;

/** Runs a command with a heap that no list of a million fits into. */
async function flat(home: string, args: readonly string[]) {
  const heap = ["--max-old-space-size=40", "--max-semi-space-size=4"];
  const child = spawn(
    process.execPath,
    [...heap, resolve("src/main.ts"), "--home", home, "queue", ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      out += data;
    });
  const code = await new Promise((done) => child.on("close", done));
  return { code, out };
}

t.test("a list of a million that is still to be cut", async (t) => {
  const home = join(folder, "million");
  mkdirSync(home);
  await makeHome(t, { dir: home });
  const member = (n: number) => `member${n}@d${n % 10}.example.org`;
  const recipients = Array.from({ length: MILLION }, (_, n) => member(n));
  put(home, { recipients, whole: true, due: 600, attempt: 1, list: news });
  const shape = JSON.parse((await flat(home, ["outbound", "--json"])).out);
  t.equal(shape.recipients, MILLION);
  t.match(shape.domains, [{ domain: "d0.example.org", recipients: 100_000 }]);
  const gone = member(500_000);
  t.match(await flat(home, ["drop", "--recipient", gone]), { code: 0 });
  t.match(await flat(home, ["retry", "--domain", "d3.example.org"]), {
    code: 0,
    out: /100000 recipients of d3\.example\.org due now, in 1 entry/,
  });
  const lists = waiting(home, "outbound").map((path) => {
    const { portion } = JSON.parse(
      readFileSync(join(path, "envelope.json"), "utf8"),
    );
    t.notOk(readdirSync(path).includes("progress"), "it can still be cut");
    const list = readFileSync(join(path, "recipients"), "utf8");
    const lines = list.trimEnd().split("\n");
    t.same(portion, { start: 0, end: list.length, count: lines.length });
    return lines;
  });
  const [due = [], rest = [], ...more] = lists;
  t.same(more, []);
  t.equal(due.length, 100_000);
  t.ok(due.every((address) => address.endsWith("@d3.example.org")));
  const left = new Set([...due, ...rest]);
  t.equal(left.size, MILLION - 1);
  t.ok(recipients.every((address) => left.has(address) === (address !== gone)));
});
