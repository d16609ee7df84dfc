import t from "tap";
import {
  allValues,
  dnIn,
  membersIn,
  otherValues,
} from "../../../../src/lists/sources/ldap/entry.ts";

t.test("a DN is told from an address and from a name", async (t) => {
  const dns = [
    "uid=anna,ou=people,dc=x",
    "UID = anna , dc=x",
    "cn=Doe\\, John,dc=x",
    "cn=a+sn=b,dc=x",
    "2.5.4.3=x,dc=x",
    "uid=a@x.org,dc=x",
  ];
  for (const dn of dns) t.equal(dnIn(dn, "seeAlso"), dn);
  for (const text of [
    "anna",
    "a=b@x.org",
    "Doe, John <a@x.org>",
    "a@x.org",
    "",
    "cn=x",
  ])
    t.equal(dnIn(text, "memberUid"), undefined, text);
  t.equal(
    dnIn("cn=x", "MEMBER"),
    "cn=x",
    "where DNs are expected one part is enough",
  );
});

t.test(
  "the identifier at the end of a uniqueMember is no part of the DN",
  async (t) => {
    t.equal(dnIn("cn=a,dc=x#'0101'B", "uniqueMember"), "cn=a,dc=x");
    t.equal(dnIn("cn=a#1,dc=x", "uniqueMember"), "cn=a#1,dc=x");
  },
);

const entry = (attributes: [string, string[]][]) => ({
  dn: "cn=g",
  attributes,
});

t.test(
  "members by DN and by name, whatever the case and the options",
  async (t) => {
    t.same(
      membersIn(
        entry([
          ["Member", ["cn=a,dc=x", ""]],
          ["uniqueMember", ["cn=b,dc=x#'1'B"]],
          ["memberUID;x-old", ["carl"]],
          ["mail", ["g@x.org"]],
        ]),
      ),
      { dns: ["cn=a,dc=x", "cn=b,dc=x"], names: ["carl"] },
    );
  },
);

t.test(
  "what the server calls otherwise counts as what was asked for",
  async (t) => {
    const found = entry([
      ["rfc822Mailbox", ["a@x.org"]],
      ["mail;lang-de", ["b@x.org"]],
    ]);
    t.same(allValues(found), ["a@x.org", "b@x.org"]);
    t.same(
      otherValues(
        entry([
          ["mail", ["a@x.org"]],
          ["member", ["cn=b,dc=x"]],
        ]),
      ),
      ["a@x.org"],
    );
  },
);

t.test("a part of the values is never taken for all", async (t) => {
  const found = entry([["member;range=0-1499", ["cn=a,dc=x"]]]);
  for (const read of [allValues, membersIn, otherValues])
    t.throws(() => read(found), {
      name: "Failure",
      exitCode: 75,
      message: /in parts: search for the members/,
    });
});
