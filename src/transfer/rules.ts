/**
 * Lines of [rules]: `ACTION ["TEXT"] [if CONDITION {and CONDITION}]`. Pure.
 */
import { oneLine } from "../base/log.ts";

export type Action = "accept" | "hold" | "reject" | "discard" | "confirm";

/** Most characters of a line. */
const LENGTH = 500;
const TEXT = 300;

/**
 * A line. @param text what is said to the author; quotes in it become single ones
 * @returns undefined where it would be too long
 */
export function ruleLine(
  action: Action,
  conditions: readonly string[] = [],
  text = "",
): string | undefined {
  const said = oneLine(text.replaceAll('"', "'").replaceAll("\\", "/"), TEXT);
  const line =
    action +
    (said === "" ? "" : ` "${said}"`) +
    (conditions.length > 0 ? ` if ${conditions.join(" and ")}` : "");
  return line.length <= LENGTH ? line : undefined;
}

/** A glob as a condition has it; undefined where it cannot be written. */
export function quoted(glob: string): string | undefined {
  if (/["\\\p{Cc}]/u.test(glob)) return undefined;
  return /^[^\s"',]+$/.test(glob) ? glob : `"${glob}"`;
}

/** `header NAME GLOB`, with the words of their own where there are some. */
export function headerIs(name: string, glob: string): string | undefined {
  const said = quoted(glob);
  if (said === undefined || !/^[!-9;-~]{1,76}$/.test(name)) return undefined;
  if (/["'\\]/.test(name)) return undefined;
  return name.toLowerCase() === "subject"
    ? `subject ${said}`
    : `header ${name} ${said}`;
}

/** `from GLOB` */
export function fromIs(glob: string): string | undefined {
  const said = quoted(glob);
  return said === undefined ? undefined : `from ${said}`;
}
