/**
 * An Exim that start_exim has started: what it logs, and settings of a test's own.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./mill.ts";
import { call } from "./servers.ts";

export const program = "/opt/exim4/usr/sbin/exim4";

/** All that it has logged. */
export function logIn(dir: string): string {
  return ["mainlog", "paniclog"]
    .map((name) => join(dir, "log", name))
    .map((path) => (existsSync(path) ? readFileSync(path, "utf8") : ""))
    .join("");
}

/** Changes its settings, and has it read them. Throws where it cannot. */
export async function reconfigure(
  dir: string,
  change: (settings: string) => string,
): Promise<void> {
  const file = join(dir, "exim.conf");
  writeFileSync(file, change(readFileSync(file, "utf8")));
  call(program, ["-C", file, "-bV"]);
  const before = logIn(dir).length;
  process.kill(Number(readFileSync(join(dir, "exim.pid"), "utf8")), "SIGHUP");
  await until(
    () => logIn(dir).slice(before).includes("daemon started"),
    () => `Exim to take its settings\n${logIn(dir)}`,
  );
}
