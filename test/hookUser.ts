/**
 * Hooks are not run as root unless a home says so. Where tests, benchmarks or the demo run as root,
 * as in a container, their homes say so; elsewhere nothing is changed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Settings under which a home's hooks run. @param settings text of a listmill.toml */
export function hooksRun(settings: string): string {
  if (process.getuid?.() !== 0) return settings;
  const user = 'hook_user = "root"';
  return /^\[hooks\]$/m.test(settings)
    ? settings.replace(/^\[hooks\]$/m, `[hooks]\n${user}`)
    : `hooks.${user}\n${settings}`;
}

/** Lets the hooks of a home run that is there already. */
export function letHooksRun(home: string): void {
  const file = join(home, "listmill.toml");
  writeFileSync(file, hooksRun(readFileSync(file, "utf8")));
}
