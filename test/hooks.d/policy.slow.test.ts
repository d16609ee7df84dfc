// The default approve hooks of posts, in a home with a runner: each ready-made policy, lines of a
// list's own, and fields that a stranger forged.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import list from "../../src/cli/list.ts";
import queue from "../../src/cli/queue.ts";
import type { Windows } from "../../src/lists/policy/windows.ts";
import { stateOf } from "../../src/lists/state.ts";
import { feed, makeHome, news, runAll, verb, waiting } from "../cli/atHome.ts";
import { memory } from "../lists/policy/asking.ts";

t.setTimeout(60_000);

const settings = 'authserv_ids = ["mx.example.org"]\n';

/** A home with an owner and one member, whose posts go no further than `archive`. */
async function home(t: Test, toml: string) {
  const dir = await makeHome(t, { settings });
  writeFileSync(
    join(dir, "lists", news, "list.toml"),
    `owners = ["olga@x.org"]\n${toml}`,
  );
  const { roster } = new Context(dir, false);
  await roster.add(news, "member@x.org");
  /** What became of a post: a line of the runner's log, or what was held with its reason. */
  const post = async (from: string, trace = "") => {
    const [id = ""] = await feed(
      dir,
      `${trace}From: ${from}\nSubject: Hello\nMessage-ID: <${Math.random()}@x>\n\nText.\n`,
      { sender: from },
    );
    const before = waiting(dir, "held").length;
    const log = (await runAll(dir)).join("\n");
    const held = waiting(dir, "held");
    if (held.length > before) {
      const last = held.find((path) => path.endsWith(id)) ?? held.at(-1) ?? "";
      const text = readFileSync(join(last, "envelope.json"), "utf8");
      return `held: ${JSON.parse(text).history.at(-1).reason}`;
    }
    const told = /[^\n]* by posts\/10-approve\/[^\n]*/.exec(log)?.[0];
    return told ?? "passed";
  };
  return { dir, post };
}

t.test("the ready-made policies", async (t) => {
  const cases = {
    open: ["passed", "passed", "passed"],
    members: ["passed", "passed", /reject.*Only members may post/],
    moderated: [
      "passed",
      /^held: Every message to .* is read/,
      /^held: Every message to .* is read/,
    ],
    announce: [
      "passed",
      /reject.*Only the owners of/,
      /reject.*Only the owners of/,
    ],
    closed: ["passed", "passed", /reject.*Only members may post/],
  };
  for (const [policy, [owner, member, stranger]] of Object.entries(cases)) {
    const { post } = await home(t, `policy = "${policy}"\n`);
    t.match(await post("olga@x.org"), owner, `${policy}: owner`);
    t.match(await post("member@x.org"), member, `${policy}: member`);
    t.match(await post("eve@x.org"), stranger, `${policy}: stranger`);
  }
});

t.test("lines of the list's own", async (t) => {
  const { post } = await home(
    t,
    `others = "discard"
[rules]
post = [
  "hold 'Links are looked at.' if subject hello and from *@links.example",
  "confirm if from *@confirm.example",
  "reject if from *@rejected.example",
]
`,
  );
  t.equal(await post("a@links.example"), "held: Links are looked at.");
  t.equal(
    await post("a@confirm.example"),
    "held: it waits for its author to confirm it",
  );
  t.match(await post("a@rejected.example"), "This is a rule of");
  t.match(
    await post("eve@x.org"),
    /discard.*policy "members", line 6: Only members/,
  );
});

t.test("what a stranger forges helps nobody", async (t) => {
  const { post } = await home(
    t,
    '[rules]\npost = ["accept if role owner and auth pass", "hold"]\n',
  );
  const says =
    "Authentication-Results: mx.example.org; dmarc=pass header.from=x.org\n";
  const received = "Received: from [192.0.2.1] by mx.example.org; x\n";
  t.equal(await post("olga@x.org", says + received), "passed");
  const no = `held: This is a rule of ${news}.`;
  for (const [what, trace] of Object.entries({
    "below ours": received + says,
    "without any Received": says,
    "with a Received of its own": received + says + received,
    "in another's name":
      says.replace("mx.example.org", "mx.evil.example") + received,
    "of another domain": says.replace("x.org", "evil.example") + received,
  }))
    t.equal(await post("olga@x.org", trace), no, what);
});

