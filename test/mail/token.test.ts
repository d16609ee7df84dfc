import { createSecretKey } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import {
  type Action,
  actions,
  makeToken,
  readToken,
} from "../../src/mail/token.ts";

const keyOf = (number: number, byte = number) => ({
  number,
  secret: createSecretKey(Buffer.alloc(32, byte)),
});
const key = keyOf(3);
const keys = (number: number) => (number === 3 ? [keyOf(35, 9), key] : []);
const list = "news@lists.example.org";
const now = Date.UTC(2026, 6, 30, 12, 40);

t.test("a token says what is to happen, for whom and when it was made", (t) => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 });
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(actions) as Action[])),
      fc.oneof(
        text.filter((more) => !more.includes("\0")),
        fc.stringMatching(/^[0-9a-z]{12}$/),
      ),
      text.filter((address) => !address.includes("\0")),
      fc.boolean(),
      fc.boolean(),
      (action, more, address, inside, upper) => {
        const token = makeToken(
          { action, more, address },
          inside,
          list,
          key,
          now,
        );
        const text = upper ? token.toUpperCase() : token;
        const read = readToken(
          text,
          list,
          keys,
          inside ? [] : ["x@y.z", address],
        );
        return (
          read.kind === "ok" &&
          read.action === action &&
          read.more === more &&
          read.address === address &&
          read.time === Date.UTC(2026, 6, 30, 12)
        );
      },
    ),
  );
  t.end();
});

t.test(
  "it is for one list, one address and one action, and nobody can make one up",
  (t) => {
    const said = { action: "subscribe", more: "", address: "a@b.org" } as const;
    const token = makeToken(said, true, list, key, now);
    const short = makeToken(said, false, list, key, now);
    t.equal(
      readToken(token, "other@lists.example.org", keys, []).kind,
      "forged",
    );
    t.equal(readToken(token, list, () => [], []).kind, "forged");
    t.equal(readToken(token, list, () => [keyOf(3, 4)], []).kind, "forged");
    t.equal(readToken(short, list, keys, ["c@b.org"]).kind, "forged");
    t.equal(readToken(short, list, keys, []).kind, "forged");
    t.ok(short.length < token.length);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === "a" ? "b" : "a";
      const text = token.slice(0, at) + other + token.slice(at + 1);
      t.not(readToken(text, list, keys, []).kind, "ok", `changed at ${at}`);
    }
    t.end();
  },
);

t.test("rubbish is none", (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 1000 }),
        fc.stringMatching(/^[a-z2-7]{0,900}$/),
      ),
      (text) => readToken(text, list, keys, ["a@b.org"]).kind !== "ok",
    ),
  );
  t.end();
});
