import { createHmac } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import {
  type Agreed,
  algorithms,
  looksLikeReturnPath,
  readReturnPath,
  returnPathOf,
} from "../../src/mail/bouncehandler.ts";

const agreed: Agreed = {
  prefix: "wiki",
  algorithm: "sha256",
  secret: "MediawikiVERP",
};
const told = { wiki: "enwiki", user: 4711, time: 1_700_000_000_000 };
const domain = "lists.example.org";
const path = returnPathOf(agreed, told, domain);

t.test("the form is that of the extension, by hand", async (t) => {
  for (const algorithm of algorithms) {
    const signed = "wiki-en.wiki-3mv-s44we8";
    const signature = createHmac(algorithm, agreed.secret)
      .update(signed)
      .digest()
      .subarray(0, 12)
      .toString("base64");
    const address = `${signed}-${signature}@${domain}`;
    const given = { ...told, wiki: "en-wiki" };
    const using = { ...agreed, algorithm };
    t.equal(returnPathOf(using, given, domain), address);
    t.match(readReturnPath(address, using), { kind: "ok", ...given });
  }
});

const words = fc.record({
  prefix: fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/),
  wiki: fc.stringMatching(/^[A-Za-z0-9_-]{1,16}$/),
  user: fc.nat(),
  seconds: fc.nat(4_000_000_000),
  secret: fc.string({ minLength: 1 }),
  algorithm: fc.constantFrom(...algorithms),
});

t.test("what is written is read, in any case", async () => {
  fc.assert(
    fc.property(words, ({ wiki, user, seconds, ...agreed }) => {
      const told = { wiki, user, time: seconds * 1000 };
      const path = returnPathOf(agreed, told, domain);
      return [path, path.toLowerCase(), path.toUpperCase()].every((address) => {
        const found = readReturnPath(address, agreed, [
          wiki.toUpperCase(),
          wiki,
        ]);
        return (
          found.kind === "ok" &&
          found.wiki === wiki &&
          found.user === user &&
          found.time === told.time
        );
      });
    }),
  );
});

t.test("whatever is changed in it is forged", async (t) => {
  const local = path.slice(0, path.indexOf("@"));
  const kinds = new Set<string>();
  for (let at = 0; at < local.length; at += 1)
    for (const other of "a0+-") {
      if (local[at]?.toLowerCase() === other) continue;
      const changed = local.slice(0, at) + other + local.slice(at + 1);
      const { kind } = readReturnPath(`${changed}@${domain}`, agreed);
      kinds.add(kind);
      t.not(kind, "ok", changed);
    }
  t.same([...kinds].sort(), ["forged", "malformed"]);
  t.match(readReturnPath(path, { ...agreed, secret: "another" }), {
    kind: "forged",
  });
  t.match(readReturnPath(path, { ...agreed, algorithm: "md5" }), {
    kind: "forged",
  });
});

t.test("a wiki that is not known has lost its capitals", async (t) => {
  const path = returnPathOf(agreed, { ...told, wiki: "deWiki" }, domain);
  t.match(readReturnPath(path, agreed), { kind: "ok", wiki: "deWiki" });
  t.match(readReturnPath(path.toLowerCase(), agreed), { kind: "forged" });
  t.match(readReturnPath(path.toLowerCase(), agreed, ["deWiki"]), {
    kind: "ok",
    wiki: "deWiki",
  });
});

t.test("what is something else", async (t) => {
  for (const address of [
    "",
    "wiki",
    path.replace("@lists.example.org", ""),
    path.replace("wiki-", "other-"),
    path.replace("@", "A@"),
    "news-bounces+abc@lists.example.org",
    `wiki-enwiki-${"z".repeat(12)}-s44we8-AAAAAAAAAAAAAAAA@x.org`,
    `wiki-enwiki-1-${"z".repeat(12)}-AAAAAAAAAAAAAAAA@x.org`,
  ])
    t.match(readReturnPath(address, agreed), { kind: "malformed" }, address);
  t.ok(looksLikeReturnPath(path, "WIKI"));
  t.notOk(looksLikeReturnPath(path, "wik"));
});
