import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { run } from "../../src/base/run.ts";

const sh = (script: string, more = {}) =>
  run({ program: "sh", args: ["-c", script], longest: 20_000, ...more });

async function* bytes(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

t.test("what it reads and prints", async (t) => {
  t.equal(
    await sh("cat; env | grep -c ^HOME=; true", { input: bytes("a", "b\n") }),
    "ab\n0\n",
  );
  t.equal(await sh("cat"), "", "nothing to read");
  t.equal(await sh("echo $X", { environment: { X: "1" } }), "1\n");
});

t.test("output is limited, and does not stop it", async (t) => {
  const said = await sh("head -c 3000000 /dev/zero | tr '\\0' x; echo y >&2");
  t.equal(said, "x".repeat(64 * 1024));
});

t.test("what goes wrong is told", async (t) => {
  await t.rejects(sh("echo why >&2; exit 4"), {
    message: "sh ended with 4: why",
  });
  await t.rejects(sh("kill -9 $$"), { message: "sh ended with SIGKILL" });
  await t.rejects(
    sh("sleep 60; true", { longest: 50 }),
    /took more than 0\.05 s/,
  );
  await t.rejects(run({ program: "/none", args: [], longest: 1000 }), {
    message: "/none is needed and not installed",
  });
});

t.test("who ends before all was read says why", async (t) => {
  const much = bytes(...Array.from({ length: 100 }, () => "x".repeat(65_536)));
  await t.rejects(sh("echo enough >&2; exit 1", { input: much }), /enough/);
});

/** Whether a process that wrote its number into the file is gone, or is so soon. */
async function isGone(file: string): Promise<boolean> {
  const pid = readFileSync(file, "utf8").trim();
  for (let n = 0; n < 1000; n += 1) {
    if (!existsSync(`/proc/${pid}`)) return true;
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    if (/\) Z /.test(stat)) return true;
    await new Promise((done) => setTimeout(done, 5));
  }
  return false;
}

t.test("what cannot be read to its end leaves nothing running", async (t) => {
  const file = join(t.testdir(), "pid");
  async function* broken() {
    yield Buffer.from("a");
    while (!existsSync(file) || readFileSync(file, "utf8") === "")
      await new Promise((done) => setTimeout(done, 5));
    throw new Error("broken");
  }
  const script = `sleep 60 & echo $! >${file}; cat; wait`;
  await t.rejects(sh(script, { input: broken() }), /broken/);
  t.ok(await isGone(file));
});

t.test("who holds its output has no more time than it has", async (t) => {
  const file = join(t.testdir(), "pid");
  const begun = performance.now();
  await t.rejects(
    sh(`sleep 60 & echo $! >${file}; exit 0`, { longest: 500 }),
    /took more than 0\.5 s/,
  );
  t.ok(performance.now() - begun < 20_000);
  t.ok(await isGone(file));
});

t.test("what it has started ends with it", async (t) => {
  const file = join(t.testdir(), "pid");
  await sh(`sleep 60 >/dev/null 2>&1 & echo $! >${file}; exit 0`);
  t.ok(await isGone(file));
});
