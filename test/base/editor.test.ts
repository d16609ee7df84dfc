import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { edit } from "../../src/base/editor.ts";

t.test("the editor of the environment, with its arguments", async (t) => {
  const file = join(t.testdir(), "it's a text");
  writeFileSync(file, "old\n");
  t.intercept(process, "env", {
    value: { ...process.env, VISUAL: "", EDITOR: "sed -i s/old/new/" },
  });
  edit(file);
  t.equal(readFileSync(file, "utf8"), "new\n");
});

t.test("one that fails is told", async (t) => {
  t.intercept(process, "env", { value: { ...process.env, VISUAL: "false" } });
  t.throws(() => edit("/nowhere"), {
    exitCode: 69,
    message: /false: it ended with 1; set VISUAL or EDITOR, or edit \/nowhere/,
  });
});
