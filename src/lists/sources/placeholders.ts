/**
 * How placeholders are written: `%{NAME}` in filters and keys, `:NAME` in SQL. One reading of them for
 * whoever fills them in, checks them, or asks which values an answer depends on. Pure.
 */

/** `%{NAME}`, whatever the name may be. */
const BRACES = /%\{([^{}]*)\}/g;

/** `:NAME`; also what only looks so, in a string or a cast. */
const COLON = /:([A-Za-z_]\w*)/g;

/** The names that there are, but for the fields of a header. */
const known = [
  "list",
  "local",
  "domain",
  "sender",
  "recipient",
  "from",
  "subject",
] as const;

/** What there is, for people. */
export const allPlaceholders =
  "%{list}, %{local}, %{domain}, %{sender}, %{recipient}, %{from}, %{subject} and %{header_NAME}";

/** What a name stands for. */
export type Named =
  | { readonly is: (typeof known)[number] }
  | { readonly is: "header"; readonly field: string };

/** A name as it is compared: `header_X-Course` is `header_x_course`. */
function plain(name: string): string {
  return name.replace(/\s+/g, "").toLowerCase().replaceAll("-", "_");
}

/** What a name means, in any case, with `-` or `_`; undefined where there is no such placeholder. */
export function named(name: string): Named | undefined {
  const text = plain(name);
  const field = /^header_([a-z0-9_]+)$/.exec(text)?.[1];
  if (field !== undefined)
    return { is: "header", field: field.replaceAll("_", "-") };
  const is = known.find((one) => one === text);
  return is && { is };
}

/**
 * A text with each %{NAME} replaced.
 * @param by gets the name as `plain` has it, how it was written, and where
 */
export function filledIn(
  text: string,
  by: (name: string, whole: string, at: number) => string,
): string {
  return text.replace(BRACES, (whole, name: string, at: number) =>
    by(plain(name), whole, at),
  );
}

/** The names in braces that a text mentions. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(BRACES)].map(([, name = ""]) => plain(name));
}

/** All names that a text may mention, in braces or behind a colon. */
export function mentionedIn(text: string): string[] {
  const behind = [...text.matchAll(COLON)].map(([, name = ""]) => plain(name));
  return [...namesIn(text), ...behind];
}
