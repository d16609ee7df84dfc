import fc from "fast-check";
import t from "tap";
import { formatNotes, type Note, parseNotes } from "../../src/engine/notes.ts";
import { anyString } from "../anyString.ts";

const PLACES = 200;
const kinds = fc.constantFrom("sent", "later", "never");
const replies = fc.oneof(
  fc.constantFrom("250 2.0.0 ok", "451 4.3.0 try again", "550 5.1.1 no", ""),
  fc.string(),
  anyString({ maxLength: 90 }),
  fc.stringMatching(/^[\t\r\n a-z,0-9-]{0,20}$/),
);
/** Notes of a transaction: each place once, in any order. */
const transactions = fc.uniqueArray(
  fc.record({
    place: fc.integer({ min: 1, max: PLACES }),
    kind: kinds,
    reply: replies,
  }),
  { selector: ({ place }) => place, maxLength: 30 },
) as fc.Arbitrary<Note[]>;

const parsed = (lines: readonly string[], places = PLACES) =>
  lines.flatMap((line) => [...parseNotes(line, places)]);

t.test("what is noted is read back", async (t) => {
  fc.assert(
    fc.property(transactions, (notes) => {
      const lines = formatNotes(notes);
      for (const line of lines) t.notMatch(line, /[\r\n]/);
      const found = parsed(lines).sort((a, b) => a.place - b.place);
      t.same(
        found,
        notes
          .toSorted((a, b) => a.place - b.place)
          .map(({ place, kind, reply }) => {
            const words = reply.replace(/[\t\r\n]+/g, " ");
            const kept = kind === "sent" ? words.slice(0, 60) : words;
            return { place, kind, reply: kept };
          }),
      );
    }),
    { numRuns: 500 },
  );
});

t.test("as few lines as there are kinds and replies", async (t) => {
  const of = (kind: Note["kind"], reply: string, ...places: number[]): Note[] =>
    places.map((place) => ({ place, kind, reply }));
  const hundred = Array.from({ length: 98 }, (_, n) => n + 1);
  const notes = [
    ...of("never", "550 5.1.1 nobody of that name", 99),
    ...of("sent", "250 2.0.0 taken", 100, ...hundred),
    ...of("later", "451 4.3.0 try again", 103, 101, 102),
    ...of("later", "450 4.2.1 full", 104, 106, 108),
  ];
  t.same(formatNotes(notes), [
    "never\t99\t550 5.1.1 nobody of that name",
    "sent\t1-98,100\t250 2.0.0 taken",
    "later\t101-103\t451 4.3.0 try again",
    "later\t104,106,108\t450 4.2.1 full",
  ]);
  t.same(formatNotes([]), []);
});

t.test("of a torn note no more is read than was true", async (t) => {
  const losses = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 40 })), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(
      fc.array(transactions, { minLength: 1, maxLength: 4 }),
      fc.nat(),
      losses,
      fc.constantFrom(" ", "\n", "\0"),
      fc.boolean(),
      (all, end, lost, filler, hasRoom) => {
        const truth = new Set(
          all.flat().map(({ place, kind }) => `${kind} ${place}`),
        );
        const whole = Buffer.from(
          all
            .flatMap(formatNotes)
            .map((line) => `${line}\n`)
            .join(""),
        );
        // Cut anywhere; and of what was not yet on disk in order, any part may be missing.
        const cut = end % (whole.length + 1);
        const left = Buffer.alloc(hasRoom ? whole.length : cut, filler);
        whole.copy(left, 0, 0, cut);
        for (const [at, length] of lost) {
          const from = at % (left.length + 1);
          left.fill(filler, from, Math.min(from + length, left.length));
        }
        const text = left.toString();
        const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
        for (const { place, kind } of parsed(lines))
          t.ok(truth.has(`${kind} ${place}`), `${kind} ${place}`);
      },
    ),
    { numRuns: 300 },
  );
});

t.test(
  "torn at each byte of its room, a note is whole or shorter or none",
  async (t) => {
    const line = "sent\t1-9,11,108-120\t250 2.0.0 taken";
    for (let end = 0; end <= line.length; end += 1) {
      const found = parsed([line.slice(0, end).padEnd(line.length)]);
      const isNoted = end > line.lastIndexOf("\t");
      t.equal(found.length, isNoted ? 23 : 0, line.slice(0, end));
      for (const { reply } of found)
        t.ok("250 2.0.0 taken".startsWith(reply.trimEnd()));
    }
  },
);

t.test("nobody is noted who is not in the list", async (t) => {
  const range = fc.stringMatching(/^[0-9]{0,11}(-[0-9]{0,11})?$/);
  const lines = fc
    .tuple(fc.oneof(kinds, fc.string()), fc.array(range), fc.string())
    .map(([kind, ranges, reply]) => `${kind}\t${ranges}\t${reply}`);
  fc.assert(
    fc.property(
      fc.oneof(lines, fc.string()),
      fc.nat({ max: 50 }),
      (line, places) => {
        for (const { place } of parseNotes(line, places))
          t.ok(Number.isInteger(place) && place >= 1 && place <= places);
      },
    ),
    { numRuns: 300 },
  );
  t.same(
    parsed(["sent\t3-9999999999\tok"], 5).map(({ place }) => place),
    [3, 4, 5],
  );
  t.same(
    parsed(["sent\t0,7-3\tok", "sent\t0-1\tok"]).map(({ place }) => place),
    [1],
  );
});

t.test("lines that tell of something else are no notes", async (t) => {
  for (const line of [
    "",
    "done\tarchive/10-consume/10-store.hook.ts",
    "anna@example.com\tsent\t250 ok",
    "sent",
    "sent\t1",
    "sent\t1-98,1",
    "sent\t\t250 ok",
    "sent\t1 \t250 ok",
    "sent\t-1\t250 ok",
    "SENT\t1\t250 ok",
  ])
    t.same(parsed([line]), [], JSON.stringify(line));
});
