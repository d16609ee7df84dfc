// Lists of ezmlm: members in 53 files, settings in files and letters, old and new.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { exit } from "../../src/base/errors.ts";
import { files } from "../../src/transfer/ezmlm/files.ts";
import { Folder } from "../../src/transfer/ezmlm/folder.ts";
import { switches } from "../../src/transfer/ezmlm/switches.ts";
import { ezmlm } from "../../src/transfer/ezmlm.ts";
import { ezmlmList } from "./ezmlm/lists.ts";
import { all, everyoneTells, list, rulesAreGood, told } from "./outcomes.ts";

const read = (dir: string, address?: string) => ezmlm(dir, { address });

t.test("members, moderators, who may post and who may not", async (t) => {
  const many = Array.from({ length: 120 }, (_, n) => `m${n}@x.org`);
  const dir = ezmlmList(
    t.testdir(),
    {
      archived: "",
      public: "",
      subpostonly: "",
      digested: "",
      owner: "&boss@x.org\n",
    },
    {
      "": [...many, "Anna@x.org", "both@x.org"],
      digest: ["d@x.org", "Both@x.org"],
      mod: ["mod@x.org"],
      allow: ["guest@x.org", "@friends.example"],
      deny: ["robot@x.org"],
    },
  );
  const found = await read(dir);
  const members = await all(found.members);
  t.equal(members.length, 123);
  t.match(
    members.find(({ address }) => address === "d@x.org"),
    { delivery: "digest-mime" },
  );
  t.match(
    members.find(({ address }) => address === "both@x.org"),
    { delivery: "posts" },
  );
  t.match(found, {
    address: list,
    settings: {
      policy: "members",
      others: "reject",
      "digest.posts": 30,
      "digest.size": "64KB",
      "digest.age": "48h",
      "rules.post": [
        "reject if from robot@x.org",
        "accept if from guest@x.org",
        "accept if from *@friends.example",
      ],
    },
  });
  t.same(found.roles, [
    { address: "boss@x.org", role: "owner" },
    { address: "mod@x.org", role: "moderator" },
  ]);
  rulesAreGood(t, found);
});

t.test("every letter of ezmlm-make says what becomes of it", async (t) => {
  for (const letter of "abcdefghijklmnopqrstuvwxyz03456789")
    t.ok(Object.hasOwn(switches, letter), letter);
  const every = Object.fromEntries(
    Object.values(switches).flatMap(({ file }) => (file ? [[file, ""]] : [])),
  );
  for (const set of [every, {}]) {
    const found = await read(ezmlmList(t.testdir(), set));
    for (const { file } of Object.values(switches))
      if (file) t.ok(told(found).has(file), file);
    rulesAreGood(t, found);
  }
});

t.test("whatever stands in its files, each says what becomes of it", (t) => {
  everyoneTells(
    t,
    files,
    fc.oneof(
      fc.string(),
      fc.constantFrom("5", "30000:2", "x@y.org", "X-Foo: bar", "text/html"),
    ),
    (name, value) => ({
      folder: new Folder("/list", new Map([[name, value]])),
      address: list,
    }),
  );
  t.end();
});

t.test(
  "who may post and join, by files and by the letters of older versions",
  async (t) => {
    const cases: [string, Record<string, string>][] = [
      ["", { policy: "open" }],
      ["u", { policy: "members", others: "reject" }],
      ["m", { policy: "moderated" }],
      ["mu", { policy: "members", others: "hold" }],
      ["mo", { policy: "announce", others: "reject" }],
    ];
    for (const [letters, settings] of cases) {
      const names = Object.fromEntries(
        [...letters].map((letter) => [switches[letter]?.file ?? "", ""]),
      );
      t.match(
        (await read(ezmlmList(t.testdir(), { public: "", ...names }))).settings,
        settings,
        letters,
      );
      const old = t.testdir({
        key: "",
        config: `F:-${letters}pX\nL:talk\nH:lists.example.org\n5:boss@x.org\n`,
      });
      const found = await read(old);
      t.match(
        found,
        {
          settings,
          address: list,
          roles: [{ address: "boss@x.org", role: "owner" }],
        },
        `config ${letters}`,
      );
    }
    const closed = await read(ezmlmList(t.testdir(), { modsub: "" }));
    t.match(
      closed.settings,
      { "rules.subscribe": ["reject"], "rules.unsubscribe": ["reject"] },
      "not public",
    );
    const asks = await read(
      ezmlmList(t.testdir(), {
        public: "",
        modsub: "",
        subgetonly: "",
        archived: "",
        confirmpost: "",
      }),
    );
    t.match(asks.settings, {
      "rules.subscribe": ["hold"],
      "rules.archive": [
        "accept if member",
        "accept if role owner",
        "accept if role moderator",
        "reject",
      ],
      "rules.post": ["confirm"],
    });
  },
);

