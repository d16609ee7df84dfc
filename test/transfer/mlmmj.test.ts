import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { exit } from "../../src/base/errors.ts";
import { Control } from "../../src/transfer/mlmmj/control.ts";
import { tunables } from "../../src/transfer/mlmmj/tunables.ts";
import { plainList } from "./mlmmj/lists.ts";
import { read, withControl } from "./mlmmj/read.ts";
import { all, everyoneTells, list, rulesAreGood } from "./outcomes.ts";

t.test("whatever stands in them, each says what becomes of it", (t) => {
  everyoneTells(
    t,
    tunables,
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        "",
        "5\n",
        "a@b.org\n",
        "allow ^From: x\n",
        "Reply-To: x@y.org\n",
      ),
    ),
    (name, value) => ({
      control: new Control(new Map([[name, value || "x"]])),
      address: list,
      digesters: 0,
    }),
  );
  t.end();
});

t.test("who may post", async (t) => {
  const cases: [string[], string, string | undefined][] = [
    [[], "open", undefined],
    [["subonlypost"], "members", "reject"],
    [["subonlypost", "modnonsubposts"], "members", "hold"],
    [["subonlypost", "nosubonlydenymails"], "members", "discard"],
    [["moderated"], "moderated", "hold"],
    [["modonlypost"], "announce", "reject"],
  ];
  for (const [names, policy, others] of cases) {
    const { settings } = await withControl(
      t,
      Object.fromEntries(names.map((name) => [name, ""])),
    );
    t.match(settings, { policy, ...(others && { others }) }, names.join());
  }
});

t.test("settings with values", async (t) => {
  const found = await withControl(t, {
    listaddress: `${list}\nalso@lists.example.org\n`,
    prefix: "[talk]\na comment\n",
    footer: "-- \nLeave: talk-unsubscribe@lists.example.org {{x}}\n",
    maxmailsize: "100000",
    modreqlife: "86400",
    digestinterval: "3600",
    digestmaxmails: "10",
    owner: "a@x.org\n\nb@x.org\n",
    moderators: "m@x.org\n",
    submod: "g@x.org\n",
    moderated: "",
    customheaders: `Reply-To: ${list}\nX-Own: 1\nPrecedence: bulk\n`,
    delheaders: "Received:\nReturn-Path:\n",
    notmetoo: "",
    noarchive: "",
    notifysub: "",
    notifymod: "",
    addtohdr: "",
    verp: "",
    relayhost: "127.0.0.1",
    smtpport: "2525",
    ownname: "x",
  });
  t.match(found.settings, {
    subject_prefix: "[talk] ",
    footer: "-- \nLeave: talk-unsubscribe@lists.example.org { {x} }\n",
    message_limit: 100_000,
    "moderation.expire": "86400s",
    "moderation.expired": "discard",
    "moderation.tell_author": true,
    "digest.age": "3600s",
    "digest.posts": 10,
    own_copy: false,
    archive: false,
    tell_owners: true,
    reply_to: "list",
    verp: "never",
    "personal.headers": ["To: {{address}}"],
    "rules.subscribe": ["hold"],
  });
  t.same(found.roles.map(({ role, address }) => `${role} ${address}`).sort(), [
    "moderator m@x.org",
    "owner a@x.org",
    "owner b@x.org",
  ]);
  const lost = found.lost.map(({ setting, value }) => `${setting} ${value}`);
  for (const one of [
    "listaddress also@lists.example.org",
    "submod g@x.org",
    "customheaders X-Own: 1",
    "delheaders Received:",
    "smtpport 2525",
    "ownname x",
  ])
    t.ok(lost.includes(one), one);
  t.match(
    found.lost.find(({ setting }) => setting === "ownname"),
    { why: /unknown/ },
  );
  rulesAreGood(t, found);
});

