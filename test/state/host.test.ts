// A state in SQLite belongs to the host that made it: another one is refused, and told what to do.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { machine } from "../../src/base/environment.ts";
import { belongsHere, isRemote } from "../../src/state/host.ts";
import { makeLocal, openCounts, openLocal } from "../../src/state/local.ts";
import { makeState, openState } from "../../src/state/state.ts";

/** Is another machine until the test ends. */
function be(t: Test, name: string | undefined): void {
  t.teardown(() => {
    delete process.env.LISTMILL_MACHINE;
  });
  if (name === undefined) delete process.env.LISTMILL_MACHINE;
  else process.env.LISTMILL_MACHINE = name;
}

t.test("the first host has the state, another is refused", async (t) => {
  const home = t.testdir();
  be(t, "one");
  makeLocal(home).close();
  openLocal(home).close();
  be(t, "two");
  const refused = {
    name: "Failure",
    exitCode: 78,
    message: new RegExp(
      `that of the host one, and SQLite serves one host only\\. .*\\[state\\] url = "postgres://.*remove ${home}/state/host\\..*LISTMILL_MACHINE=`,
    ),
  };
  t.throws(() => openLocal(home), refused);
  t.throws(() => makeLocal(home), refused);
  await t.rejects(openState({ home }), refused);
  await t.rejects(makeState({ home }), refused);
  rmSync(join(home, "state/host"));
  openLocal(home).close();
  be(t, "one");
  t.throws(() => openLocal(home), { message: /the host two/ });
});

t.test("a state out of the home is one host's all the same", async (t) => {
  const elsewhere = mkdtempSync("/dev/shm/listmill-state-");
  t.teardown(() => rmSync(elsewhere, { recursive: true }));
  const home = mkdtempSync(join(tmpdir(), "listmill-home-"));
  t.teardown(() => rmSync(home, { recursive: true }));
  if (statSync(home).dev === statSync(elsewhere).dev)
    return t.comment("one file system");
  const link = (name: string) => {
    rmSync(join(home, "state"), { force: true });
    mkdirSync(join(elsewhere, name), { recursive: true });
    symlinkSync(join(elsewhere, name), join(home, "state"));
  };
  be(t, "one");
  link("one");
  makeLocal(home).close();
  be(t, "two");
  link("two");
  for (const open of [openLocal, makeLocal])
    t.throws(() => open(home), {
      exitCode: 78,
      message: new RegExp(`of the host one, .*remove ${home}/state.host`),
    });
  t.same(readdirSync(join(elsewhere, "two")), [], "nothing is made");
  be(t, "one");
  link("one");
  openLocal(home).close();
});

t.test("a home of before becomes the host's that opens it", async (t) => {
  const home = t.testdir();
  makeLocal(home).close();
  rmSync(join(home, "state/host"));
  openLocal(home).close();
  t.match(
    readFileSync(join(home, "state/host"), "utf8"),
    new RegExp(`^${machine(false).id} `),
  );
  t.same(
    readdirSync(join(home, "state")).filter((name) => name.startsWith(".")),
    [],
    "no draft is left",
  );
});

t.test("a state that is missing becomes nobody's", async (t) => {
  const home = t.testdir();
  mkdirSync(join(home, "state"));
  t.throws(() => openLocal(home), { exitCode: 75, message: /missing/ });
  t.same(readdirSync(join(home, "state")), []);
});

t.test("what stands in the file is told safely", async (t) => {
  const folder = t.testdir();
  for (const text of ["", "x", `x \u001b[31m\nb`]) {
    writeFileSync(join(folder, "host"), text);
    t.throws(() => belongsHere(folder), {
      message: /^\P{Cc}+SQLite serves one host only\P{Cc}+$/u,
    });
  }
});

t.test("a local disk is told from another host's", async (t) => {
  t.equal(isRemote(t.testdir()), false);
});

t.test("a machine keeps its id and tells nobody its number", async (t) => {
  be(t, undefined);
  t.same(machine(false), machine(false));
  t.match(machine(false).id, /^[0-9a-f]{16}$/);
  t.not(machine(true).id, machine(false).id, "its name counts too");
  be(t, "a container");
  t.equal(machine(false).name, "a container");
  const { id } = machine(false);
  be(t, "another");
  t.not(machine(false).id, id);
});

t.test("each host counts its hooks where the state is shared", async (t) => {
  const home = t.testdir();
  const server = () => {
    throw new Error("nobody asks the server");
  };
  for (const name of ["one", "two"]) {
    process.env.LISTMILL_HOST = name;
    t.teardown(() => {
      delete process.env.LISTMILL_HOST;
    });
    const { db, path, close } = openCounts({ home, server });
    t.equal(path, join(home, `state/hooks@${name}.db`));
    t.same(db.prepare("SELECT * FROM hook_runs").all(), []);
    close();
  }
});
