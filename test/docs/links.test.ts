// The texts name files and hooks; they have to be there, and none may be forgotten.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";

const page = "docs/hooks.md";

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }) as string[];
  return names.filter((name) => statSync(join(folder, name)).isFile());
}

t.test("links in the texts lead to files", async (t) => {
  const served = "docs/served-hooks.md";
  for (const file of ["README.md", "CHANGELOG.md", page, served]) {
    const text = readFileSync(file, "utf8");
    for (const [, link = ""] of text.matchAll(/\]\(([^)#:]+)\)/g))
      t.ok(existsSync(join(dirname(file), link)), `${file}: ${link}`);
    for (const [, anchor = ""] of text.matchAll(/\]\(#([^)]+)\)/g)) {
      const title = new RegExp(`^#+ ${anchor.replaceAll("-", "[ -]")}$`, "im");
      t.match(text, title, `${file}: #${anchor}`);
    }
  }
});

t.test("each default hook and each example is described", async (t) => {
  const text = readFileSync(page, "utf8");
  for (const hook of filesIn("hooks.d"))
    t.ok(text.includes(`(../hooks.d/${hook})`), hook);
  for (const hook of filesIn("docs/examples/hooks.d")) {
    t.ok(text.includes(`(examples/hooks.d/${hook})`), hook);
    const { mode } = statSync(join("docs/examples/hooks.d", hook));
    t.ok(mode & 0o111, `${hook} is executable`);
  }
});

t.test("no other hook is described", async (t) => {
  const text = readFileSync(page, "utf8");
  for (const [, hook = ""] of text.matchAll(/^#### \[([^\]]+)\]/gm))
    t.ok(existsSync(join("hooks.d", hook)), hook);
});
