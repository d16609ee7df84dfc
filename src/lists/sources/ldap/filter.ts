/**
 * Filters with placeholders (RFC 4515). What a stranger wrote becomes a value and stays one: it
 * changes neither what is compared nor how. Pure.
 */
import { exit, Failure } from "../../../base/errors.ts";
import { filledIn } from "../placeholders.ts";

/**
 * A value for a filter, escaped as RFC 4515 §3 has it.
 */
export function escaped(value: string): string {
  return value.replace(
    /[*()\\\0]/g,
    (one) => `\\${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/**
 * A filter with each %{name} replaced by its value. It may lie on several lines.
 * Throws a Failure (try later) for a placeholder that stands for nothing or is no value.
 */
export function filled(
  filter: string,
  standsFor: (name: string) => string | undefined,
): string {
  const template = filter.replace(/\s*\n\s*/g, "").trim();
  const parts = filledIn(template, (name, whole, at) => {
    const value = standsFor(name);
    if (value === undefined)
      throw wrong(`${whole} in ${template} stands for nothing`);
    const before = template.slice(template.lastIndexOf("(", at) + 1, at);
    if (!before.includes("="))
      throw wrong(`${whole} in ${template} must stand after the =`);
    if (value !== "") return escaped(value);
    // An empty part of (cn=*...*) would match everybody; a NUL matches nobody.
    const after = template.charAt(at + whole.length);
    return before.endsWith("*") || after === "*" ? "\\00" : "";
  });
  return parts.startsWith("(") ? parts : `(${parts})`;
}

/** A filter that finds what one of them finds. */
export function anyOf(filters: readonly string[]): string {
  return filters.length === 1 ? String(filters[0]) : `(|${filters.join("")})`;
}

function wrong(what: string): Failure {
  return new Failure(
    exit.tryLater,
    `[ldap] ${what}; see [ldap] in docs/settings.md`,
  );
}
