// Lists of Mailman 2: what dumpdb and config_list print, and every attribute that a list can have.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { exit } from "../../src/base/errors.ts";
import { counterparts2 } from "../../src/transfer/mailman/settings2.ts";
import { Source2 } from "../../src/transfer/mailman/source2.ts";
import { mailman2 } from "../../src/transfer/mailman2.ts";
import type { PythonValue } from "../../src/transfer/python/literal.ts";
import { attributes, dumped } from "./mailman/dumps.ts";
import { all, everyoneTells, list, rulesAreGood, told } from "./outcomes.ts";

function read(t: Test, text: string | Buffer, address?: string) {
  const file = join(t.testdir(), "dump");
  writeFileSync(file, text);
  return mailman2(file, { address });
}
const changed = (t: Test, changes: Record<string, string>) =>
  read(t, dumped(changes));

t.test("a new list: nothing that matters is lost", async (t) => {
  const found = await changed(t, {});
  t.match(found, {
    address: list,
    roles: [{ address: "owner@example.org", role: "owner" }],
    settings: {
      policy: "members",
      others: "hold",
      subject_prefix: "[Talk] ",
      footer: "-- \nTalk mailing list\n{{list}}\n",
      language: "en",
      "digest.size": "30KB",
      "digest.posts": 0,
      "digest.volume": "monthly",
    },
  });
  t.same(
    found.lost.map(({ setting }) => setting).sort(),
    ["msg_footer"],
    "the line with the web page",
  );
  rulesAreGood(t, found);
});

t.test("every attribute is kept, lost or moot", async (t) => {
  for (const name of Object.keys(attributes))
    t.ok(Object.hasOwn(counterparts2, name), name);
  const found = await changed(t, {});
  for (const name of Object.keys(attributes)) t.ok(told(found).has(name), name);
  const odd = await changed(t, { cp_own: "1" });
  t.match(
    odd.lost.find(({ setting }) => setting === "cp_own"),
    { why: /unknown/ },
  );
});

const value: fc.Arbitrary<PythonValue> = fc.oneof(
  fc.constantFrom<PythonValue>(
    null,
    true,
    false,
    "",
    "x",
    "a@b.org",
    "^.*@x$",
    new Map(),
    [],
  ),
  fc.integer({ min: -1, max: 9 }),
  fc.double(),
  fc.string(),
  fc.array(fc.constantFrom("a@b.org", "^x$", "@other", "no address")),
  fc.constant<PythonValue>([
    ["^subject: x", 7, false],
    ["a\nb", 3, false],
    "x",
  ]),
);

t.test("whatever stands in them, each says what becomes of it", (t) => {
  everyoneTells(
    t,
    counterparts2,
    value,
    (name, value) => new Source2(new Map([[name, value]]), list),
  );
  t.end();
});

t.test("members with their options", async (t) => {
  const found = await changed(t, {
    members:
      "{'anna@x.org': 0, 'berta@x.org': 'Berta@x.org', 'off@x.org': 0, 'old@x.org': 0, 'gone@x.org': 0, 'mod@x.org': 0}",
    digest_members: "{'d@x.org': 0, 'p@x.org': 0}",
    user_options:
      "{'anna@x.org': 256, 'berta@x.org': 262, 'off@x.org': 256, 'old@x.org': 257, 'gone@x.org': 256, 'mod@x.org': 384, 'd@x.org': 16, 'p@x.org': 264}",
    usernames:
      "{'anna@x.org': u'Anna \\xc4pfel', 'berta@x.org': 'B\\xc3\\xa4r'}",
    language: "{'anna@x.org': 'de', 'berta@x.org': 'en', 'd@x.org': 'pt_BR'}",
    delivery_status:
      "{'off@x.org': (2, 1700000000.5), 'gone@x.org': (4, 1700000000)}",
    bounce_info:
      "{'gone@x.org': <bounce info for member gone@x.org\n        current score: 5.0\n        >}",
  });
  const members = await all(found.members);
  t.match(members, [
    {
      address: "anna@x.org",
      delivery: "posts",
      name: "Anna Äpfel",
      language: "de",
    },
    { address: "Berta@x.org", name: "Bär", ownCopy: false, acknowledge: true },
    { address: "off@x.org", delivery: "nomail" },
    { address: "old@x.org", delivery: "nomail" },
    { address: "gone@x.org", delivery: "posts", suspended: 1_700_000_000_000 },
    { address: "mod@x.org", moderation: "moderated" },
    {
      address: "d@x.org",
      delivery: "digest-mime",
      duplicates: true,
      language: "pt-BR",
    },
    { address: "p@x.org", delivery: "digest-plain" },
  ]);
  t.equal(members[0]?.moderation, undefined);
  t.match(members[0]?.where, /dump: member anna@x\.org$/);
  t.ok(found.lost.some(({ setting }) => setting === "hide"));
});

