import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import t from "tap";

const skip = existsSync("/proc/self/fdinfo") ? false : "there is no /proc here";
const module = new URL("../../src/base/descriptors.ts", import.meta.url).href;

t.test("what was inherited is not passed on", { skip }, async (t) => {
  const file = openSync("/dev/null", "r");
  t.teardown(() => closeSync(file));
  // Node looks after those that follow each other from the first on.
  const stdio = [
    "ignore",
    "pipe",
    "inherit",
    ...Array(39).fill("ignore"),
    file,
  ];
  const list = `process.stdout.write(spawnSync("ls", ["/proc/self/fd"]).stdout);`;
  const run = (text: string) => {
    const { stdout, status } = spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { spawnSync } from "node:child_process"; ${text}`,
      ],
      { stdio: stdio as "pipe"[], encoding: "utf8", env: {} },
    );
    t.equal(status, 0);
    return stdout.split("\n").filter(Boolean).map(Number);
  };
  t.ok(run(list).includes(42), "Node passes them on by itself");
  const closing = `const { closeInherited } = await import("${module}"); closeInherited();`;
  const left = run(closing + list).filter((fd) => fd > 3);
  t.same(left, []);
});
