// Lists of Mailman 3: the document that docs/import.md makes of its REST API.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { exit } from "../../src/base/errors.ts";
import { counterparts3 } from "../../src/transfer/mailman/settings3.ts";
import { postingOf } from "../../src/transfer/mailman/source3.ts";
import { mailman3 } from "../../src/transfer/mailman3.ts";
import { config } from "./mailman/dumps.ts";
import { all, everyoneTells, list, rulesAreGood, told } from "./outcomes.ts";

function read(t: Test, document: unknown, address?: string) {
  const file = join(t.testdir(), "list.json");
  writeFileSync(
    file,
    typeof document === "string" ? document : JSON.stringify(document),
  );
  return mailman3(file, { address });
}
const changed = (t: Test, changes: object, more: object = {}) =>
  read(t, { config: { ...config, ...changes }, ...more });

t.test("a new list: nothing that matters is lost", async (t) => {
  const found = await changed(t, {});
  t.match(found, {
    address: list,
    settings: {
      policy: "members",
      others: "hold",
      subject_prefix: "[Talk] ",
      "digest.size": "30KB",
      "rules.archive": ["accept"],
    },
  });
  t.same(
    found.lost.map(({ setting }) => setting),
    ["display_name", "members"],
  );
  rulesAreGood(t, found);
});

t.test("every key of the config is kept, lost or moot", async (t) => {
  const found = await changed(t, {});
  for (const name of Object.keys(config)) {
    t.ok(Object.hasOwn(counterparts3, name), name);
    t.ok(told(found).has(name), name);
  }
  const odd = await changed(t, { emergency: true, own: 1 }, { more: 1 });
  t.match(odd.settings["rules.post"], ["hold"]);
  for (const name of ["own", "more"])
    t.match(
      odd.lost.find(({ setting }) => setting === name),
      { why: /unknown/ },
    );
});

t.test("whatever stands in them, each says what becomes of it", (t) => {
  const words = fc.constantFrom(
    "constructor",
    "hold",
    "defer",
    "public",
    "never",
    "open",
    "moderate",
    "full",
    "point_to_list",
    "en",
    "^x",
    "@y",
  );
  everyoneTells(
    t,
    counterparts3,
    fc.oneof(fc.jsonValue(), words, fc.array(words)),
    (name, value) => {
      const one = { [name]: value };
      return { address: list, config: one, posting: postingOf(one) };
    },
  );
  t.end();
});

const entry = (email: string, more: object = {}) => ({
  email,
  display_name: "",
  delivery_mode: "regular",
  role: "member",
  ...more,
});

t.test("members, in each form in which the API gives them", async (t) => {
  const entries = [
    entry("Anna@x.org", {
      display_name: "Anna Äpfel",
      preferences: {
        receive_own_postings: false,
        acknowledge_posts: true,
        preferred_language: "de",
        receive_list_copy: true,
      },
    }),
    entry("d@x.org", { delivery_mode: "plaintext_digests" }),
    entry("off@x.org", {
      delivery_mode: "mime_digests",
      preferences: { delivery_status: "by_user" },
    }),
    entry("gone@x.org", {
      delivery_status: "by_bounces",
      last_bounce_received: "2024-01-02T00:00:00Z",
    }),
    entry("mod@x.org", { moderation_action: "hold" }),
    entry("bad@x.org", { moderation_action: "discard" }),
  ];
  const wanted = [
    {
      address: "Anna@x.org",
      name: "Anna Äpfel",
      delivery: "posts",
      ownCopy: false,
      acknowledge: true,
      language: "de",
      duplicates: true,
    },
    { delivery: "digest-plain" },
    { delivery: "nomail" },
    { delivery: "posts", suspended: Date.UTC(2024, 0, 2) },
    { moderation: "moderated" },
    { address: "bad@x.org", where: /members, entry 6 \(bad@x\.org\)$/ },
  ];
  const page = (some: unknown[]) => ({
    start: 0,
    total_size: entries.length,
    http_etag: "",
    entries: some,
  });
  for (const members of [
    entries,
    page(entries),
    [
      page(entries.slice(0, 2)),
      page(entries.slice(2)),
      { start: 0, total_size: 0 },
    ],
  ]) {
    const found = await changed(t, {}, { members });
    t.match(await all(found.members), wanted);
    t.ok(
      (found.settings["rules.post"] as string[]).includes(
        "discard if from bad@x.org",
      ),
    );
  }
  const strict = await changed(
    t,
    { default_member_action: "hold" },
    {
      members: [
        entry("a@x.org"),
        entry("b@x.org", { moderation_action: "accept" }),
      ],
    },
  );
  t.match(await all(strict.members), [
    { address: "a@x.org" },
    { moderation: "free" },
  ]);
  t.match(strict.settings, { policy: "moderated" });
});