t.test("who may post", async (t) => {
  const post = async (changes: Record<string, string>) => {
    const plain = {
      administrivia: "0",
      require_explicit_destination: "0",
      max_message_size: "0",
      max_num_recipients: "0",
    };
    const found = await changed(t, { ...plain, ...changes });
    rulesAreGood(t, found);
    const { policy, others, "rules.post": rules } = found.settings;
    return { policy, others, rules };
  };
  const roles = [
    "accept if role owner",
    "accept if role moderator",
    "accept if role poster",
  ];
  t.same(await post({}), {
    policy: "members",
    others: "hold",
    rules: undefined,
  });
  t.same(await post({ generic_nonmember_action: "0" }), {
    policy: "open",
    others: undefined,
    rules: undefined,
  });
  t.same(await post({ default_member_moderation: "1" }), {
    policy: "moderated",
    others: "hold",
    rules: undefined,
  });
  t.same(
    await post({
      default_member_moderation: "1",
      generic_nonmember_action: "3",
    }),
    {
      policy: "members",
      others: "discard",
      rules: ["accept if free", ...roles, "hold if member"],
    },
  );
  t.same(
    await post({
      default_member_moderation: "1",
      member_moderation_action: "1",
      member_moderation_notice: "'Only \"news\".\\nSorry'",
      generic_nonmember_action: "2",
    }),
    {
      policy: "announce",
      others: "reject",
      rules: [
        "accept if free",
        ...roles,
        'reject "Only \\"news\\". Sorry" if member',
      ],
    },
  );
  t.same(
    await post({
      emergency: "1",
      generic_nonmember_action: "2",
      nonmember_rejection_notice: "'Ask %(listowner)s'",
    }),
    {
      policy: "members",
      others: "reject",
      rules: [
        "hold",
        ...roles,
        'reject "Ask talk-owner@lists.example.org" if not member',
      ],
    },
  );
  t.same(
    await post({
      accept_these_nonmembers:
        "['a@x.org', '^.*@friends\\\\.example$', '@otherlist']",
      hold_these_nonmembers: "['h@x.org']",
      discard_these_nonmembers: "['^[0-9]+@x$', 'd@x.org']",
      member_moderation_action: "2",
    }),
    {
      policy: "members",
      others: "hold",
      rules: [
        "discard if not member and from d@x.org",
        "discard if moderated",
        "hold if not member and from h@x.org",
        "accept if not member and from a@x.org",
        "accept if not member and from *@friends.example",
      ],
    },
  );
  const free = await changed(t, {
    default_member_moderation: "1",
    members: "{'a@x.org': 0, 'b@x.org': 0}",
    user_options: "{'a@x.org': 128}",
  });
  t.match(await all(free.members), [
    { address: "a@x.org" },
    { moderation: "free" },
  ]);
});

t.test("filters over the header", async (t) => {
  const found = await changed(t, {
    administrivia: "0",
    max_message_size: "0",
    max_num_recipients: "0",
    acceptable_aliases: "'other@x\\\\.org\\n^(?=bad)\\n'",
    header_filter_rules:
      "[('^Subject:.*viagra', 3, False), ('^X-Spam-Flag: yes\\n# no\\n^To: [0-9]', 7, False), ('x', 0, True)]",
    bounce_matching_headers: "'x-mailer: .*bulk\\nnothing\\n'",
    member_verbosity_threshold: "5",
  });
  t.same(found.settings["rules.post"], [
    "discard if subject *viagra*",
    "hold if header X-Spam-Flag yes*",
    "hold if header x-mailer *bulk*",
    "hold if member and posts > 4 in 300s",
    "hold if not header To *talk@* and not header Cc *talk@* and not header To *other@x.org* and not header Cc *other@x.org*",
  ]);
  const lost = found.lost.map(({ setting, value }) => `${setting} ${value}`);
  t.ok(lost.includes("header_filter_rules hold: ^To: [0-9]"));
  t.ok(lost.includes("bounce_matching_headers hold: nothing"));
  t.ok(lost.includes("acceptable_aliases ^(?=bad)"));
  rulesAreGood(t, found);
});

