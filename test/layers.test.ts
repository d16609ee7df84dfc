import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import t from "tap";

const src = resolve("src");

/** Every source file with the files and packages that it imports. */
function graph(folder: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const file = join(folder, name);
    if (!name.endsWith(".ts") || !statSync(file).isFile()) continue;
    const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
    const imports = [
      ...text.matchAll(
        /(?:^|\n)(?:import|export)\s(?:[^;"']*?\sfrom\s)?["']([^"']+)["']/g,
      ),
      ...text.matchAll(/\bimport\(\s*["']([^"']+)["']/g),
    ].map(([, from]) => String(from));
    found.set(
      file,
      imports.map((from) =>
        from.startsWith(".") ? resolve(dirname(file), from) : from,
      ),
    );
  }
  return found;
}

const files = graph(src);
const room = (file: string) => {
  const [first = "", second] = relative(src, file).split("/");
  if (first === "bounce" && second !== "judge") return "reading";
  return second === undefined ? "top" : first;
};
const show = (file: string) => relative(process.cwd(), file);

/** What each folder may import besides itself. */
const ground = ["base", "spool", "mail", "state", "lists"];
const rooms = [
  "receipt",
  "outbound",
  "commands",
  "moderation",
  "archive",
  "archivers",
  "brokers",
  "digest",
  "transfer",
  "bounce",
  "reading",
];
const allowed: Record<string, string[]> = {
  base: [],
  spool: ["base"],
  mail: ["base"],
  state: ["base"],
  lists: ["base", "spool", "mail", "state"],
  engine: ["base", "spool"],
  receipt: ground,
  outbound: ground,
  commands: ground,
  moderation: ground,
  archive: ground,
  archivers: ground,
  brokers: ground,
  digest: ground,
  bounce: [...ground, "reading"],
  // The part of bounce that reads reports, and acts on none.
  reading: ["base", "mail"],
  // It reads what other managers wrote, and moves nothing: no spool, no state.
  transfer: ["base", "mail", "lists"],
  cli: [...ground, ...rooms, "engine", "top"],
  top: [...ground, ...rooms, "engine", "cli"],
};

t.test("imports go one way", (t) => {
  for (const [file, imports] of files)
    for (const other of imports.filter((path) => path.startsWith(src))) {
      const from = room(file);
      if (from === room(other)) continue;
      const may = allowed[from];
      t.ok(may, `${from}/ is a known room`);
      t.ok(
        may?.includes(room(other)),
        `${show(file)} may import ${show(other)}`,
      );
    }
  t.end();
});

t.test("nothing imports in a circle", (t) => {
  const done = new Set<string>();
  const walk = (file: string, way: string[]) => {
    if (way.includes(file)) {
      t.fail(
        `a circle: ${[...way.slice(way.indexOf(file)), file].map(show).join(" > ")}`,
      );
      return;
    }
    if (done.has(file)) return;
    for (const other of runtimeImports(file)) walk(other, [...way, file]);
    done.add(file);
  };
  for (const file of files.keys()) walk(file, []);
  t.ok(done.size > 50);
  t.end();
});

/** Imports that are still there when the types are stripped. */
function runtimeImports(file: string): string[] {
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  return [
    ...text.matchAll(
      /(?:^|\n)import\s(?!type\s)(?:[^;"']*?\sfrom\s)?["'](\.[^"']+)["']/g,
    ),
  ].map(([, from]) => resolve(dirname(file), String(from)));
}

t.test("one file imports each package", (t) => {
  const importers = new Map<string, Set<string>>();
  for (const [file, imports] of files)
    for (const name of imports) {
      if (name.startsWith("/") || name.startsWith("node:")) continue;
      const known = importers.get(name) ?? new Set();
      importers.set(name, known.add(show(file)));
    }
  for (const [name, by] of importers) {
    // The settings' own schema is written in zod's words.
    if (name === "zod") continue;
    t.equal(by.size, 1, `${name} is imported by ${[...by].join(", ")}`);
  }
  for (const name of [
    "chokidar",
    "execa",
    "mailparser",
    "better-sqlite3",
    "proper-lockfile",
  ])
    t.ok(importers.has(name), `${name} has a job`);
  t.end();
});

t.test("only base reads the environment and the clock", (t) => {
  for (const file of files.keys()) {
    if (room(file) === "base") continue;
    const text = readFileSync(file, "utf8").replace(
      /\/\*[\s\S]*?\*\/|\/\/.*/g,
      "",
    );
    t.notMatch(text, /process\.env\b/, `${show(file)} reads process.env`);
    t.notMatch(
      text,
      /\bDate\.now\(|new Date\(\)/,
      `${show(file)} reads the clock`,
    );
  }
  t.end();
});

t.test("every hook folder holds executables only", (t) => {
  for (const name of readdirSync("hooks.d", { recursive: true }) as string[])
    if (name.endsWith(".hook.ts"))
      t.ok(statSync(join("hooks.d", name)).mode & 0o111, name);
  t.end();
});
