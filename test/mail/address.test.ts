import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import {
  canonical,
  domainKeyOf,
  domainOf,
  fromLine,
  keyOf,
  localOf,
  mailboxKeyOf,
  parseAddresses,
} from "../../src/mail/address.ts";
import { anyString } from "../anyString.ts";

t.test("canonical: the domain changes, the local part does not", (t) => {
  const table: [string, string | undefined][] = [
    ["Ann@Example.ORG", "Ann@example.org"],
    ["  a@b ", "a@b"],
    ["a@Bücher.example", "a@xn--bcher-kva.example"],
    ["jürgen@example.org", "jürgen@example.org"],
    ['"a b"@x.org', '"a b"@x.org'],
    ['"a@b"@x.org', '"a@b"@x.org'],
    // Quotes that change nothing: RFC 5321 §4.1.2.
    ['"a.b"@x.org', "a.b@x.org"],
    ['"n\\ews"@x.org', "news@x.org"],
    ['"a..b"@x.org', '"a..b"@x.org'],
    ["a@[127.0.0.1]", "a@[127.0.0.1]"],
    ["a@[IPv6:::1]", "a@[IPv6:::1]"],
    ["list+x=y.z@sub_domain.x", "list+x=y.z@sub_domain.x"],
    [`${"a".repeat(64)}@b`, `${"a".repeat(64)}@b`],
  ];
  for (const [from, to] of table) t.equal(canonical(from), to, from);
  t.end();
});

t.test("what SMTP could not use is no address", (t) => {
  for (const text of [
    "",
    "a",
    "@",
    "a@",
    "@b",
    "a b@c",
    "a@b c",
    "a..b@c",
    ".a@c",
    "a.@c",
    "a@b..c",
    "a@.c",
    "a@c.",
    "a@-b",
    "a@b-",
    "a@b\nRCPT TO:<x@y>",
    "a\0@b",
    "a@b>",
    "<a@b>",
    "a@b@c",
    'a"b@c',
    '"a@b',
    '"a"b"@c',
    "a\u00a0b@c",
    "a\u200eb@c",
    "a@１２７.0.0.1",
    "a@[300.1.1.1]",
    "a@[x]",
    "a@[127.0.0.1",
    "a@b,c",
    `${"a".repeat(65)}@b`,
    `${"ü".repeat(33)}@b`,
    `a@${"b".repeat(64)}.c`,
    `a@${"b.".repeat(127)}c`,
    "\ud800@b",
  ])
    t.equal(canonical(text), undefined, JSON.stringify(text));
  t.end();
});

t.test(
  "canonical is stable, ASCII in its domain, and safe in a command",
  (t) => {
    const part = fc.constantFrom(
      "a",
      ".",
      "@",
      '"',
      "\\",
      " ",
      "ü",
      "。",
      "-",
      "[",
      "]",
      "xn--",
      "<",
      ">",
      "\r\n",
      "1",
      "١",
      "ß",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part, { maxLength: 12 }).map((parts) => parts.join("")),
          anyString().map((text) => `${text}@x.org`),
          fc.string({ unit: "grapheme" }).map((text) => `x@${text}.org`),
        ),
        (text) => {
          const address = canonical(text);
          if (address === undefined) return;
          assert.equal(canonical(address), address);
          assert.match(domainOf(address), /^[!-~]+$/);
          assert.doesNotMatch(address, /\p{Cc}/u);
          assert.ok(Buffer.byteLength(address) <= 254);
        },
      ),
      { numRuns: 2000 },
    );
    t.end();
  },
);

t.test("address fields: groups, quotes, comments, encoded names", (t) => {
  t.same(
    parseAddresses(
      'A: "B, C" <b@x>, d@y (Dee);, =?utf-8?q?J=C3=B6rg?= <"q s"@z>',
    ),
    [
      { name: "B, C", address: "b@x" },
      { name: "Dee", address: "d@y" },
      { name: "Jörg", address: '"q s"@z' },
    ],
  );
  t.equal(
    parseAddresses('"evil@x.org" <good@y.org>')[0]?.address,
    "good@y.org",
  );
  t.same(parseAddresses(""), []);
  t.end();
});

t.test("a hostile address field takes no more than linear time", (t) => {
  for (const unit of ["a@b,", "<", "(", '"', "a ", "@", "a:;", "=?"]) {
    const started = process.cpuUsage().user;
    parseAddresses(unit.repeat(Math.floor((256 * 1024) / unit.length)));
    const took = (process.cpuUsage().user - started) / 1000;
    t.ok(took < 1500, `${JSON.stringify(unit)}: ${took} ms`);
  }
  t.end();
});

