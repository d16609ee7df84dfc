import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { withTable } from "../../../src/lists/texts/manual.ts";

const file = join(import.meta.dirname, "../../../docs/templates.md");

t.test("docs/templates.md has the words of the catalogue", async (t) => {
  const page = readFileSync(file, "utf8");
  t.equal(page, withTable(page), "run: npm run settings");
  for (const [, anchor = ""] of page.matchAll(/\]\(#([^)]+)\)/g))
    t.match(page, new RegExp(`^#+ ${anchor.replaceAll("-", " ")}$`, "im"));
  t.throws(() => withTable("# A page\n"), /no "<!-- made/);
});
