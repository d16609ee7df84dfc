import t from "tap";
import { linesOf, longestWindow } from "../../../src/lists/policy/decide.ts";
import { listSettings } from "../../../src/lists/settings.ts";
import {
  about,
  action,
  type Case,
  decided,
  memory,
  outcomes,
} from "./asking.ts";

const rules = (...lines: readonly string[]) =>
  `[rules]\npost = ${JSON.stringify(lines)}\n`;
/** Whether a condition holds. */
const holds = async (condition: string, given: Case = {}) =>
  (
    await decided({
      ...given,
      list: (given.list ?? "") + rules(`hold if ${condition}`),
    })
  ).where === "rules.post, line 1";

t.test("the first line that fits decides, own ones first", async (t) => {
  t.same(
    await decided({
      list: rules(
        "hold if size > 1MB",
        "reject 'Not you.' if from *@example.org and not role owner",
        "accept",
      ),
    }),
    {
      action: "reject",
      text: "Not you.",
      rule: "reject 'Not you.' if from *@example.org and not role owner",
      where: "rules.post, line 2",
    },
  );
  t.match(
    await decided({ list: `policy = "open"\n${rules("hold if member")}` }),
    {
      action: "accept",
      where: 'policy "open", line 5',
    },
  );
});

t.test("people", async (t) => {
  const members = {
    "anna@example.org": { moderation: "free" as const, suspended: 5 },
    "bob@example.org": {},
  };
  t.ok(await holds("member", { members }));
  t.ok(await holds("free and suspended and not moderated", { members }));
  t.notOk(await holds("free", { members, from: "bob@example.org" }));
  t.notOk(await holds("suspended", { members, from: "bob@example.org" }));
  t.notOk(await holds("member", { members, from: "eve@example.org" }));
  t.ok(
    await holds("member", {
      members,
      message: "Subject: x\n\n",
      sender: "bob@example.org",
    }),
    "without a From the sender counts",
  );
  t.notOk(await holds("member", { message: "Subject: x\n\n", sender: "" }));
});

t.test("where nobody is named a moderator, the owners are", async (t) => {
  const owners = 'owners = ["anna@example.org"]\n';
  t.ok(await holds("role moderator", { list: owners }));
  t.notOk(
    await holds("role moderator", {
      list: `${owners}moderators = ["mod@example.org"]\n`,
    }),
  );
  const roles = { "anna@example.org": ["owner" as const] };
  t.ok(await holds("role moderator", { roles }));
  t.notOk(
    await holds("role moderator", {
      roles: { ...roles, "mod@example.org": ["moderator"] },
    }),
  );
  t.notOk(await holds("role poster", { list: owners }));
});

t.test("what stands in the message", async (t) => {
  const message = `From: Anna <anna@Example.org>
To: a@x.org, B <b@x.org>, news@lists.example.org
Cc: c@x.org
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
X-Spam-Flag: NO
X-Spam-Flag: YES
Content-Type: multipart/mixed; boundary=b

--b

Text
--b
Content-Type: application/octet-stream; name=Run.EXE

x
--b--
`;
  const given = { message, sender: "list+bounce@example.net" };
  t.ok(await holds("from *@example.org", given));
  t.notOk(await holds("from *@example.com", given));
  t.ok(await holds("sender list+*@example.net", given));
  t.ok(await holds("subject GRÜ*", given));
  t.ok(await holds("header x-spam-flag yes", given));
  t.notOk(await holds("header X-Other *", given));
  t.ok(await holds("attachment *.exe", given));
  t.ok(await holds("attachment application/*", given));
  t.notOk(await holds("attachment image/*", given));
  t.ok(await holds("recipients > 3", given));
  t.notOk(await holds("recipients > 4", given));
  t.ok(await holds(`size > ${message.length - 1 - 0}`, given));
  t.notOk(await holds("size > 1KB", given));
});

t.test("the clock on the wall", async (t) => {
  // A Saturday.
  const now = Date.UTC(2026, 10, 28, 23, 30);
  const time = (hours: string, timezone: string | undefined) =>
    holds(`time '${hours}'`, { now, site: { outbound: { timezone } } });
  t.ok(await time("22:00-06:00", "UTC"));
  t.ok(await time("sat,sun 00:00-24:00", "UTC"));
  t.notOk(await time("sat 00:00-24:00", "Europe/Zurich"), "Sunday there");
  t.ok(await time("sun 00:30-00:31", "Europe/Zurich"));
  t.ok(await time("mon-sun 00:00-24:00", undefined));
});