t.test("owners, moderators, others, bans, header matches, texts", async (t) => {
  const found = await changed(
    t,
    {
      archive_policy: "private",
      member_roster_visibility: "members",
      subscription_policy: "confirm_then_moderate",
      unsubscription_policy: "open",
      reply_goes_to_list: "explicit_header",
      reply_to_address: "b@x.org",
    },
    {
      owners: { entries: [entry("boss@x.org")] },
      moderators: ["m@x.org"],
      members: [entry("on@x.org")],
      nonmembers: [
        entry("guest@x.org", { moderation_action: "accept" }),
        entry("spam@x.org", { moderation_action: "discard" }),
        entry("seen@x.org"),
      ],
      bans: [
        { email: "bad@x.org" },
        { email: "^.*@spam\\.example$" },
        { email: "on@x.org" },
      ],
      header_matches: {
        entries: [
          { header: "x-spam-flag", pattern: "^Yes", position: 0 },
          { header: "subject", pattern: "win", action: "discard" },
          { header: "to", pattern: "[0-9]" },
        ],
      },
      templates: {
        "list:member:regular:footer":
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Mailman's words
          "$display_name: $listname\n${user_name_here}\n",
        "list:user:notice:welcome": "Hello from $listname",
        "list:admin:notice:x": "x",
      },
    },
  );
  t.match(found.settings, {
    "rules.subscribe": [
      "reject if from bad@x.org",
      "reject if from *@spam.example",
      "reject if from on@x.org",
      "hold",
    ],
    "rules.who": [
      "accept if member",
      "accept if role owner",
      "accept if role moderator",
      "reject",
    ],
    footer: "Talk: {{list}}\n",
  });
  const rules = found.settings["rules.post"] as string[];
  for (const line of [
    "hold if header x-spam-flag Yes*",
    "discard if subject *win*",
    "accept if not member and from guest@x.org",
    "discard if not member and from spam@x.org",
  ])
    t.ok(rules.includes(line), line);
  t.same(found.suppressed, [
    { address: "bad@x.org", why: "banned in Mailman" },
  ]);
  t.match(found.roles, [
    { role: "owner" },
    { address: "m@x.org", role: "moderator" },
  ]);
  t.match(found.texts, [
    { name: "welcome", text: "Subject: {{list}}\n\nHello from {{list}}\n" },
  ]);
  const lost = found.lost.map(({ setting }) => setting);
  for (const one of [
    "header_matches",
    "reply_goes_to_list",
    "templates: list:admin:notice:x",
    "unsubscription_policy",
    "bans",
  ])
    t.ok(lost.includes(one), one);
  rulesAreGood(t, found);
});

t.test("whatever stands in the document, it is read", async (t) => {
  const keys = [
    "email",
    "entries",
    "preferences",
    "header",
    "pattern",
    "action",
    "moderation_action",
    "toString",
  ];
  const thing = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  const rest = fc.record({
    list: thing,
    members: thing,
    owners: thing,
    moderators: thing,
    nonmembers: thing,
    bans: thing,
    header_matches: thing,
    templates: thing,
  });
  const file = join(t.testdir(), "list.json");
  await fc.assert(
    fc.asyncProperty(rest, async (document) => {
      writeFileSync(file, JSON.stringify({ ...document, config }));
      const found = await mailman3(file, {});
      await all(found.members);
    }),
    { numRuns: 200 },
  );
});

t.test("what is no such document is refused", async (t) => {
  await t.rejects(read(t, '{\n"config": {\n"a": }'), {
    exitCode: exit.dataError,
    message: /list\.json:3: not valid JSON/,
  });
  await t.rejects(read(t, "[]"), { message: /"config" is missing/ });
  await t.rejects(read(t, { config: {} }), { message: /address is not told/ });
  t.match(await read(t, { config: {}, list: { fqdn_listname: list } }), {
    address: list,
  });
});
