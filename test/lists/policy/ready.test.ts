import { readFileSync } from "node:fs";
import t from "tap";
import { type Policy, readyLines } from "../../../src/lists/policy/ready.ts";
import { parseRule } from "../../../src/lists/policy/rule.ts";
import { deeds } from "../../../src/lists/schema/people.ts";
import { action, type Case, decided } from "./asking.ts";

const policies: readonly Policy[] = [
  "open",
  "members",
  "moderated",
  "announce",
  "closed",
];

const members = {
  "member@x.org": {},
  "slow@x.org": { moderation: "moderated" as const },
  "free@x.org": { moderation: "free" as const },
};
const roles = {
  "owner@x.org": ["owner" as const],
  "moderator@x.org": ["moderator" as const],
  "poster@x.org": ["poster" as const],
};
const people = {
  owner: "owner@x.org",
  "owner by setting": "boss@x.org",
  moderator: "moderator@x.org",
  "moderator by setting": "mod@x.org",
  poster: "poster@x.org",
  member: "member@x.org",
  "moderated member": "slow@x.org",
  "free member": "free@x.org",
  stranger: "eve@x.org",
};
const settings = 'owners = ["Boss@X.org"]\nmoderators = ["mod@x.org"]\n';
const ask = (list: string, from: string, more: Partial<Case> = {}) =>
  action({ list: settings + list, from, members, roles, ...more });

const a = "accept";
const h = "hold";
const r = "reject";

t.test("who may post", async (t) => {
  const expected: Record<Policy, readonly string[]> = {
    open: [a, a, a, a, a, a, h, a, a],
    members: [a, a, a, a, a, a, h, a, r],
    moderated: [a, a, a, a, a, h, h, a, h],
    announce: [a, a, a, a, a, r, r, r, r],
    closed: [a, a, a, a, a, a, h, a, r],
  };
  for (const policy of policies)
    for (const [at, [who, from]] of Object.entries(people).entries())
      t.equal(
        await ask(`policy = "${policy}"\n`, from),
        expected[policy][at],
        `${policy}: ${who}`,
      );
  for (const others of ["reject", "hold", "discard"])
    t.equal(
      await ask(`policy = "closed"\nothers = "${others}"\n`, "eve@x.org"),
      others,
    );
  t.match(await decided({ from: "eve@x.org" }), {
    action: "reject",
    text: "Only members may post to this list.",
    where: 'policy "members", line 6',
  });
});

t.test("who may do anything else", async (t) => {
  const of = async (policy: Policy, deed: Case["deed"] & string) =>
    Promise.all(
      ["owner@x.org", "moderator@x.org", "member@x.org", "eve@x.org"].map(
        (from) => ask(`policy = "${policy}"\n`, from, { deed }),
      ),
    );
  for (const policy of policies) {
    const subscribes = policy === "closed" ? h : a;
    t.same(await of(policy, "subscribe"), Array(4).fill(subscribes), policy);
    t.same(await of(policy, "unsubscribe"), [a, a, a, a]);
    t.same(await of(policy, "who"), [a, a, r, r]);
    t.same(await of(policy, "archive"), [a, a, a, policy === "open" ? a : r]);
    t.same(await of(policy, "command"), [a, a, a, a]);
  }
});

/** The lines of a policy as the page shows them. */
function page(policy: Policy): string {
  const table = deeds.flatMap((deed) =>
    readyLines(deed, policy, "reject").map(
      (line, at) => `${at === 0 ? deed : ""}`.padEnd(12) + line,
    ),
  );
  return table.map((line) => `    ${line}\n`).join("");
}

t.test("the page tells the same", async (t) => {
  const text = readFileSync("docs/policy.md", "utf8");
  for (const policy of policies)
    t.ok(
      text.includes(`### ${policy}\n`) && text.includes(`\n${page(policy)}\n`),
      `docs/policy.md, ${policy}, must have:\n${page(policy)}`,
    );
});

t.test("its examples are rules", async (t) => {
  const text = readFileSync("docs/policy.md", "utf8");
  const line =
    /(["'])((?:accept|hold|reject|discard|confirm)\b(?:(?!\1).)*)\1(?=,?\]?$|, )/gm;
  const found = [...text.matchAll(line)].map(([, , rule = ""]) => rule);
  t.ok(found.length > 15, `${found.length} of them`);
  for (const rule of found) t.notOk("wrong" in parseRule(rule), rule);
});
