import t from "tap";
import { cellsOf } from "../../src/lists/csvLine.ts";
import {
  entryFrom,
  journalHead,
  journalLine,
} from "../../src/lists/journalLine.ts";

t.test("an entry is one line, with a cell for each of the header", (t) => {
  const entry = {
    ...{ key: "a@x", address: "A@x", at: 1, what: "changed" },
    ...{ by: "mail" as const, who: "a@x", messageId: undefined },
    detail: 'name "" > "A, B"',
  };
  const line = journalLine({ ...entry, id: 1 });
  t.equal(
    line,
    '1970-01-01T00:00:00.001Z,changed,A@x,mail,a@x,,"name """" > ""A, B"""',
  );
  t.equal(cellsOf(line)?.length, cellsOf(journalHead)?.length);
  t.same(entryFrom(line), entry);
  for (const other of [journalHead, "", "2026-01-01,x,a@x,nobody,a@x,,", '"'])
    t.equal(entryFrom(other), undefined, other);
  t.end();
});