t.test("joining, leaving, seeing, bans", async (t) => {
  const found = await changed(t, {
    subscribe_policy: "3",
    subscribe_auto_approval: "['^.*@x\\\\.org$']",
    unsubscribe_policy: "1",
    private_roster: "0",
    archive_private: "1",
    ban_list: "['bad@x.org', '^.*@spam\\\\.example$', 'on@x.org']",
    members: "{'on@x.org': 0}",
  });
  t.match(found.settings, {
    "rules.subscribe": [
      "reject if from bad@x.org",
      "reject if from *@spam.example",
      "reject if from on@x.org",
      "accept if from *@x.org",
      "hold",
    ],
    "rules.unsubscribe": ["hold"],
    "rules.who": ["accept"],
    "rules.archive": [
      "accept if member",
      "accept if role owner",
      "accept if role moderator",
      "reject",
    ],
  });
  t.same(found.suppressed, [
    { address: "bad@x.org", why: "banned in Mailman" },
  ]);
  t.ok(
    found.lost.some(
      ({ setting, value }) => setting === "ban_list" && value === "on@x.org",
    ),
  );
});

t.test("texts, footers, replies", async (t) => {
  const found = await changed(t, {
    personalize: "2",
    msg_footer:
      "'To %(user_address)s of %(real_name)s {{x}}\\n%(user_password)s\\n'",
    reply_goes_to_list: "2",
    reply_to_address: "'Talk@lists.example.org'",
    welcome_msg: "'Be nice.'",
    digest_header: "'All of the week.'",
    subject_prefix: "'[Talk %05d] '",
    description: "'Two\\nlines'",
    preferred_language: "'pt_BR'",
    max_days_to_hold: "900",
    new_member_options: "2",
  });
  t.match(found.settings, {
    "personal.footer": "To {{address}} of Talk { {x} }\n",
    "personal.headers": ["To: {{address}}"],
    reply_to: "list",
    subject_prefix: "[Talk] ",
    description: "Two lines",
    language: "pt-BR",
    "moderation.expire": "365d",
    own_copy: false,
    "refine.addressed": true,
  });
  t.same(found.texts, [
    {
      setting: "digest_header",
      name: "digest",
      language: "pt-BR",
      how: "before",
      text: "All of the week.\n",
    },
    {
      setting: "welcome_msg",
      name: "welcome",
      language: "pt-BR",
      how: "before",
      text: "Be nice.\n",
    },
  ]);
});

t.test("what config_list writes: settings without members", async (t) => {
  const text = `# -*- python -*-
# -*- coding: iso-8859-1 -*-
## "talk" mailing list configuration settings
real_name = 'Talk'
host_name = 'lists.example.org'

# What it is.
description = "F\u00fcr \\"alle\\""
info = """Erste
Zeile"""
owner = ['a@x.org',
 'b@x.org']
subject_prefix = '[Talk] '
subscribe_policy = 2
default_member_moderation = True
generic_nonmember_action = 2
archive = True
preferred_language = 'de'
mlist.max_message_size = 100
`;
  const found = await read(t, Buffer.from(text, "latin1"));
  t.match(found, {
    address: list,
    settings: {
      description: 'Für "alle"',
      language: "de",
      others: "reject",
      "rules.subscribe": ["hold"],
    },
    roles: [{ address: "a@x.org" }, { address: "b@x.org" }],
    texts: [{ name: "info", text: "Erste\nZeile\n" }],
  });
  t.same(await all(found.members), []);
  t.match(
    found.lost.find(({ setting }) => setting === "members"),
    { instead: /--members/ },
  );
  await t.rejects(read(t, `${text}nonsense here\n`), {
    message: /dump:20: neither a comment nor NAME = VALUE: nonsense here/,
  });
  await t.rejects(read(t, `${text}x = 1 2\n`), {
    message: /dump:20: something stands behind the value: 2/,
  });
});

t.test("what is no list is refused", async (t) => {
  await t.rejects(read(t, Buffer.from([0x80, 2, 0x7d])), {
    message: /this is the pickle itself.*bin\/dumpdb/,
  });
  await t.rejects(read(t, "{}"), {
    exitCode: exit.dataError,
    message: /not the settings of a list of Mailman 2/,
  });
  await t.rejects(read(t, "[1]"), { message: /dump:1: neither/ });
  await t.rejects(read(t, dumped({ owner: "['a'" })), {
    message: /dump:\d+: "," or "\]" is missing/,
  });
  await t.rejects(read(t, dumped({ host_name: "''" })), {
    message: /the list's address is not told; give it with --list/,
  });
  t.match(await read(t, dumped({ host_name: "''" }), "x@y.org"), {
    address: "x@y.org",
  });
  await t.rejects(
    read(t, dumped() + dumped().replace("object 1", "object 2")),
    { message: /more than one object/ },
  );
  await t.rejects(mailman2(join(t.testdir(), "none"), {}), {
    exitCode: exit.noInput,
    message: /cannot be read/,
  });
});