t.test("lines of a source of recipients", (t) => {
  t.equal(fromLine("Ann <Ann@X.org>"), "Ann@x.org");
  t.equal(fromLine('"a > b" <a@b>'), "a@b");
  t.equal(fromLine("  a@b\r"), "a@b");
  t.equal(fromLine("<a@b>"), "a@b");
  for (const line of [
    "",
    "# a@b c",
    "Ann",
    "a@b, c@d",
    "Ann <a@b> x",
    "<>",
    ">",
  ])
    t.equal(fromLine(line), undefined, line);
  t.equal(keyOf("Ann@X.org"), "ann@x.org");
  t.equal(domainOf("a@B.c"), "b.c");
  t.equal(localOf('"a@b"@c'), '"a@b"');
  t.equal(domainOf("a") + localOf("a"), "a");
  t.end();
});

/** Rows of a table of the corpus: what was asked, what its source says, what we say. */
function agreement(
  file: string,
  said: (item: Record<string, unknown>) => boolean | undefined,
  asked = (input: string) => input,
): { rate: number; differences: string[] } {
  const path = `../shared/corpus/addresses/${file}`;
  const { items } = JSON.parse(readFileSync(path, "utf8")) as {
    items: (Record<string, unknown> & { input: string })[];
  };
  let agreed = 0;
  let asks = 0;
  const differences: string[] = [];
  for (const item of items) {
    const expected = said(item);
    // We trim; most of them ask whether the text as it stands is an address.
    if (expected === undefined || item.input !== item.input.trim()) continue;
    asks++;
    if ((canonical(asked(item.input)) !== undefined) === expected) agreed++;
    else differences.push(`${JSON.stringify(item.input)} ${expected}`);
  }
  return { rate: agreed / asks, differences };
}

const corpus = existsSync("../shared/corpus/addresses");
t.test(
  "agreement with the tables of other validators",
  { skip: corpus ? false : "no corpus: addresses" },
  (t) => {
    const valid = (item: Record<string, unknown>) =>
      typeof item.valid === "boolean" ? item.valid : undefined;
    const usable = (item: Record<string, unknown>) => item.smtp_usable === true;
    // They differ in what their own options allow (quoted local parts, literals, unknown top-level
    // domains, names and comments around the address), in IPv6 literals that shorten one group,
    // and in the underscore.
    const table: [string, number, ReturnType<typeof agreement>][] = [
      ["isemail-tests", 0.98, agreement("isemail-tests.json", usable)],
      [
        "isemail-tests-original",
        0.99,
        agreement("isemail-tests-original.json", usable),
      ],
      ["flanker valid", 0.94, agreement("flanker-mailbox-valid.json", valid)],
      [
        "flanker invalid",
        0.98,
        agreement("flanker-mailbox-invalid.json", valid),
      ],
      [
        "flanker local valid",
        1,
        agreement(
          "flanker-abridged-localpart-valid.json",
          valid,
          (local) => `${local}@x.org`,
        ),
      ],
      [
        "flanker local invalid",
        1,
        agreement(
          "flanker-abridged-localpart-invalid.json",
          valid,
          (local) => `${local}@x.org`,
        ),
      ],
      ["hapi", 0.85, agreement("hapi-address.json", valid)],
      [
        "python-email-validator",
        0.75,
        agreement("python-email-validator.json", valid),
      ],
    ];
    for (const [name, floor, { rate, differences }] of table) {
      t.comment(`${name}: ${(rate * 100).toFixed(1)} %`);
      t.comment(differences.join("\n"));
      t.ok(rate >= floor, `${name}: ${rate}`);
    }
    t.end();
  },
);

t.test("one domain, one mailbox, however they are written", (t) => {
  const table: [one: string, other: string, same: "mailbox" | "domain" | ""][] =
    [
      ["ann@example.org", "Ann@Example.ORG", "mailbox"],
      ["ann@bücher.example", "ANN@xn--bcher-kva.EXAMPLE", "mailbox"],
      ["ann@BÜCHER.example", "ann@bücher.example", "mailbox"],
      ["ann@example.org", "ben@example.org", "domain"],
      ['"a@b"@example.org', "a@b", ""],
      ["ann@example.org", "ann@sub.example.org", ""],
      ["ann@example.org", "ann", ""],
      ["jürgen@x.org", "jurgen@x.org", "domain"],
    ];
  for (const [one, other, same] of table) {
    const text = `${one} ${other}`;
    t.equal(
      mailboxKeyOf(one) === mailboxKeyOf(other),
      same === "mailbox",
      text,
    );
    t.equal(domainKeyOf(one) === domainKeyOf(other), same !== "", text);
  }
  const domain = fc.domain();
  const letters = fc.stringMatching(/^[a-zäöüßàéñ]{1,8}$/);
  fc.assert(
    fc.property(letters, domain, (label, domain) => {
      const address = canonical(`a@${label}.${domain}`);
      fc.pre(address !== undefined);
      t.equal(domainKeyOf(`a@${label}.${domain}`), domainKeyOf(address ?? ""));
      t.equal(domainKeyOf(address ?? ""), domainOf(address ?? ""));
    }),
  );
  t.end();
});
