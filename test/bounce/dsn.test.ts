import t from "tap";
import { groupsOf } from "../../src/bounce/dsn.ts";

function groups(...lines: string[]) {
  return groupsOf(lines.join("\n"));
}

t.test("a group a recipient", async (t) => {
  const found = groups(
    "Reporting-MTA: dns; mx.example.net",
    "",
    "Original-Recipient: rfc822;team@example.org",
    "Final-Recipient: RFC822; <ann@home.example>",
    "Action: failed (bounced)",
    "Status: 5.1.1 (no mailbox)",
    "Diagnostic-Code: smtp; 550",
    "  no such user",
    "",
    "Final-Recipient: rfc822; bob@example.org",
    "Action: Delayed",
  );
  t.same(found, [
    {
      recipient: "team@example.org",
      final: "ann@home.example",
      action: "failed",
      status: "5.1.1",
      diagnostic: "550 no such user",
    },
    { recipient: "bob@example.org", action: "delayed", diagnostic: "" },
  ]);
});

t.test("groups without blank lines between them", async (t) => {
  const found = groups(
    "Final-Recipient: rfc822; ann@example.org",
    "Action: failed",
    "Final-Recipient: rfc822; bob@example.org",
    "Action: failed",
  );
  t.same(
    found.map(({ recipient }) => recipient),
    ["ann@example.org", "bob@example.org"],
  );
});

t.test(
  "one recipient in both fields, in any order, is one group",
  async (t) => {
    const found = groups(
      "Final-Recipient: rfc822; ann@example.org",
      "Original-Recipient: rfc822;ann@EXAMPLE.org",
      "Action: failed",
    );
    t.equal(found.length, 1);
    t.equal(found[0]?.final, undefined);
  },
);

t.test("an address that is not ASCII comes escaped, RFC 6533", async (t) => {
  const [one] = groups("Final-Recipient: utf-8; \\x{FC}mit@example.org");
  t.equal(one?.recipient, "ümit@example.org");
});

t.test("a group that names nobody is left out", async (t) => {
  t.same(
    groups("Final-Recipient: rfc822; /var/mail/ann", "Action: failed"),
    [],
  );
  t.same(groups("Final-Recipient: x400; /c=de/", "Action: failed"), []);
  t.same(groups("Action: failed"), []);
});
