import t from "tap";
import { parseRecord } from "../../../src/outbound/pace/record.ts";

t.test("only a whole record is read", (t) => {
  const window = '{"past":[[5,6]],"inFlight":7,"reserve":8}';
  for (const text of [
    "",
    "{",
    "{}",
    "null",
    '{"at":1}',
    `{"windows":{"rate":${window}}}`,
    `{"at":-1,"windows":{"rate":${window}}}`,
    '{"at":1,"windows":{"rate":{"past":[],"inFlight":0}}}',
    '{"at":1,"windows":{"rate":{"past":[[1]],"inFlight":0,"reserve":0}}}',
    '{"at":1,"windows":{"rate":null}}',
    '{"at":1,"past":[],"inFlight":0,"reserve":0}',
  ])
    t.equal(parseRecord(text), undefined, text);
  t.same(parseRecord(`{"at":1,"windows":{"rate":${window}}}`), {
    at: 1,
    windows: { rate: { past: [[5, 6]], inFlight: 7, reserve: 8 } },
  });
  t.end();
});
