// Lists of Majordomo: their config, their files of addresses, and every keyword.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { exit } from "../../src/base/errors.ts";
import { keywords } from "../../src/transfer/majordomo/keywords.ts";
import { majordomo } from "../../src/transfer/majordomo.ts";
import { all, everyoneTells, list, rulesAreGood, told } from "./outcomes.ts";

/** The keywords of Majordomo 1.94.5. */
const KEYWORDS =
  "welcome announcements get_access index_access who_access which_access info_access intro_access advertise noadvertise description subscribe_policy unsubscribe_policy mungedomain admin_passwd strip date_info date_intro archive_dir moderate moderator approve_passwd sender maxlength precedence reply_to restrict_post purge_received administrivia resend_host debug message_fronter message_footer message_headers subject_prefix taboo_headers taboo_body digest_volume digest_issue digest_work_dir digest_name digest_archive digest_rm_footer digest_rm_fronter digest_maxlines digest_maxdays comments".split(
    " ",
  );

const read = (path: string, address?: string) => majordomo(path, { address });

function lists(
  t: Test,
  config: string,
  files: Record<string, string> = {},
): string {
  return t.testdir({
    talk: "",
    "talk.config": `resend_host = lists.example.org\n${config}`,
    ...files,
  });
}

t.test("members, digests, posters, texts", async (t) => {
  const dir = lists(
    t,
    "restrict_post = talk talk.posters /none\nsubject_prefix = [$LIST]\nmessage_footer << END\n---\n-\n-  indented\nSent to $LIST@lists.example.org by $SENDER\n{{x}}\nEND\n",
    {
      talk: "anna@x.org\nBerta <berta@x.org>\ncarl@x.org (Carl C.)\n\nnobody here\ne@x.org, f@x.org\n",
      "talk-digest": "d@x.org\nAnna@x.org\n",
      "talk-digest.config": "digest_maxdays = 7\nmaxlength = 30000\n",
      "talk.posters": "guest@x.org\n",
      "talk.intro": "Welcome to $LIST.\n",
      "talk.info": "About.\n",
    },
  );
  const found = await read(dir);
  t.match(await all(found.members), [
    { address: "anna@x.org", delivery: "posts", where: `${dir}/talk:1` },
    { address: "berta@x.org", name: "Berta" },
    { address: "carl@x.org", name: "Carl C." },
    { address: "nobody here", where: `${dir}/talk:5` },
    { address: "e@x.org", where: `${dir}/talk:6` },
    { address: "f@x.org", where: `${dir}/talk:6` },
    { address: "d@x.org", delivery: "digest-plain" },
  ]);
  t.match(found, {
    address: list,
    settings: {
      policy: "members",
      others: "hold",
      subject_prefix: "[talk] ",
      footer: "--\n\n  indented\n{ {x} }\n",
      "digest.age": "7d",
      "digest.size": 30_000,
      "rules.post": ["accept if from guest@x.org"],
    },
    texts: [
      { name: "welcome", how: "before", text: "Welcome to talk.\n" },
      { name: "info", text: "About.\n" },
    ],
  });
  t.ok(
    found.lost.some(
      ({ setting, value }) => setting === "restrict_post" && value === "/none",
    ),
  );
  rulesAreGood(t, found);
});

t.test(
  "owners who write settings by mail read no file of others",
  async (t) => {
    const outside = t.testdir({ passwd: "root@x.org\n", lists: { talk: "" } });
    const dir = join(outside, "lists");
    writeFileSync(
      join(dir, "talk.config"),
      `resend_host = lists.example.org\nrestrict_post = ${outside}/passwd ../passwd ${dir}/talk\n`,
    );
    const found = await read(dir);
    t.notOk(found.settings["rules.post"]);
    t.same(
      found.lost
        .filter(({ setting }) => setting === "restrict_post")
        .map(({ value }) => value),
      [`${outside}/passwd`, "../passwd"],
    );
  },
);

t.test("names in Latin-1", async (t) => {
  const dir = lists(t, "");
  const name = Buffer.from("Gr\u00fc\u00dfe <g@x.org>\n", "latin1");
  writeFileSync(join(dir, "talk"), name);
  t.match(await all((await read(dir)).members), [{ name: "Grüße" }]);
});

