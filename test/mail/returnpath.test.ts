import fc from "fast-check";
import t from "tap";
import {
  addressWith,
  type Door,
  roomFor,
  stampIn,
} from "../../src/mail/returnpath.ts";

const door: Door = {
  local: "news",
  domain: "lists.example.org",
  delimiters: "-+",
  word: "bounces",
};

t.test(
  "the delimiters of the site are used, and + where it is one",
  async (t) => {
    const at = (delimiters: string) =>
      addressWith({ ...door, delimiters }, "abc").split("@")[0];
    t.equal(at("-+"), "news-bounces+abc");
    t.equal(at("+-"), "news+bounces+abc");
    t.equal(at("-"), "news-bounces-abc");
    t.equal(at("=_"), "news=bounces=abc");
    t.equal(addressWith(door, undefined), "news-bounces@lists.example.org");
  },
);

t.test(
  "no local part has more than 64 octets, no address more than 254",
  async () => {
    const local = fc.string({ unit: "grapheme", minLength: 1, maxLength: 70 });
    const domain = fc.stringMatching(/^[a-z.]{1,250}$/);
    fc.assert(
      fc.property(local, domain, (local, domain) => {
        const long = { ...door, local, domain };
        const room = roomFor(long);
        if (room === 0) return true;
        const full = addressWith(long, "a".repeat(room));
        const octets = Buffer.byteLength(full.slice(0, full.lastIndexOf("@")));
        return octets <= 64 && Buffer.byteLength(full) <= 254;
      }),
    );
    t.equal(roomFor(door), 64 - "news-bounces+".length);
    t.equal(roomFor({ ...door, delimiters: "" }), 0);
  },
);

t.test("the stamp is found behind either delimiter", async (t) => {
  t.equal(stampIn("bounces+abc", door), "abc");
  t.equal(stampIn("Bounces-ABC", door), "ABC");
  t.equal(stampIn("bounces-abc", { ...door, delimiters: "+" }), "abc");
  t.equal(stampIn("bounces=abc", { ...door, delimiters: "=" }), "abc");
  for (const none of [
    "bounces",
    "bounces+",
    "bouncesabc",
    "bounces=a",
    "owner+a",
    "",
  ])
    t.equal(stampIn(none, door), undefined, none);
});
