import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { clearNote, noteIn, writeNote } from "../../src/archivers/note.ts";

t.test("a note is there until it is cleared", async (t) => {
  const path = join(t.testdir(), ".note");
  t.equal(noteIn(path), undefined);
  await writeNote(path, { at: 1 });
  await writeNote(path, { at: 2 });
  t.same(noteIn(path), { at: 2 });
  clearNote(path);
  clearNote(path);
  t.equal(noteIn(path), undefined);
  t.same(readdirSync(join(path, "..")), []);
});
