import t from "tap";
import {
  extensionsOf,
  NOTHING,
} from "../../../src/outbound/smtp/extensions.ts";

t.test("what Postfix announces", async (t) => {
  const offers = extensionsOf([
    "mail.example.org",
    "PIPELINING",
    "SIZE 10240000",
    "VRFY",
    "STARTTLS",
    "AUTH PLAIN LOGIN",
    "AUTH=PLAIN LOGIN",
    "ENHANCEDSTATUSCODES",
    "8BITMIME",
    "XVERP",
    "DSN",
    "SMTPUTF8",
    "CHUNKING",
    "LIMITS MAILMAX=20 RCPTMAX=100 RCPTDOMAINMAX=1",
  ]);
  t.same(offers, {
    pipelining: true,
    chunking: true,
    eightBitMime: true,
    smtpUtf8: true,
    dsn: true,
    startTls: true,
    xverp: true,
    sizeTold: true,
    size: 10_240_000,
    auth: ["PLAIN", "LOGIN"],
    recipientMax: 100,
  });
});

t.test("who announces nothing has nothing", async (t) => {
  const nothing = extensionsOf(["PIPELINING SIZE AUTH"]);
  t.same(nothing, NOTHING, "the first line names the server");
  t.equal(nothing.pipelining, false);
  t.equal(nothing.size, 0);
  t.equal(nothing.recipientMax, Number.POSITIVE_INFINITY);
  t.same(extensionsOf(["x", "", " ", "-x", "X-PIPELINING", "SIZES"]), NOTHING);
});

t.test("small letters, old forms, and numbers that are none", async (t) => {
  const offers = extensionsOf([
    "x",
    "pipelining",
    "auth=login cram-md5",
    "size",
  ]);
  t.match(offers, { pipelining: true, auth: ["LOGIN", "CRAM-MD5"], size: 0 });
  t.equal(offers.sizeTold, true);
  for (const size of ["x", "-5", "1e3", "0", "9".repeat(30)])
    t.equal(extensionsOf(["x", `SIZE ${size}`]).size, 0, size);
  for (const limit of ["RCPTMAX=0", "RCPTMAX=x", "XRCPTMAX=5", "RCPTMAX"])
    t.equal(
      extensionsOf(["x", `LIMITS ${limit}`]).recipientMax,
      Number.POSITIVE_INFINITY,
      limit,
    );
});