t.test("moderators in a folder with a path", async (t) => {
  const dir = ezmlmList(
    t.testdir(),
    { public: "", modpost: "/var/lists/talk/posters\n" },
    { posters: ["mod@x.org"] },
  );
  const { roles, lost } = await read(dir);
  t.match(roles, [{ address: "mod@x.org", role: "moderator" }]);
  t.notOk(lost.some(({ setting }) => setting === "modpost"));
});

t.test("prefix, trailer, sizes, fields, texts", async (t) => {
  const found = await read(
    ezmlmList(t.testdir(), {
      public: "",
      prefix: "[talk #]\n",
      addtrailer: "",
      "text/trailer":
        "Leave: <#l#>-unsubscribe@<#h#>\nNumber <#n#>\nList: <#L#>@<#H#>\n",
      msgsize: "40000:10\n",
      digcount: "5\n",
      headeradd: `Reply-To: <#L#>@<#H#>\nX-No-Archive: yes\nX-Own: 1\n`,
      headerremove: "return-path\nreceived\n",
      mimereject: "text/html\n",
      listid: "Talk <talk.lists.example.org>\n",
      "text/faq": "About <#L#>@<#H#>.\n",
      "text/sub-ok": "Welcome\n!A\n",
      modpost: "",
      "mod/modtime": "48",
      "mod/pending/1": "",
      owner: "./Mailbox\n",
      strange: "x",
    }),
  );
  t.match(found.settings, {
    subject_prefix: "[talk] ",
    footer: "Leave: talk-unsubscribe@lists.example.org\nList: {{list}}\n",
    message_limit: 40_000,
    "digest.posts": 5,
    reply_to: "list",
    "moderation.expire": "48h",
    "rules.post": [
      "reject if not size > 10",
      "reject if attachment text/html",
    ].reverse(),
  });
  t.match(found.texts, [
    { name: "faq", text: "Subject: {{list}}: faq\n\nAbout {{list}}.\n" },
  ]);
  const lost = found.lost.map(({ setting }) => setting);
  for (const one of [
    "prefix",
    "headeradd",
    "headerremove",
    "text/sub-ok",
    "mod/pending",
    "owner",
    "strange",
  ])
    t.ok(lost.includes(one), one);
  rulesAreGood(t, found);
});

t.test("what is broken is told with its file", async (t) => {
  const dir = ezmlmList(t.testdir(), {}, { "": ["a@x.org"] });
  const file = join(dir, "subscribers/@");
  const fails = async (content: string, message: RegExp) => {
    writeFileSync(file, content);
    await t.rejects(all((await read(dir)).members), {
      exitCode: exit.dataError,
      message,
    });
  };
  await fails(
    "Ta@x.org\0Xb@x.org\0",
    /subscribers\/@: record 2: does not begin with "T"/,
  );
  await fails("Ta@x.org", /subscribers\/@: the last record has no end/);
  await fails(`T${"a".repeat(70_000)}`, /an address of more than 1024 bytes/);
  await t.rejects(read(t.testdir({})), {
    message: /no list of ezmlm: key is missing/,
  });
  const database = await read(
    ezmlmList(t.testdir(), { subdb: "mysql:h:::::" }),
  );
  t.ok(
    database.lost.some(
      ({ setting, instead }) =>
        setting === "subscribers" && /--members/.test(instead),
    ),
  );
});
