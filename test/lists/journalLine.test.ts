import t from "tap";
import { cellsOf } from "../../src/lists/csvLine.ts";
import { journalHead, journalLine } from "../../src/lists/journalLine.ts";

t.test("an entry is one line, with a cell for each of the header", (t) => {
  const line = journalLine({
    ...{ id: 1, key: "a@x", address: "a@x", at: 1, what: "changed" },
    ...{ by: "mail", who: "a@x", messageId: undefined },
    detail: 'name "" > "A, B"',
  });
  t.equal(
    line,
    '1970-01-01T00:00:00.001Z,changed,a@x,mail,a@x,,"name """" > ""A, B"""',
  );
  t.equal(cellsOf(line)?.length, cellsOf(journalHead)?.length);
  t.end();
});
