import t from "tap";
import { letter, read, shown, type Words } from "./reports.ts";

async function found(words: Words): Promise<string[]> {
  return shown(
    await read(letter({ subject: "Delivery failure", ...words })),
  ).slice(1);
}

t.test("a line that begins with an address", async (t) => {
  t.same(
    await found({
      lines: [
        "Sorry:",
        "",
        "* ann@example.org: no such user",
        "bob@example.com (mailbox full)",
      ],
    }),
    [
      "ann@example.org permanent recipient no-such-user",
      "bob@example.com permanent recipient mailbox-full",
    ],
  );
});

t.test("a sentence that says whose address it is", async (t) => {
  for (const line of [
    "Your message to ann@example.org was refused: no such user",
    "The recipient <ann@example.org> does not exist.",
    "Ihre Nachricht an den Empfänger ann@example.org: unbekannter Empfänger",
    "target mail address: ann@example.org, user unknown",
  ])
    t.same(
      await found({
        fields: ["Content-Type: text/plain; charset=utf-8"],
        lines: [line],
      }),
      ["ann@example.org permanent recipient no-such-user"],
      line,
    );
});

t.test("the system's own addresses and ours are nobody's", async (t) => {
  t.same(
    await found({
      fields: ["To: list-bounces@lists.example.org"],
      lines: [
        "Mail from list-bounces@lists.example.org to",
        "ann@example.org failed. Ask postmaster@mx.example.net or",
        "support@mx.example.net, user unknown",
      ],
    }),
    ["ann@example.org permanent recipient no-such-user"],
  );
});

t.test(
  "of many addresses those count that the returned message knows",
  async (t) => {
    const lines = [
      "Try one of a@example.com and b@example.com, for",
      "mail to ann@example.org was unknown here",
      "or c@example.com",
      "",
      "--- Original message ---",
    ];
    const known = [
      "Received: from x by y for <ann@example.org>; Mon, 1 Jan 2001",
    ];
    t.same(await found({ lines: [...lines, ...known] }), [
      "ann@example.org permanent recipient no-such-user",
    ]);
    const { length } = await found({
      lines: ["Try a@example.com, b@example.com, c@example.com"],
    });
    t.equal(length, 0);
  },
);

t.test(
  "whom the returned message was for, where nobody is named",
  async (t) => {
    const returned = [
      "--- Original message ---",
      "Received: from a by b for <ann@example.org>; Mon",
      "List-Id: <l.example.net>",
      "To: l@example.net",
    ];
    t.same(
      await found({
        lines: ["It is not known here: user unknown.", ...returned],
      }),
      ["ann@example.org permanent recipient no-such-user"],
    );
  },
);

t.test("the header's recipients, where the text has none", async (t) => {
  t.same(
    await found({
      fields: ["X-Failed-Recipients: ann@example.org, bob@example.com"],
      lines: ["user unknown"],
    }),
    [
      "ann@example.org permanent recipient no-such-user",
      "bob@example.com permanent recipient no-such-user",
    ],
  );
});
