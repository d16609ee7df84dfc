import fc from "fast-check";
import t from "tap";
import { believed, isShown, parseResults } from "../../src/mail/authres.ts";
import { parseHeader } from "../../src/mail/header.ts";

const read = (value: string) => {
  const found = parseResults(value);
  return (
    found && [
      found.id,
      ...found.results.map(({ method, result, properties }) => [
        method,
        result,
        Object.fromEntries(properties),
      ]),
    ]
  );
};

// RFC 8601, appendix B, and what programs write.
t.test("fields as they come", async (t) => {
  t.same(read("example.org 1; none"), ["example.org"]);
  t.same(
    read(
      "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net",
    ),
    [
      "example.com",
      ["auth", "pass", { "smtp.auth": "sender@example.net" }],
      ["spf", "pass", { "smtp.mailfrom": "example.net" }],
    ],
  );
  t.same(
    read(
      "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462",
    ),
    ["foo.example.net", ["dkim", "fail", { "policy.expired": "1362471462" }]],
  );
  t.same(
    read(
      'mx.example.org/4bXyZ1; dkim=pass (2048-bit key; unprotected) header.d=example.com header.i=@example.com header.b="ab/c="; dmarc=pass (p=none dis=none) header.from=example.com',
    ),
    [
      "mx.example.org/4bxyz1",
      [
        "dkim",
        "pass",
        {
          "header.d": "example.com",
          "header.i": "@example.com",
          "header.b": "ab/c=",
        },
      ],
      ["dmarc", "pass", { "header.from": "example.com" }],
    ],
  );
  t.same(
    read(
      'mx; spf=pass (mx: domain of "x;dmarc=pass"@e.org designates 1.2.3.4) smtp.mailfrom="a b"@e.org; iprev=fail reason="no \\"PTR\\"; none"',
    ),
    [
      "mx",
      ["spf", "pass", { "smtp.mailfrom": "a b@e.org" }],
      ["iprev", "fail", { reason: 'no "PTR"; none' }],
    ],
    "what stands in quotes and comments is no result",
  );
  t.same(
    read("mx; spf=pass smtp.mailfrom=a=b+c=d@e.org"),
    ["mx", ["spf", "pass", { "smtp.mailfrom": "a=b+c=d@e.org" }]],
    "an address may have =",
  );
});

t.test("what is not well formed says nothing", async (t) => {
  t.equal(read(""), undefined);
  t.equal(read("; dmarc=pass"), undefined);
  t.equal(read("mx (; dmarc=pass"), undefined, "a comment without end");
  t.equal(read('mx; dkim=pass header.b="x; dmarc=pass'), undefined);
  t.equal(read("auth=pass smtp.auth=me; dmarc=pass"), undefined, "no name");
  t.equal(read("mx evil; dmarc=pass"), undefined);
  t.same(read("mx; dmarc pass; dmarc=; =pass; a=b c; spf=none"), [
    "mx",
    ["spf", "none", {}],
  ]);
});

const keyword = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const value = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9@._=+/-]{1,20}$/),
  fc.string({ unit: "grapheme-ascii", minLength: 1 }),
);
const results = fc.array(
  fc.record({
    method: keyword,
    result: keyword,
    properties: fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}\.[a-z]{1,8}$/),
      value,
      { maxKeys: 4 },
    ),
  }),
  { maxLength: 5 },
);
const cfws = fc.constantFrom(
  " ",
  "  ",
  " (x) ",
  ' (a;b "c" (nested \\) ) ) ',
  "\t",
);

t.test("what is written is read, whatever stands between", async (t) => {
  const shown = (text: string) =>
    /^[a-zA-Z0-9@._=+/-]+$/.test(text)
      ? text
      : `"${text.replace(/["\\]/g, "\\$&")}"`;
  fc.assert(
    fc.property(results, cfws, cfws, (all, a, b) => {
      const field = all.map(({ method, result, properties }) => {
        const pairs = Object.entries(properties).map(
          ([name, text]) =>
            `${b}${name.replace(".", `${a}.${b}`)}${a}=${b}${shown(text)}`,
        );
        return `;${a}${method}${b}=${a}${result}${pairs.join("")}`;
      });
      const found = parseResults(`mx.example.org${a}1${b}${field.join(a)}`);
      return t.same(
        found?.results.map((one) => ({
          ...one,
          properties: Object.fromEntries(one.properties),
        })),
        all.map((one) => ({ ...one, properties: { ...one.properties } })),
      );
    }),
    { numRuns: 500 },
  );
});

