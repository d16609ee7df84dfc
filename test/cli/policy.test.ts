import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import list from "../../src/cli/list.ts";
import policy from "../../src/cli/policy.ts";
import { makeHome, news, verb } from "./atHome.ts";

const other = "all@lists.example.org";

async function home(t: Test, toml: string, settings = "") {
  const dir = await makeHome(t, { settings });
  const file = join(dir, "lists", news, "list.toml");
  writeFileSync(file, toml);
  const ask = (...args: string[]) => verb(t, dir, policy, args);
  const json = async (...args: string[]) =>
    JSON.parse((await verb(t, dir, policy, args, true)).out);
  return { dir, ask, json, context: new Context(dir, false) };
}

const toml = `# The rules of the list.
owners = ["olga@example.org"]

[rules]
post = [
  "hold 'Too large.' if size > 1MB",
  "accept if from *@example.org and auth pass", "discard if header X-Spam yes",
  "hold if time 'sat,sun 00:00-24:00'",
]
`;
const own = `lists/${news}/list.toml`;

t.test("all lines, with where they stand", async (t) => {
  const { ask, json } = await home(t, toml);
  const { out, code } = await ask("show", news, "post");
  t.equal(code, 0);
  const lines = out.split("\n").map((line) => line.split(/ {2,}/));
  t.same(lines.slice(0, 6), [
    ["what", "where", "rule"],
    ["post", `${own}:6`, "hold 'Too large.' if size > 1MB"],
    ["post", `${own}:7`, "accept if from *@example.org and auth pass"],
    ["post", `${own}:7`, "discard if header X-Spam yes"],
    ["post", `${own}:8`, "hold if time 'sat,sun 00:00-24:00'"],
    ["post", 'policy "members", line 1', "accept if role owner"],
  ]);
  const rows = (await json("show", news)) as Record<string, string>[];
  t.same(rows[0], {
    what: "post",
    where: `${own}:6`,
    rule: "hold 'Too large.' if size > 1MB",
  });
  t.same(
    [...new Set(rows.map(({ what }) => what))],
    ["post", "subscribe", "unsubscribe", "who", "archive", "command"],
  );
});

t.test("lines that are typed", async (t) => {
  const { dir, json } = await home(t, "[rules]\n");
  const set = (text: string) => verb(t, dir, list, ["set", news, text]);
  await set("rules.post=hold 'Wait.' if member\naccept\n");
  const rows = await json("show", news, "post");
  t.match(rows.slice(0, 2), [
    { rule: "hold 'Wait.' if member" },
    { rule: "accept" },
  ]);
  t.match(await set("rules.post=hold when"), {
    code: 78,
    err: /rules\.post\[1\]: "when"/,
  });
  await set("rules.post=");
  t.match(await json("show", news, "post"), [{ rule: "accept if role owner" }]);
});

t.test("lines of the site's defaults", async (t) => {
  const { json } = await home(
    t,
    "",
    '[list.rules]\npost = ["hold if member"]\n',
  );
  const [first] = await json("show", news, "post");
  t.match(first, { where: /^listmill\.toml:\d+$/, rule: "hold if member" });
});

t.test("which line decides, and why those before it do not", async (t) => {
  const { ask, json, context } = await home(t, toml);
  await context.roster.add(news, "anna@example.org");
  const at = ["--at", "2026-11-26T12:00"];
  const { out, code } = await ask(
    ...["explain", news, "post", "--from", "Anna@example.org", ...at],
  );
  t.equal(code, 0);
  t.equal(
    out,
    `${own}:6: hold 'Too large.' if size > 1MB
    not so: size > 1MB  (51 bytes)
${own}:7: accept if from *@example.org and auth pass
    not so: auth pass  (there are no Authentication-Results)
${own}:7: discard if header X-Spam yes
    not so: header X-Spam yes  (there is none)
${own}:8: hold if time 'sat,sun 00:00-24:00'
    not so: time "sun,sat 00:00-24:00"  (thu 12:00)
policy "members", line 1: accept if role owner
    not so: role owner
policy "members", line 2: accept if role moderator
    not so: role moderator
policy "members", line 3: accept if role poster
    not so: role poster
policy "members", line 4: hold if moderated
    not so: moderated  (moderation is default)
policy "members", line 5: accept if member
    decides: accept
`,
  );
  const last = async (...args: string[]) =>
    (await json("explain", news, "post", ...args)).at(-1);
  t.match(await last("--from", "a@b.org", "--size", "2MB"), {
    where: `${own}:6`,
    decides: true,
    action: "hold",
    text: "Too large.",
  });
  t.match(await last("--from", "a@b.org", "--at", "2026-11-28"), {
    where: `${own}:8`,
  });
  t.match(await last("--from", "eve@b.org", ...at), {
    where: 'policy "members", line 6',
    action: "reject",
  });
  const [who] = await json(
    "explain",
    news,
    "who",
    "--from",
    "olga@example.org",
  );
  t.match(who, { rule: "accept if role owner", decides: true });
});

t.test("of a message its author is meant", async (t) => {
  const { dir, json, ask } = await home(t, toml);
  const file = join(dir, "post.eml");
  writeFileSync(file, "From: Olga <olga@example.org>\nX-Spam: YES\n\nText\n");
  const asked = ["explain", news, "post", "--message", file];
  const at = ["--at", "2026-11-26"];
  t.match((await json(...asked, ...at)).at(-1), { action: "discard" });
  t.match((await ask(...asked, "--from", "eve@b.org", ...at)).out, /discard$/m);
});

t.test("members of a list in the list", async (t) => {
  const { json, context } = await home(t, `[sublists]\nlists = ["${other}"]\n`);
  await context.lists.create(other);
  await context.roster.add(other, "deep@example.org");
  const last = async (from: string) =>
    (await json("explain", news, "post", "--from", from)).at(-1);
  t.match(await last("deep@example.org"), { rule: "accept if member" });
  t.match(await last("eve@example.org"), { action: "reject" });
});

t.test("what is asked wrong is told", async (t) => {
  const { ask } = await home(t, "");
  const wrong = async (...args: string[]) => {
    const { code, err } = await ask(...args);
    t.equal(code, 64, err);
    return err;
  };
  t.match(await wrong(), /policy takes show or explain/);
  t.match(await wrong("explain", news), /explain what\? There are post/);
  t.match(await wrong("explain", news, "post"), /of whom\? Give --from/);
  t.match(
    await wrong("explain", news, "pst", "--from", "a@b.org"),
    /did you mean post\?/,
  );
  t.match(await wrong("explain", news, "post", "--from", "anna"), /an address/);
  t.match(
    await wrong("explain", news, "post", "--from", "a@b.org", "--at", "noon"),
    /--at takes a moment/,
  );
  t.match(
    await wrong("explain", news, "post", "--from", "a@b.org", "--size", "big"),
    /--size takes a size/,
  );
  t.match(await wrong("show", news, "--from", "a@b.org"), /no --from/);
  t.match(await wrong("show", news, "post", "x"), /too many/);
});
