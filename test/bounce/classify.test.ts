import fc from "fast-check";
import t from "tap";
import { Classifier } from "../../src/bounce/classify.ts";
import { anyString } from "../anyString.ts";

function shown(text: string, status?: string, context?: string): string {
  const { duration, about, reason, ...rest } = new Classifier().classify(
    text,
    status,
    context,
  );
  return [duration, about, reason, rest.status].filter(Boolean).join(" ");
}

t.test("a diagnosis, its reason and how long it lasts", async (t) => {
  const cases: [string, string][] = [
    [
      "550 5.1.1 <a@b.example>: User unknown",
      "permanent recipient no-such-user 5.1.1",
    ],
    [
      "550 5.7.1 <a@b.example>: user does not exist",
      "permanent recipient no-such-user 5.7.1",
    ],
    ["550 No such user here", "permanent recipient no-such-user"],
    [
      "550 5.4.1 Recipient address rejected: Access denied",
      "permanent recipient no-such-user 5.4.1",
    ],
    [
      "554 5.7.1 <a@b.example>: Recipient address rejected: Access denied",
      "permanent message policy 5.7.1",
    ],
    [
      "554 delivery error: dd This user doesn't have a yahoo.com account",
      "permanent recipient no-such-user",
    ],
    ["552 5.2.2 mailbox full", "permanent recipient mailbox-full 5.2.2"],
    [
      "452 4.2.2 The email account is over quota",
      "temporary recipient mailbox-full 4.2.2",
    ],
    ["User mailbox exceeds allowed size", "permanent recipient mailbox-full"],
    ["550 5.2.1 account disabled", "permanent recipient disabled 5.2.1"],
    [
      "552 5.3.4 Message size exceeds fixed limit",
      "permanent message too-large 5.3.4",
    ],
    [
      "450 4.2.0 Greylisted, see http://postgrey",
      "temporary recipient greylisted 4.2.0",
    ],
    [
      "550 5.7.26 fails to pass authentication checks (SPF and DKIM both do not pass)",
      "permanent message authentication 5.7.26",
    ],
    [
      "550 5.7.1 Email rejected per DMARC policy",
      "permanent message authentication 5.7.1",
    ],
    ["554 5.7.1 Message rejected as spam", "permanent message spam 5.7.1"],
    ["550 5.7.0 virus found", "permanent message spam 5.7.0"],
    [
      "554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org",
      "permanent message policy 5.7.1",
    ],
    ["550 Blacklisted URL in message", "permanent message policy"],
    ["550 5.7.1 something else altogether", "permanent message policy 5.7.1"],
    ["550 5.7.1 Relaying denied", "permanent recipient unreachable 5.7.1"],
    [
      "Host or domain name not found. Name service error for name=example.org",
      "permanent recipient unreachable",
    ],
    ["550 5.1.2 Host unknown", "permanent recipient unreachable 5.1.2"],
    [
      "connect to mx[192.0.2.1]:25: Connection timed out",
      "permanent recipient unreachable",
    ],
    ["554 5.4.6 Too many hops", "permanent recipient loop 5.4.6"],
    ["retry timeout exceeded", "temporary recipient expired"],
    ["", "permanent recipient other"],
    ["we regret", "permanent recipient other"],
  ];
  for (const [text, what] of cases) t.equal(shown(text), what, text);
});

t.test("words in addresses say nothing", async (t) => {
  t.equal(
    shown("550 <mailbox-full@spam.example> no such user"),
    "permanent recipient no-such-user",
  );
});

t.test("a reply of several lines is one", async (t) => {
  t.equal(
    shown(
      "550-5.1.1 The email account that you tried to\n550-5.1.1 reach does not\n550 5.1.1 exist",
    ),
    "permanent recipient no-such-user 5.1.1",
  );
});

t.test(
  "the status of a field counts unless the reply contradicts",
  async (t) => {
    t.equal(shown("no", "4.4.7"), "temporary recipient expired 4.4.7");
    t.equal(
      shown("550 User unknown", "5.1.1"),
      "permanent recipient no-such-user 5.1.1",
    );
    t.equal(shown("550 5.5.0 refused", "4.5.0").split(" ")[0], "permanent");
    t.match(shown("550 5.2.2 full", "5.0.0"), /5\.2\.2/);
  },
);

t.test("addresses of the Internet and versions are no status", async (t) => {
  t.notMatch(shown("host 5.1.1.7 said 1.5.1.1"), /5\.1\.1/);
});

t.test(
  "the rest of the report helps where the diagnosis is mute",
  async (t) => {
    t.equal(
      shown("ann", undefined, "550 5.1.1 unknown user"),
      "permanent recipient no-such-user 5.1.1",
    );
  },
);

t.test("the text shown is one line, whatever it was", async (t) => {
  fc.assert(
    fc.property(anyString({ maxLength: 1500 }), (text) => {
      const { text: line, status } = new Classifier().classify(text);
      t.ok(line.length <= 500);
      t.notMatch(line, /\p{Cc}/u);
      if (status !== undefined) t.match(status, /^[45]\.\d{1,3}\.\d{1,3}$/);
    }),
    { numRuns: 200, seed: 1 },
  );
});

t.test("what was read once is remembered, not its words", async (t) => {
  const classifier = new Classifier();
  const first = classifier.classify("550 <a@b.example> unknown user");
  const second = classifier.classify("550 <c@d.example> unknown user");
  t.equal(second.reason, first.reason);
  t.match(second.text, /c@d\.example/);
});