t.test("posts of the author", async (t) => {
  const windows = memory();
  const key = "news@lists.example.org anna@example.org";
  const more = (n: number, id = "next") =>
    holds(`posts > ${n} in 1h`, { now: 7_200_000, windows, id });
  t.ok(await more(0), "this one is the first");
  t.notOk(await more(1));
  await windows.note("author", key, "a", 3_600_000, 1);
  t.notOk(await more(1), "that was an hour ago");
  await windows.note("author", key, "b", 3_600_001, 1);
  t.ok(await more(1));
  await windows.note("counted", "news@lists.example.org b", "b", 3_600_001, 1);
  t.notOk(await more(1, "b"), "one that is tried again is no other");
});

t.test("who vouches for the author", async (t) => {
  const received = "Received: from x by mx.example.org\n";
  const from = "From: anna@example.org\n\n";
  const says =
    "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org; dkim=fail\n";
  t.ok(await holds("auth pass", { message: says + received + from }));
  t.ok(await holds("auth dkim=fail", { message: says + received + from }));
  const forged = { message: received + says + from };
  t.notOk(await holds("auth pass", forged));
  t.notOk(await holds("auth dmarc=pass", forged));
  t.ok(await holds("auth pass", { ...forged, site: { authserv_below: true } }));
  t.notOk(
    await holds("auth pass", {
      message: says + received + from,
      site: { authserv_ids: [] },
    }),
  );
});

t.test("a fact is looked for when it is needed, and once", async (t) => {
  const owner = await about({ list: 'owners = ["anna@example.org"]\n' });
  t.equal(await owner.facts.hasRole("owner"), true);
  t.same(owner.asked, [], "the settings say so");
  const given = await about({
    list: rules("hold if moderated", "accept if free", "hold if role poster"),
  });
  const { decide } = await import("../../../src/lists/policy/decide.ts");
  await decide("post", given.settings, given.facts);
  t.same(given.asked, [
    "get news@lists.example.org anna@example.org",
    "roles anna@example.org",
  ]);
});

t.test("why a line does not fit is told", async (t) => {
  const found = await outcomes({
    list: rules(
      "hold if size > 1MB and member",
      "hold if not from anna@*",
      "hold if auth pass",
      "hold if moderated",
      "hold if header X-A *",
      "hold if attachment *",
      "hold if time '09:05-09:06'",
      "hold if recipients > 1",
      "hold if subject *x*",
      "hold if sender *.org",
    ),
    now: Date.UTC(2026, 10, 28, 9, 4),
  });
  t.same(
    found.slice(0, 10).map(({ failed, because }) => [failed, because]),
    [
      ["size > 1MB", "44 bytes"],
      ["not from anna@*", "anna@example.org"],
      ["auth pass", "there are no Authentication-Results"],
      ["moderated", "not in the roster"],
      ["header X-A *", "there is none"],
      ["attachment *", "there is none"],
      ["time 09:05-09:06", "sat 09:04"],
      ["recipients > 1", "0 addresses"],
      ["subject *x*", "Hello"],
      ["sender *.org", "bounce@example.net"],
    ],
  );
  const [forged] = await outcomes({
    list: rules("hold if auth pass"),
    message:
      "Received: x\nAuthentication-Results: mx.example.org; dmarc=pass header.from=b.c\nFrom: a@b.c\n\n",
  });
  t.match(
    forged?.because,
    /^no Authentication-Results are believed: none above/,
  );
  t.match(found.at(-1), {
    failed: undefined,
    where: 'policy "members", line 6',
  });
});

t.test("lines are read once, and tell the longest window", async (t) => {
  const settings = listSettings(
    { list: {} },
    rules("hold if posts > 3 in 1h", "hold if not posts > 1 in 2d"),
    "l",
  );
  t.equal(linesOf("post", settings), linesOf("post", settings));
  t.equal(longestWindow("post", settings), 2 * 86_400_000);
  t.equal(longestWindow("who", settings), 0);
  t.equal(await action({ list: rules("confirm") }), "confirm");
});
