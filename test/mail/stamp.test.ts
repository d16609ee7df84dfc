import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import {
  type Known,
  readStamp,
  SHORTEST,
  stamper,
  type Use,
} from "../../src/mail/stamp.ts";
import { anyString } from "../anyString.ts";

const key = (number: number, fill = number) => ({
  number,
  secret: createSecretKey(Buffer.alloc(32, fill)),
});
const one = key(1);
const use: Use = { purpose: "bounce", list: "news@lists.example.org" };
const now = Date.UTC(2026, 6, 30, 12, 34);
const hour = Date.UTC(2026, 6, 30, 12);
const knows = (over: Partial<Known> = {}): Known => ({
  keys: (number) => (number === 1 ? [one] : []),
  addressOf: () => undefined,
  ...over,
});

const unicode = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
const address = fc
  .oneof(
    fc.emailAddress(),
    unicode,
    fc
      .tuple(unicode, fc.constantFrom("@gmail.com", ".co.uk", "@x.com", ".com"))
      .map(([start, end]) => start + end),
  )
  .filter((text) => /^[^\p{Cc}]+$/u.test(text));

t.test("a stamp once given out is read for ever", async (t) => {
  const stamps = stamper(use, one, now);
  const old = {
    "anna@example.org": "aeaocpdbnzxgcqdfpbqw24dmmulebi4t3l5imjop5fra",
    "bob@gmail.com": "aeaocpdcn5rackalsrzr5iojxsajs",
  };
  for (const [who, stamp] of Object.entries(old)) {
    t.equal(stamps.forAddress(who, 99), stamp);
    t.same(readStamp(stamp, use, knows()), {
      kind: "ok",
      list: use.list,
      address: who,
      time: hour,
      key: 1,
    });
  }
  const numbered = "eeaocpabcfyf7wtpzd6arwol6esq";
  t.equal(stamps.forNumber(70_000, "anna@example.org"), numbered);
  const known = knows({ addressOf: () => "anna@example.org" });
  t.match(readStamp(numbered, use, known), { kind: "ok", number: 70_000 });
});

t.test("what is stamped is read back, in any case", async () => {
  fc.assert(
    fc.property(address, fc.nat(2 ** 24 - 1), fc.nat(500), (who, age, n) => {
      const signing = key(n, 7);
      const at = Date.UTC(2020, 0, 1) + age * 3600_000;
      const stamp = stamper(use, signing, at + 3599_999).forAddress(who, 9999);
      const known = knows({
        keys: (number) => (number === n % 32 ? [key(n + 32, 9), signing] : []),
      });
      for (const text of [stamp ?? "", stamp?.toUpperCase() ?? ""]) {
        const found = readStamp(text, use, known);
        if (
          found.kind !== "ok" ||
          found.address !== who ||
          found.time !== at ||
          found.key !== n
        )
          return false;
      }
      return true;
    }),
  );
});

t.test("a number is read back with whom the table names", async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 48 - 1 }), address, (n, who) => {
      const stamp = stamper(use, one, now).forNumber(n, who);
      const read = (name?: string) =>
        readStamp(stamp, use, knows({ addressOf: () => name }));
      const found = read(who);
      return (
        found.kind === "ok" &&
        found.number === n &&
        found.address === who &&
        read(`${who}x`).kind === "forged" &&
        read().kind === "unknownNumber"
      );
    }),
  );
});

t.test("any other character makes it void", async () => {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  fc.assert(
    fc.property(
      address,
      fc.nat(),
      fc.constantFrom(...alphabet),
      fc.boolean(),
      (who, where, put, byNumber) => {
        const stamps = stamper(use, one, now);
        const stamp = byNumber
          ? stamps.forNumber(where + 1, who)
          : (stamps.forAddress(who, 9999) ?? "");
        const at = where % stamp.length;
        if (stamp[at] === put) return true;
        const other = stamp.slice(0, at) + put + stamp.slice(at + 1);
        // Keys of all numbers, but none signed this.
        const known = knows({ keys: () => [one], addressOf: () => who });
        return readStamp(other, use, known).kind !== "ok";
      },
    ),
    { numRuns: 1000 },
  );
});

t.test("it is good for one list, one purpose and one key", async (t) => {
  const stamp = stamper(use, one, now).forAddress("anna@example.org", 99) ?? "";
  const kind = (over: Partial<Use>, known = knows()) =>
    readStamp(stamp, { ...use, ...over }, known).kind;
  t.equal(kind({}), "ok");
  t.equal(kind({ list: "other@lists.example.org" }), "forged");
  t.equal(kind({ purpose: "unsubscribe" }), "forged");
  t.equal(kind({}, knows({ keys: () => [key(33)] })), "forged");
  t.same(readStamp(stamp, use, knows({ keys: () => [] })), {
    kind: "unknownKey",
    key: 1,
  });
});

t.test("no two uses sign the same bytes", async (t) => {
  const stamps = (list: string, who: string) =>
    stamper({ purpose: "bounce", list }, one, now).forNumber(1, who).slice(-16);
  t.not(stamps("a@x.org", "b@x.org"), stamps("a@x.orgb@x.org", ""));
});

t.test("it is never longer than allowed, and never cut", async () => {
  fc.assert(
    fc.property(address, fc.nat(80), (who, most) => {
      const stamps = stamper(use, one, now);
      const stamp = stamps.forAddress(who, most);
      const whole = stamps.forAddress(who, 9999);
      return stamp === undefined
        ? (whole?.length ?? 0) > most
        : stamp.length <= most && stamp === whole;
    }),
  );
});

t.test("what could be read otherwise is not written", async (t) => {
  const stamps = stamper(use, one, now);
  for (const who of ["a\x01", "a\0@x.org", "a\ud800@x.org"])
    t.equal(stamps.forAddress(who, 999), undefined);
  t.equal(stamps.forNumber(1, "x").length, SHORTEST);
});

t.test("before 2020 and after 3900 the time stands still", async (t) => {
  for (const [at, time] of [
    [0, Date.UTC(2020, 0, 1)],
    [Date.UTC(9999, 0, 1), Date.UTC(2020, 0, 1) + (2 ** 24 - 1) * 3600_000],
  ] as const) {
    const stamp = stamper(use, one, at).forAddress("a@x.org", 99) ?? "";
    t.match(readStamp(stamp, use, knows()), { kind: "ok", time });
  }
});

t.test("any text is read without a throw", async (t) => {
  const known = knows({ keys: () => [one], addressOf: () => "a@x.org" });
  const text = fc.oneof(anyString(), fc.stringMatching(/^[a-z2-7]{0,80}$/));
  fc.assert(
    fc.property(text, (any) => readStamp(any, use, known).kind !== "ok"),
    { numRuns: 2000 },
  );
  t.equal(readStamp("", use, known).kind, "malformed");
});
