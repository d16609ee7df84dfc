// A home for trials: hooks and messages as files, the verb `hooks`, and what a trial may not touch.
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Test } from "tap";
import hooks from "../../../src/cli/hooks.ts";
import { makeHome, news, type Said, verb } from "../atHome.ts";

export const letter = `From: Anna <anna@example.com>\nTo: ${news}\nSubject: Hello\n\nFirst line\nSecond\n`;

export class TrialHome {
  readonly home: string;
  readonly #t: Test;

  private constructor(t: Test, home: string) {
    this.#t = t;
    this.home = home;
  }

  static async make(
    t: Test,
    list: Record<string, unknown> = {},
    settings = "",
  ): Promise<TrialHome> {
    return new TrialHome(t, await makeHome(t, { list, settings }));
  }

  /** Writes a file of the home. */
  file(path: string, text: string, mode = 0o644): string {
    const file = join(this.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }

  /** A hook of the site, in sh. */
  hook(path: string, text: string): string {
    return this.file(`hooks.d/${path}`, `#!/bin/sh\n${text}\n`, 0o755);
  }

  hooks(args: readonly string[], json = false): Promise<Said> {
    return verb(this.#t, this.home, hooks, args, json);
  }

  /** `hooks try` of the letter. */
  try(args: readonly string[], json = false, text = letter): Promise<Said> {
    const message = this.file("letter", text);
    return this.hooks(
      ["try", "--list", news, "--message", message, ...args],
      json,
    );
  }

  trace(args: readonly string[], json = false, text = letter): Promise<Said> {
    const message = this.file("letter", text);
    return this.hooks(
      ["trace", "--list", news, "--message", message, ...args],
      json,
    );
  }

  /** Every file of spool and archive, with its size and time. */
  contents(): string[] {
    const found: string[] = [];
    for (const folder of ["spool", "archive"])
      for (const name of namesIn(join(this.home, folder))) {
        const { size, mtimeMs } = statSync(join(this.home, folder, name));
        found.push(`${folder}/${name} ${size} ${mtimeMs}`);
      }
    return found.sort();
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true }) as string[];
  } catch {
    return [];
  }
}

/** Scratch folders that hold a message with this text. */
export function leftBehind(text: string): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith("listmill-trial-"))
    .filter((name) =>
      namesIn(join(tmpdir(), name)).some((file) => {
        try {
          return readFileSync(join(tmpdir(), name, file), "utf8").includes(
            text,
          );
        } catch {
          return false;
        }
      }),
    );
}
