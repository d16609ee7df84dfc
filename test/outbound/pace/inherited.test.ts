import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { bequeathed, inherited } from "../../../src/outbound/pace/inherited.ts";
import { myIdentity } from "../../../src/spool/identity.ts";

const clock = { now: () => Date.UTC(2026, 0, 2) };
const HOUR = 60 * 60 * 1000;

/** The record of a runner, as old as that. @param pid of a process that is gone, by default */
function leave(folder: string, node: string, age: number, pid?: number) {
  const gone = pid ?? spawnSync("true").pid;
  writeFileSync(
    join(folder, `${node}.who`),
    JSON.stringify({ ...myIdentity(), pid: gone }),
  );
  const record = join(folder, `${node}.json`);
  writeFileSync(record, node);
  const at = (clock.now() - age) / 1000;
  utimesSync(record, at, at);
}

t.test("the newest record of a dead runner is taken over", async (t) => {
  const folder = join(t.testdir(), "pace");
  t.equal(inherited(folder, "first", clock), join(folder, "first.json"));
  t.same(readdirSync(folder), ["first.who"]);
  leave(folder, "older", 2 * HOUR);
  leave(folder, "newer", HOUR);
  leave(folder, "alive", 0, process.pid);
  const mine = inherited(folder, "mine", clock);
  t.equal(readFileSync(mine, "utf8"), "newer");
  const next = inherited(folder, "next", clock);
  t.equal(readFileSync(next, "utf8"), "older", "one each");
  const none = inherited(folder, "none", clock);
  t.notOk(existsSync(none));
  t.ok(existsSync(join(folder, "alive.json")));
});

t.test("what is older than a day is thrown away", async (t) => {
  const folder = t.testdir();
  leave(folder, "newest", HOUR);
  leave(folder, "yesterday", 23 * HOUR);
  leave(folder, "gone", 26 * HOUR);
  inherited(folder, "mine", clock);
  t.same(readdirSync(folder).sort(), [
    "mine.json",
    "mine.who",
    "yesterday.json",
    "yesterday.who",
  ]);
});

t.test("a file that tells nobody's name is left alone", async (t) => {
  const folder = t.testdir({ "odd.who": "{", "odd.json": "odd" });
  const mine = inherited(folder, "mine", clock);
  t.notOk(existsSync(mine));
  t.ok(existsSync(join(folder, "odd.json")));
});

/** The record of a runner that cannot be seen from here. */
function leaveElsewhere(
  folder: string,
  age: number,
  machine: string | undefined,
) {
  leave(folder, "other", age, process.pid);
  const who = join(folder, "other.who");
  if (machine !== undefined)
    writeFileSync(who, JSON.stringify({ ...myIdentity(), machine }));
  else unlinkSync(who);
  const at = (clock.now() - age) / 1000;
  if (machine !== undefined) utimesSync(who, at, at);
}

t.test("a reboot or another container is no way round limits", async (t) => {
  const [boot = ""] = myIdentity().machine.split(" ");
  const MINUTE = 60 * 1000;
  const cases: [string | undefined, number, boolean][] = [
    ["another pid:[1]", MINUTE, true],
    [`${boot} pid:[1]`, 9 * MINUTE, false],
    [`${boot} pid:[1]`, 11 * MINUTE, true],
    ["", 9 * MINUTE, false],
    ["", 11 * MINUTE, true],
    [undefined, 11 * MINUTE, true],
  ];
  for (const [at, [machine, age, taken]] of cases.entries()) {
    const folder = join(t.testdir(), String(at));
    mkdirSync(folder);
    leaveElsewhere(folder, age, machine);
    t.equal(existsSync(inherited(folder, "mine", clock)), taken, String(at));
    t.equal(existsSync(join(folder, "other.json")), !taken);
  }
});

t.test("one that ended in order is over, wherever it was", async (t) => {
  const folder = t.testdir();
  leave(folder, "other", 0, process.pid);
  bequeathed(join(folder, "other.json"));
  const mine = inherited(folder, "mine", clock);
  t.equal(readFileSync(mine, "utf8"), "other");
  t.same(readdirSync(folder).sort(), ["mine.json", "mine.who"]);
});

t.test("what is useless goes, whoever wrote it", async (t) => {
  const folder = t.testdir();
  leave(folder, "alive", 26 * HOUR, process.pid);
  inherited(folder, "mine", clock);
  t.same(readdirSync(folder).sort(), ["alive.who", "mine.who"]);
});
