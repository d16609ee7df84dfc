/**
 * How the demo prints: headings, commands as a reader would type them, small trees and pieces of
 * files. Colours on a terminal only.
 */
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number) => (text: string) =>
  colours ? `\x1b[${code}m${text}\x1b[0m` : text;
const bold = paint(1);
const dim = paint(2);
const green = paint(32);

/** Prints text, indented. */
export function say(text: string): void {
  const lines = text.trimEnd().split("\n");
  process.stdout.write(`${lines.map((l) => `  ${l}`.trimEnd()).join("\n")}\n`);
}

/** Opens a chapter. */
export function heading(text: string): void {
  process.stdout.write(`\n${bold(text)}\n\n`);
}

/** What a reader would type, and what it printed. */
export function command(typed: string, printed = ""): void {
  say(`${green("$")} ${bold(typed)}`);
  if (printed.trim()) say(dim(printed));
}

/** A tree of some folders, as tree(1) draws it. @param hidden names that are left out */
export function tree(
  root: string,
  folders: readonly string[],
  hidden = /^\.|^bell$/,
): string {
  return folders
    .flatMap((folder) => [folder, ...branches(join(root, folder), hidden, "")])
    .join("\n");
}

function branches(folder: string, hidden: RegExp, before: string): string[] {
  const names = readdirSync(folder).filter((name) => !hidden.test(name));
  return names.sort().flatMap((name, index) => {
    const path = join(folder, name);
    const stat = lstatSync(path);
    const last = index === names.length - 1;
    const arrow = stat.isSymbolicLink() ? ` -> ${readlinkSync(path)}` : "";
    const line = `${before}${last ? "└── " : "├── "}${name}${arrow}`;
    if (!stat.isDirectory()) return [line];
    const deeper = before + (last ? "    " : "│   ");
    return [line, ...branches(path, hidden, deeper)];
  });
}

/** Each line from a column on, counted from 1, as cut(1) does. */
export function cut(text: string, column: number): string {
  return text
    .split("\n")
    .map((line) => line.slice(column - 1))
    .join("\n");
}

/** The lines of a text that hold one of the words. */
export function grep(text: string, ...words: readonly string[]): string {
  return text
    .split("\n")
    .filter((line) => words.some((word) => line.includes(word)))
    .join("\n");
}
