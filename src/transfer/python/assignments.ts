/**
 * A file of assignments `name = literal`, as Mailman's config_list -o writes it. Pure.
 */
import { Literals, type PythonValue } from "./literal.ts";

/** All of them; of a name that comes twice the last one. Throws a Failure that names the line. */
export function assignmentsIn(
  text: string,
  file: string,
): Map<string, PythonValue> {
  const found = new Map<string, PythonValue>();
  const literals = new Literals(text, file);
  const { scan } = literals;
  for (scan.blank(); !scan.done; scan.blank()) {
    const name = scan.match(/(?:mlist\.)?[A-Za-z_]\w*(?=[ \t]*=(?!=))/y);
    if (name === undefined)
      throw scan.wrong(`neither a comment nor NAME = VALUE: ${scan.near()}`);
    scan.match(/[ \t]*=/y);
    found.set(name.replace("mlist.", ""), literals.value());
    if (
      scan.match(/[ \t]*(?:#[^\n]*|;)?[ \t]*(?:\r?\n|$)/y) === undefined &&
      !scan.done
    )
      throw scan.wrong(`something stands behind the value: ${scan.near()}`);
  }
  return found;
}
