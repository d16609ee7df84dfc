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
  await t.rejects(sh("kill -9 $$"), { message: "sh ended with SIGKILL:" });
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

t.test("what cannot be read to its end leaves nothing running", async (t) => {
  async function* broken() {
    yield Buffer.from("a");
    throw new Error("broken");
  }
  await t.rejects(sh("cat", { input: broken() }), /broken/);
});
