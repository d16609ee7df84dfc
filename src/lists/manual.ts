/**
 * The settings told: the commented files that `init` and `list create` write, and the page
 * docs/settings.md. All of it comes from the schemas. Pure.
 */
import { type Table, tomlValue } from "../base/settings.ts";
import { listSchema } from "./schema/list.ts";
import { type Row, rowsOf } from "./schema/rows.ts";
import { siteSchema } from "./schema/site.ts";

const HINT = `# A line "#name = value" shows what holds without it; take the "#" away to change it.
# docs/settings.md tells what may stand where. "listmill check" checks this file.
`;

/** The commented listmill.toml, all defaults commented out. */
export function siteFile(): string {
  const page = `# The settings of this home.\n${HINT}`;
  return page + body(rowsOf(siteSchema), {});
}

/**
 * The commented list.toml: what is given as it is, everything else commented out.
 * @param given settings by name, sections as tables
 */
export function listFile(given: Table = {}): string {
  const page = `# The settings of this list.\n${HINT}`;
  return page + body(rowsOf(listSchema), given);
}

function body(rows: readonly Row[], given: Table): string {
  let text = "";
  for (const row of rows) {
    const [first = "", second] = row.path;
    const section = given[first] as Table | undefined;
    if (row.path.length > 2) continue;
    text += `\n${wrapped(row.about)}`;
    if (row.example !== undefined) text += anyName(row, below(rows, row));
    else if (row.section === "optional" && second !== undefined)
      text += inner(row, below(rows, row));
    else if (row.section === undefined) {
      const value = second === undefined ? given[first] : section?.[second];
      text += `${setting(row, value)}\n`;
    } else {
      const closed = row.section === "optional" && section === undefined;
      text += `${closed ? "#" : ""}[${first}]\n`;
      if (below(rows, row).length === 0)
        for (const [name, value] of Object.entries(section ?? {}))
          text += `${name} = ${tomlValue(value)}\n`;
    }
  }
  return text;
}

/** The rows of a section. */
function below(rows: readonly Row[], { path }: Row): readonly Row[] {
  return rows.filter(
    (row) =>
      row.path.length > path.length &&
      path.every((name, at) => row.path[at] === name),
  );
}

/** A section of a section that may be left out, with what it may have: indented, for it is opened as a whole. */
function inner({ path }: Row, inside: readonly Row[]): string {
  const told = inside.map((row) =>
    row.section === undefined
      ? `\n${wrapped(row.about)}#  ${setting(row, undefined).slice(1)}\n`
      : `\n${wrapped(row.about)}#[${row.path.join(".")}]\n`,
  );
  return `#[${path.join(".")}]\n${told.join("")}`;
}

/** A section of sections that have any name: what they have, and one of them. */
function anyName({ path, example }: Row, inside: readonly Row[]): string {
  const [name = "", values = {}] = example ?? [];
  const told = inside.map((row) =>
    wrapped(`  ${row.path.at(-1)}: ${row.about}`),
  );
  const pairs = Object.entries(values).map(
    ([key, value]) => `${key} = ${tomlValue(value)}`,
  );
  const line = `#${tomlValue(name)} = { ${pairs.join(", ")} }`;
  // Beside the settings of a section its head stands above them already.
  const head = path.at(-1) === name ? "" : `[${path.join(".")}]\n`;
  return `${told.join("")}${head}${line}\n`;
}

function setting(row: Row, value: unknown): string {
  const name = row.path.at(-1) ?? "";
  if (value !== undefined) return `${name} = ${tomlValue(value)}`;
  if (row.fallback !== undefined)
    return `#${name} = ${tomlValue(row.fallback)}`;
  return `#${name} =${row.without === undefined ? "" : ` # without it: ${row.without}`}`;
}

/** A comment of at most 90 columns. */
function wrapped(about: string): string {
  const lines = [""];
  for (const word of about.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last.length + word.length > 87) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line) => `# ${line}\n`).join("");
}

/** The page docs/settings.md. */
export function settingsPage(): string {
  return `# Settings

This page is made by \`npm run settings\` from \`src/lists/schema/\`; change it there.

Settings are TOML. A setting that is not known, or a value that does not fit, is an error that names
the file and the line. Durations are written "30s", "5m", "4h", "5d"; sizes "256KB", "50MB" (1 KB is
1,024 bytes) or as a number of bytes. Paths that are not absolute start at the home.

## listmill.toml

The settings of a home. Without the file all defaults hold. It is read when a command starts.

${tables(rowsOf(siteSchema))}
## lists/ADDRESS/list.toml

The settings of one list. A change counts from the next message on. Where the file is broken, mail to
the list waits until it is right again.

Hooks get every setting as a variable: \`subject_prefix\` is \`LISTMILL_SETTING_SUBJECT_PREFIX\`, \`posts\` of
\`[digest]\` is \`LISTMILL_SETTING_DIGEST_POSTS\`. There durations are seconds, sizes bytes, arrays are joined
by spaces, line ends are spaces, and what is not set is not there.

${tables(rowsOf(listSchema))}`;
}

function tables(rows: readonly Row[]): string {
  const head =
    "| setting | without it | what may stand there | |\n|---|---|---|---|\n";
  let text = head;
  for (const row of rows) {
    if (row.section !== undefined) {
      const inside = below(rows, row);
      text += `\n### ${title(row)}\n\n${cell(row.about)}\n`;
      if (inside.length > 0) text += `\n${head}`;
      continue;
    }
    const without =
      row.fallback !== undefined
        ? `\`${tomlValue(row.fallback)}\``
        : (row.without ?? "must be given");
    const secret = row.secret ? " Hooks do not get it." : "";
    const cells = [
      `\`${row.path.at(-1)}\``,
      without,
      row.allowed,
      row.about + secret,
    ];
    text += `| ${cells.map(cell).join(" | ")} |\n`;
  }
  return text;
}

function title({ path, section, example }: Row): string {
  if (example !== undefined && example[0] === path.at(-1))
    return `[${path.join(".")}] (any host, each a section)`;
  if (example !== undefined)
    return `[${path.join(".")}.${tomlValue(example[0])}] (any domain, each a section)`;
  return `[${path.join(".")}]${section === "optional" ? " (optional)" : ""}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