t.test(
  "a program that answers itself, where answers go to the list",
  async (t) => {
    const { dir, post } = await home(t, 'policy = "open"\nreply_to = "list"\n');
    for (let at = 0; at < 20; at += 1) {
      t.equal(await post("robot@x.org"), "passed");
      t.equal(await post("olga@x.org"), "passed");
    }
    const said = /held: Very many messages of robot@x\.org/;
    t.match(await post("robot@x.org"), said);
    t.match(await post("robot@x.org"), said);
    t.equal(await post("olga@x.org"), "passed", "an owner");
    t.equal(await post("eve@x.org"), "passed");
    const asked = waiting(dir, "outbound").filter((path) =>
      /^Subject: Please decide/m.test(
        readFileSync(join(path, "message"), "utf8"),
      ),
    );
    t.equal(asked.length, 1, "moderators are told once");
  },
);

t.test("a flood", async (t) => {
  const { dir, post } = await home(
    t,
    'policy = "open"\n[flood]\nposts = 2\n[rules]\npost = ["hold if from *@held.example"]\n',
  );
  const state = (await stateOf(dir)) as { windows?: Windows };
  state.windows ??= memory();
  for (let n = 0; n < 4; n += 1) await post("a@held.example");
  t.equal(await post("a@x.org"), "passed", "what is held counts not");
  t.equal(await post("b@x.org"), "passed");
  const told = () =>
    waiting(dir, "outbound").filter((path) =>
      /^Subject: Very many messages to/m.test(
        readFileSync(join(path, "message"), "utf8"),
      ),
    ).length;
  t.equal(told(), 0);
  t.match(await post("c@x.org"), /held: Very many messages have come in/);
  t.match(await post("olga@x.org"), /held: Very many messages have come in/);
  t.equal(told(), 1, "the owners are told once");
  const calm = await verb(t, dir, list, ["calm", news]);
  t.match(calm, { code: 0, out: /the flood is over/ });
  t.match(await verb(t, dir, list, ["calm", news]), { out: /was no flood/ });
  t.equal(await post("d@x.org"), "passed");
});

t.test("what a person lets go makes no flood", async (t) => {
  const { dir, post } = await home(
    t,
    'policy = "open"\n[flood]\nposts = 1\n[rules]\npost = ["hold if from *@held.example"]\n',
  );
  for (let n = 0; n < 3; n += 1) {
    t.match(await post("a@held.example"), /^held: This is a rule/);
    const [path = ""] = waiting(dir, "held");
    const id = path.split(".").at(-1) ?? "";
    t.match(await verb(t, dir, queue, ["release", id]), { code: 0 });
    await runAll(dir);
    t.same(waiting(dir, "held"), []);
  }
  t.equal(await post("a@x.org"), "passed");
  t.match(await post("b@x.org"), /^held: Very many messages have come in/);
});

t.test(
  "an author's posts are counted where a rule asks for them",
  async (t) => {
    const { dir, post } = await home(
      t,
      'policy = "open"\n[rules]\npost = ["hold if posts > 2 in 1h and not role owner"]\n',
    );
    const state = (await stateOf(dir)) as { windows?: Windows };
    state.windows ??= memory();
    t.equal(await post("a@x.org"), "passed");
    t.equal(await post("b@x.org"), "passed");
    t.equal(await post("A@x.org"), "passed");
    t.match(await post("a@x.org"), /^held: This is a rule/);
    for (let n = 0; n < 4; n += 1) t.equal(await post("olga@x.org"), "passed");
  },
);