t.test("access rules become lines, in their order", async (t) => {
  const { settings } = await withControl(t, {
    tocc: "",
    access:
      "allow ^From: Morten\ndeny ^Subject:.*SCO\nmoderate !^Content-Type: text/plain\nallow\n",
  });
  t.same(settings["rules.post"], [
    "accept if header From Morten*",
    "reject if subject *SCO*",
    "hold if not header Content-Type text/plain*",
    "accept if role owner",
    "accept if role moderator",
    "accept if role poster",
    "hold if moderated",
    "accept",
  ]);
  const closed = await withControl(t, {
    tocc: "",
    subonlypost: "",
    noaccessdenymails: "",
    access: "send ^From: a@\nallow ^To: (x|y)\n",
  });
  t.same(closed.settings["rules.post"], [
    "accept if header From a@*",
    "accept if header To x* and member",
    "reject if header To x*",
    "accept if header To y* and member",
    "reject if header To y*",
    "discard",
  ]);
  const odd = await withControl(t, {
    tocc: "",
    access: "deny [0-9]+\nallow ^From: a\n",
  });
  t.same(
    odd.settings["rules.post"],
    ["accept if header From a*", "hold"],
    "a person looks where a rule is missing",
  );
  t.match(odd.lost, [{ setting: "access", value: "deny [0-9]+" }]);
});

t.test("who is in several kinds of delivery is there once", async (t) => {
  const dir = plainList(t.testdir(), {
    "subscribers.d/a": "anna@x.org\nboth@x.org\n",
    "digesters.d/b": "Both@x.org\nd@x.org\n",
    "nomailsubs.d/d": "d@x.org\nn@x.org\n",
  });
  const { members } = await read(dir);
  t.match(await all(members), [
    { address: "anna@x.org", delivery: "posts" },
    { address: "both@x.org", delivery: "posts" },
    { address: "d@x.org", delivery: "digest-mime" },
    { address: "n@x.org", delivery: "nomail" },
  ]);
});

t.test(
  "texts: help and faq of the list's own, unless they have conditions",
  async (t) => {
    const dir = plainList(t.testdir(), {
      "text/help":
        "Subject: Help for $list$@$domain$\n\n%text prologue%\n\nWrite to <$list+$owner@$domain$>.\n%wrap%It costs 5$$.\n",
      "text/prologue": "Hello!\n",
      "text/faq": "%ifcontrol noarchive%x%endif%\n",
    });
    const found = await read(dir);
    t.same(found.texts, [
      {
        setting: "text/help",
        name: "help",
        language: "en",
        how: "instead",
        text: "Subject: Help for {{list}}\n\nHello!\n\nWrite to <talk-owner@lists.example.org>.\nIt costs 5$.\n",
      },
    ]);
    t.ok(found.lost.some(({ setting }) => setting === "text/faq"));
  },
);

t.test("what mlmmj has not finished, and its archive, are told", async (t) => {
  const dir = plainList(t.testdir(), { "archive/1": "Subject: x\n" });
  mkdirSync(join(dir, "moderation"));
  writeFileSync(join(dir, "moderation/abc"), "");
  const found = await read(dir);
  t.equal(found.archive, join(dir, "archive"));
  t.match(found.lost, [{ setting: "moderation", value: "1" }]);
});

t.test("what is no list of mlmmj is refused", async (t) => {
  const dir = t.testdir();
  await t.rejects(read(join(dir, "none")), {
    exitCode: exit.noInput,
    message: /there is no such folder/,
  });
  await t.rejects(read(dir), {
    exitCode: exit.dataError,
    message: /control\/listaddress is missing/,
  });
  const empty = plainList(join(dir, "x"), { "control/listaddress": "talk@\n" });
  await t.rejects(read(empty), {
    message:
      /listaddress: talk@ is no address that a list can have; give it with --list/,
  });
  t.match(await read(empty, "Other@Lists.Example.org"), {
    address: "other@lists.example.org",
  });
});