t.test("no field is too much", async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      parseResults(text);
      parseResults(`mx; ${text}`);
    }),
  );
  const from = performance.now();
  for (const part of ["(", "a . ", "a=b ", ";", '"', "a/", "= "])
    parseResults(`mx; ${part.repeat(64 * 1024)}`);
  t.ok(performance.now() - from < 3000);
});

const header = (text: string) => parseHeader(Buffer.from(text)).header;
const ours = "Received: from x by mx.example.org\n";
const methodsIn = (text: string, below = false) =>
  believed(header(text), ["MX.example.org"], below).map(
    ({ method, result }) => `${method}=${result}`,
  );
const results1 = "Authentication-Results: mx.example.org; ";

t.test("only what stands where no stranger writes is believed", async (t) => {
  t.same(methodsIn(`${results1}dmarc=pass\n${ours}From: a@b\n`), [
    "dmarc=pass",
  ]);
  t.same(methodsIn(`${results1}spf=fail\n${results1}dkim=none\n${ours}`), [
    "spf=fail",
    "dkim=none",
  ]);
  t.same(methodsIn(`${ours}${results1}dmarc=pass\nFrom: a@b\n`), []);
  t.same(methodsIn(`${results1}dmarc=pass\nFrom: a@b\n`), [], "no Received");
  t.same(
    methodsIn(`Authentication-Results: evil.example; dmarc=pass\n${ours}`),
    [],
    "of another",
  );
  t.same(
    methodsIn(`${results1}dmarc=fail\n${ours}${results1}dmarc=pass\n`, true),
    ["dmarc=fail"],
    "what stands above is all there is",
  );
  t.same(
    methodsIn(
      `${results1}dmarc=fail\n${results1}dmarc=pass; spf=none\n${ours}`,
    ),
    ["dmarc=fail", "spf=none"],
    "the uppermost of a method counts",
  );
});

t.test("right below the first Received, where that is wanted", async (t) => {
  const mail = `Return-Path: <a@b>\n${ours}X-Spam: no\n${results1}dmarc=pass\n`;
  t.same(methodsIn(mail, true), ["dmarc=pass"]);
  t.same(
    methodsIn(
      `${ours}Received: from evil by mx.example.org\n${results1}dmarc=pass\n`,
      true,
    ),
    [],
    "a stranger writes Received too",
  );
});

t.test("whether an author is who it says", async (t) => {
  const shown = (value: string, author: string) =>
    isShown(parseResults(`mx; ${value}`)?.results ?? [], author);
  const anna = "anna@Example.org";
  t.ok(shown("dmarc=pass header.from=example.ORG", anna));
  t.notOk(shown("dmarc=pass header.from=evil.example", anna));
  t.notOk(shown("dmarc=pass", anna), "it must say of whom");
  t.notOk(
    shown(
      "dmarc=fail header.from=example.org; dkim=pass header.d=example.org",
      anna,
    ),
  );
  t.notOk(
    shown(
      "dmarc=pass header.from=example.org; dmarc=fail header.from=example.org",
      anna,
    ),
    "two that differ",
  );
  t.ok(shown("dmarc=none; dkim=pass header.d=example.org", anna));
  t.ok(shown("dkim=pass header.i=@example.org", "anna@host.example.org"));
  t.notOk(shown("dkim=pass header.d=host.example.org", anna));
  t.notOk(shown("dkim=pass header.d=org", anna));
  t.notOk(shown("dkim=pass header.d=evil.example", anna));
  t.notOk(shown("dkim=fail header.d=example.org", anna));
  t.ok(shown("spf=pass smtp.mailfrom=bounce@example.org", anna));
  t.notOk(shown("spf=pass smtp.mailfrom=notexample.org", anna));
  t.notOk(shown("spf=pass smtp.helo=example.org", anna));
  t.notOk(shown("dmarc=pass header.from=example.org", ""), "nobody");
});
