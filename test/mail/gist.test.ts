import fc from "fast-check";
import t from "tap";
import { gistOf } from "../../src/mail/gist.ts";

const table: [reply: string, gist: string][] = [
  ["451 4.3.0 try again", "451 4.3.0 try again"],
  ["250ok", "250ok"],
  ["", ""],
  [
    "451 4.7.1 <anna@example.com>: Recipient address rejected: Greylisted, try again in 283 seconds",
    "451 4.7.1 …: Recipient address rejected: Greylisted, try again in … seconds",
  ],
  [
    "452-4.2.2 over quota. https://support.google.com/mail/?p=OverQuotaTemp ffacd0b85a97d-38a1b2c3d4esi12345f8f.12 - gsmtp",
    "452-4.2.2 over quota. https://support.google.com/mail/?p=OverQuotaTemp … - gsmtp",
  ],
  [
    "421-4.7.0 [2001:db8::1      15] unusual rate",
    "421-4.7.0 [… …] unusual rate",
  ],
  [
    "450 4.1.1 mx1.example.org 4F1A2B3C4D: deferred 12:30:45",
    "450 4.1.1 mx….example.org …: deferred …",
  ],
  ["connect ECONNREFUSED 127.0.0.1:25", "connect ECONNREFUSED …"],
  ["1234 messages\r\n\u001b[2J5", "… messages […J…"],
];

for (const [reply, gist] of table)
  t.test(JSON.stringify(reply).slice(0, 60), (t) => {
    t.equal(gistOf(reply), gist);
    t.end();
  });

/** What differs from recipient to recipient. */
const particulars = {
  number: fc.nat().map(String),
  address: fc
    .tuple(
      fc.stringMatching(/^[a-z0-9.+_-]{1,12}$/),
      fc.stringMatching(/^[a-z0-9.-]{1,12}$/),
      fc.boolean(),
    )
    .map(([local, domain, bare]) =>
      bare ? `${local}@${domain}` : `<${local}@${domain}>`,
    ),
  "id of Postfix": fc.stringMatching(/^[0-9A-F]{4}[0-9][A-F][0-9A-F]{4,5}$/),
  "id of Exim": fc.stringMatching(
    /^1[a-z][A-Za-z0-9]{4}-[0-9A-Za-z]{11}-[A-Za-z]{4}$/,
  ),
  "address of a host": fc.ipV4(),
  "address of a host, IPv6": fc.ipV6(),
};
type Kind = keyof typeof particulars;

t.test("what differs from recipient to recipient makes no two", (t) => {
  const word = fc.stringMatching(/^[a-zA-Z]{1,9}[:,.]?$/);
  const slot = fc.constantFrom(...(Object.keys(particulars) as Kind[]));
  const template = fc.array(
    fc.oneof(
      word.map((word) => ({ word })),
      slot.map((kind) => ({ kind })),
    ),
    { minLength: 1, maxLength: 8 },
  );
  const filled = template.chain((parts) => {
    const fill = fc
      .tuple(
        ...parts.map((part) =>
          "word" in part ? fc.constant(part.word) : particulars[part.kind],
        ),
      )
      .map((words) => `450 4.2.1 ${words.join(" ")}`.slice(0, 190));
    return fc.tuple(fill, fill, fc.constant(parts));
  });
  fc.assert(
    fc.property(filled, ([one, other, parts]) => {
      // What is cut off in the middle of a word may differ.
      fc.pre(one.length < 190 && other.length < 190);
      t.equal(gistOf(one), gistOf(other));
      t.equal(gistOf(gistOf(one)), gistOf(one));
      for (const part of parts)
        if ("word" in part) t.match(gistOf(one), part.word);
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test("a long reply takes no time", (t) => {
  for (const text of ["a@".repeat(1e5), "1:".repeat(1e5), "1-".repeat(1e5)]) {
    const begun = performance.now();
    t.ok(gistOf(`450 ${text}`).length < 300);
    t.ok(performance.now() - begun < 500);
  }
  t.end();
});