t.test("every keyword is kept, lost or moot", async (t) => {
  for (const name of KEYWORDS) t.ok(Object.hasOwn(keywords, name), name);
  const dir = lists(
    t,
    KEYWORDS.filter((name) => name !== "resend_host")
      .map((name) => `${name} = yes\n`)
      .join(""),
  );
  const found = await read(dir);
  for (const name of KEYWORDS)
    t.ok(
      [...told(found)].some((one) => one.startsWith(name)),
      name,
    );
  const odd = await read(lists(t, "own = 1\nreply_to = undef\n"));
  t.match(
    odd.lost.find(({ setting }) => setting === "own"),
    { why: /unknown/ },
  );
});

t.test("whatever stands there, each says what becomes of it", (t) => {
  const words = fc.constantFrom(
    "constructor",
    "yes",
    "no",
    "open",
    "closed+confirm",
    "auto",
    "list",
    "5",
    "talk@lists.example.org",
    "/^subject:.*x/i",
    "a b",
  );
  everyoneTells(
    t,
    keywords,
    fc.oneof(fc.string({ minLength: 1 }), words),
    (name, value) => ({
      values: new Map([[name, value]]),
      address: list,
      name: "talk",
    }),
  );
  t.end();
});

t.test("who may join, see and post", async (t) => {
  const found = await read(
    lists(
      t,
      `moderate = yes
moderator = boss@x.org # a comment
subscribe_policy = closed+confirm
unsubscribe_policy = open
who_access = list
get_access = closed
maxlength = 40000
administrivia = no
reply_to = $LIST@lists.example.org
taboo_headers << END
/^subject:.*spam/i
m!^x-mailer:.*[0-9]!
END
announcements = yes
welcome = no
`,
    ),
  );
  t.match(found.settings, {
    policy: "moderated",
    "rules.subscribe": ["hold"],
    "rules.who": [
      "accept if member",
      "accept if role owner",
      "accept if role moderator",
      "reject",
    ],
    "rules.archive": ["reject"],
    "rules.post": ["hold if subject *spam*", "hold if size > 40000"],
    reply_to: "list",
    tell_owners: true,
    welcome: false,
    "digest.enabled": false,
  });
  t.same(found.roles, [{ address: "boss@x.org", role: "moderator" }]);
  t.ok(
    found.lost.some(
      ({ setting, value }) =>
        setting === "taboo_headers" && value.startsWith("m!"),
    ),
  );
  rulesAreGood(t, found);
  const flags = await read(
    join(
      t.testdir({
        talk: "",
        "talk.config": "",
        "talk.closed": "",
        "talk.private": "",
      }),
      "talk",
    ),
    list,
  );
  t.match(flags.settings, {
    "rules.subscribe": ["hold"],
    "rules.archive": ["reject"],
  });
});

t.test("which list of a folder, and what is broken", async (t) => {
  const dir = t.testdir({
    a: "",
    "a.config": "",
    b: "",
    "b.config": "x = 1\nnonsense\n",
    "c.config": "message_footer << END\nx\n",
    c: "",
  });
  await t.rejects(read(dir), {
    exitCode: exit.dataError,
    message: /3 lists: a, b, c; name the file of one/,
  });
  await t.rejects(read(dir, "z@x.org"), {
    message: /there is no list z; there are a, b, c/,
  });
  await t.rejects(read(join(dir, "a")), {
    message: /the list's address is not told/,
  });
  t.match(await read(dir, "a@x.org"), { address: "a@x.org" });
  t.match(await read(join(dir, "a.config"), "a@x.org"), { address: "a@x.org" });
  await t.rejects(read(dir, "b@x.org"), {
    message: /b\.config:2: neither KEY = VALUE nor KEY << END: nonsense/,
  });
  await t.rejects(read(dir, "c@x.org"), {
    message: /c\.config:1: message_footer << END: there is no line END/,
  });
  await t.rejects(read(join(dir, "none")), {
    exitCode: exit.noInput,
    message: /no such file or folder/,
  });
});
