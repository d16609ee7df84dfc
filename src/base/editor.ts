/**
 * The editor of whoever sits at the terminal.
 */
import { spawnSync } from "node:child_process";
import { variable } from "./environment.ts";
import { exit, Failure } from "./errors.ts";

/** Lets a file be edited, and waits. Throws Failure where the editor cannot be started or fails. */
export function edit(file: string): void {
  const editor = variable("VISUAL") ?? variable("EDITOR") ?? "vi";
  // With arguments of its own, such as "code --wait", as other programs take it.
  const { status, signal, error } = spawnSync(
    "/bin/sh",
    ["-c", `${editor} "$1"`, "sh", file],
    { stdio: "inherit" },
  );
  if (status === 0) return;
  throw new Failure(
    exit.unavailable,
    `${editor}: it ended with ${error?.message ?? signal ?? status}; set VISUAL or EDITOR, or edit ${file}`,
  );
}
