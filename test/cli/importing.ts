// Lists of another manager beside a home, and the verb that takes them in.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import command from "../../src/cli/import.ts";
import { makeHome, verb } from "./atHome.ts";

export const talk = "talk@lists.example.org";

export async function homeOf(t: Test) {
  const home = await makeHome(t, { dir: join(t.testdir(), "home") });
  const run = (args: string[], json = false) =>
    verb(t, home, command, args, json);
  const source = join(home, "..", "source");
  mkdirSync(source);
  return { home, source, run };
}
