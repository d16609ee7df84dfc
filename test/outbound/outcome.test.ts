import fc from "fast-check";
import t from "tap";
import {
  isInternational,
  kindOf,
  outcome,
  refusal,
} from "../../src/outbound/outcome.ts";
import { anyString } from "../anyString.ts";

t.test(
  "a reply's class decides, and a session's trouble is no verdict",
  (t) => {
    t.equal(kindOf("250 ok"), "sent");
    t.equal(kindOf("550-5.1.1 no\n550 such user"), "never");
    for (const reply of [
      "450 x",
      "421 x",
      "503 x",
      "530 x",
      "354",
      "",
      "5",
      "55x",
    ])
      t.equal(kindOf(reply), "later", reply);
    t.end();
  },
);

t.test("no address that is let through can end its path or line", async () => {
  fc.assert(
    fc.property(
      fc.oneof(anyString(), fc.string({ unit: "grapheme" })),
      (address) =>
        refusal(address) !== undefined ||
        (!/[\r\n<>\0]/.test(address) &&
          address === address.trim() &&
          address.length > 0),
    ),
  );
});

t.test("odd and lawful addresses are let through", (t) => {
  for (const address of [
    "a@example.org",
    '"john doe"@example.org',
    "a+b=c/d@example.org",
    "user@[192.0.2.1]",
    "jörg@exämple.org",
  ])
    t.equal(refusal(address), undefined, address);
  for (const address of ["", " a@b", "a@b\r\nDATA", "a@b> SIZE=1", "\ud800@b"])
    t.match(refusal(address), /^550 5\.1\.3/, JSON.stringify(address));
  t.match(refusal(`${"a".repeat(320)}@b`), /too long/);
  t.equal(isInternational("jörg@example.org"), true);
  t.equal(isInternational("a@example.org"), false);
  t.end();
});

t.test("a reply is one line of at most 500 characters", (t) => {
  const { reply } = outcome("a@b", "later", `450 a\r\n450 ${"x".repeat(9999)}`);
  t.equal(reply.length, 500);
  t.notMatch(reply, /[\r\n]/);
  t.end();
});
