// A runner as a service of systemd: what systemd is told, on a real socket.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import t from "tap";
import { makeHome, until } from "./atHome.ts";

const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    print(s.recv(4096).decode(), flush=True)
`;

function lacking(): string | false {
  for (const program of ["systemd-notify", "python3"])
    if (!existsSync(`/usr/bin/${program}`)) return `no ${program}`;
  return false;
}

t.test("systemd is told", { skip: lacking() }, async (t) => {
  const home = await makeHome(t);
  // The path of a socket must be short.
  const folder = mkdtempSync(join(tmpdir(), "lm-notify-"));
  const socket = join(folder, "notify");
  const listener = spawn("python3", ["-c", LISTENER, socket]);
  t.teardown(() => {
    listener.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  let heard = "";
  listener.stdout.on("data", (data) => {
    heard += data;
  });
  t.ok(await until(() => heard.includes("bound")));
  const runner = spawn(resolve("bin/listmill"), ["--home", home, "run"], {
    env: {
      PATH: "/usr/bin:/bin",
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: "150000",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  t.teardown(() => runner.kill("SIGKILL"));
  runner.stderr.resume();
  // Each is told by a process of its own.
  for (const words of [
    /^READY=1$/m,
    /^STATUS=runs incoming, posts, .* of \//m,
    /^WATCHDOG=1$/m,
  ])
    t.ok(await until(() => words.test(heard)), `${words}: ${heard}`);
  t.notMatch(heard, /STOPPING/);
  runner.kill("SIGTERM");
  const [code] = await once(runner, "exit");
  t.equal(code, 0);
  t.ok(await until(() => heard.includes("STOPPING=1")), heard);
});

t.test(
  "the units are such as systemd reads",
  { skip: !existsSync("/usr/bin/systemd-analyze") && "no systemd-analyze" },
  async (t) => {
    const folder = t.testdir();
    const units = ["listmill.target", "listmill@.service"];
    for (const unit of units)
      execFileSync("sh", [
        "-c",
        // The program and the account need not be there.
        'sed -e "s,^ExecStart=.*,ExecStart=/bin/true," -e "/^User=/d" "docs/examples/systemd/$1" > "$0/$1"',
        folder,
        unit,
      ]);
    const told = execFileSync(
      "systemd-analyze",
      ["verify", "--man=no", ...units.map((unit) => join(folder, unit))],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
    );
    t.equal(told, "");
  },
);
