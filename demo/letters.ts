/**
 * The mail of the demo: files in letters/, copied into the home, and the two ways in.
 */
import { copyFileSync, cpSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Mill } from "./mill.ts";
import { command } from "./page.ts";

/** The path of a letter. */
export function letter(name: string): string {
  return join(import.meta.dirname, "letters", `${name}.eml`);
}

/** Copies all letters into the home, so that each command can be typed there again. */
export function copyLetters(home: string): void {
  cpSync(join(import.meta.dirname, "letters"), join(home, "letters"), {
    recursive: true,
  });
}

/** Leaves a letter in the Maildir, as an MTA does without any program of listmill. */
export function dropLetter(mill: Mill, name: string): void {
  const incoming = join(mill.home, "spool/incoming");
  copyFileSync(letter(name), join(incoming, "tmp", name));
  renameSync(join(incoming, "tmp", name), join(incoming, "new", name));
  command(`cp letters/${name}.eml spool/incoming/tmp/${name}`);
  command(`mv spool/incoming/tmp/${name} spool/incoming/new/`);
}
