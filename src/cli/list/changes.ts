/**
 * Settings as they are typed: KEY=VALUE. Pure.
 */
import { exit, Failure } from "../../base/errors.ts";
import { type Change, pathOf } from "../../lists/change.ts";
import { fromText } from "../../lists/schema/rows.ts";

/** What was typed as KEY=VALUE, each setting once. */
export function changes(texts: readonly string[]): Change[] {
  const found = new Map<string, unknown>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) throw new Failure(exit.usage, `"${text}" is not KEY=VALUE`);
    const key = text.slice(0, at);
    const typed = text.slice(at + 1);
    pathOf(key);
    if (found.has(key)) throw new Failure(exit.usage, `${key}: is given twice`);
    found.set(key, typed === "" ? undefined : typedValue(key, typed));
  }
  for (const key of found.keys()) {
    const [section = ""] = pathOf(key);
    if (section !== key && found.has(section))
      throw new Failure(
        exit.usage,
        `${section}: is a section and has no value of its own besides ${key}`,
      );
  }
  return [...found];
}

/** Rules have blanks in them: each stands on a line of its own. */
function typedValue(key: string, typed: string): unknown {
  return key.startsWith("rules.")
    ? typed.split("\n").filter((line) => line.trim() !== "")
    : fromText(key, typed);
}
