/**
 * The config file of a list of Majordomo: `key = value`, and `key << END` with lines up to END. In
 * such lines a "-" keeps what follows it as it is. Flag files of older versions count where the
 * config says nothing. Pure.
 */
import { exit, Failure } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";

export interface Config {
  /** By keyword, lines of arrays joined; keywords without a value are not there. */
  readonly values: ReadonlyMap<string, string>;
}

/** @param file its name in errors. Throws a Failure that names the line. */
export function configIn(text: string, file: string): Config {
  const values = new Map<string, string>();
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] ?? "").replace(/#.*/, "").trim();
    if (line === "") continue;
    const [, key = "", sign = "", value = ""] =
      /^([A-Za-z_]\w*)\s*(=|<<)\s*(.*)$/.exec(line) ?? [];
    if (key === "")
      throw new Failure(
        exit.dataError,
        `${file}:${at + 1}: neither KEY = VALUE nor KEY << END: ${oneLine(line, 60)}`,
      );
    if (sign === "=") {
      put(values, key, value);
      continue;
    }
    const end = lines.findIndex((one, n) => n > at && one.trim() === value);
    if (end < 0)
      throw new Failure(
        exit.dataError,
        `${file}:${at + 1}: ${key} << ${oneLine(value, 40)}: there is no line ${oneLine(value, 40)} that ends it`,
      );
    put(
      values,
      key,
      lines
        .slice(at + 1, end)
        .map(kept)
        .join("\n"),
    );
    at = end;
  }
  return { values };
}

function put(values: Map<string, string>, key: string, value: string): void {
  if (value.trim() === "") values.delete(key.toLowerCase());
  else values.set(key.toLowerCase(), value);
}

/** A line of an array as it is meant. */
function kept(line: string): string {
  const text = line.trim();
  if (text === "-") return "";
  if (text.startsWith("--")) return text.slice(1);
  return /^-\s/.test(text) ? text.slice(1) : text;
}
