import fc from "fast-check";
import t from "tap";
import {
  methods,
  results,
  type Test,
  traits,
} from "../../../src/lists/policy/condition.ts";
import {
  actions,
  parseRule,
  type Rule,
  ruleText,
} from "../../../src/lists/policy/rule.ts";
import { personRoles as roles } from "../../../src/state/member.ts";

const wrong = (line: string) => {
  const rule = parseRule(line);
  return "wrong" in rule ? rule.wrong : undefined;
};

t.test("all that a line may say", async (t) => {
  for (const line of [
    "accept",
    'reject "Not \\"here\\", please."',
    "hold if size > 1MB",
    'hold "Large." if size > 1500 and not role owner',
    "accept if from *@example.org and auth pass",
    "hold if sender bounce@* or",
    'discard if header X-Spam-Flag yes and subject "*buy  now*"',
    "hold if attachment image/* and recipients > 20",
    "hold if auth dkim=fail and not auth spf=pass",
    'hold if time "sat,sun 00:00-24:00"',
    "hold if posts > 5 in 1h",
    "confirm if not member",
    "accept if free and not moderated and not suspended",
  ]) {
    const rule = parseRule(line);
    if (line.endsWith(" or")) {
      t.match(rule, { wrong: /^"or": and with a further condition/ });
      continue;
    }
    if ("wrong" in rule) t.fail(`${line}: ${rule.wrong}`);
    else t.same(parseRule(ruleText(rule)), rule, line);
  }
  t.match(parseRule("hold 'It''s' if member"), { wrong: /a quote/ });
  t.match(parseRule("hold 'Say \"please\".'"), { text: 'Say "please".' });
});

t.test("what is wrong is told by its word, with what may stand there", (t) => {
  t.match(wrong("acept if member"), /^"acept": an action .*mean accept\?$/);
  t.match(wrong('"accept"'), /^"accept": an action must stand here: accept/);
  t.match(wrong(""), /^it is empty: an action must stand here/);
  t.match(wrong("hold when member"), /^"when": a "text" in quotes may stand/);
  t.match(wrong("hold if"), /^behind "if": a condition must stand here/);
  t.match(wrong("hold if not not member"), /^"not": a condition behind not/);
  t.match(wrong("hold if membr"), /^"membr": .*did you mean member\?$/);
  t.match(wrong("hold if role boss"), /^"boss": a role .*owner, moderator or/);
  t.match(wrong("hold if size >1MB"), /^">1MB": must be size > SIZE/);
  t.match(wrong("hold if size > big"), /^"big": must be size > SIZE/);
  t.match(wrong("hold if posts > 3 within 1h"), /^"within": must be posts/);
  t.match(wrong("hold if posts > 3 in 400d"), /^"400d": must be posts/);
  t.match(wrong("hold if header X:Y *"), /^"X:Y": must be header NAME GLOB/);
  t.match(wrong("hold if auth spf=good"), /^"spf=good": must be auth pass/);
  t.match(wrong("hold if auth spf=pass=x"), /^"spf=pass=x": must be/);
  t.match(wrong("hold if time 25:00-26:00"), /must be time "HOURS"/);
  t.match(wrong('hold "a'), /^a quote is not closed/);
  t.match(wrong('hold "a"if member'), /or something stands right behind one/);
  t.match(wrong("hold if from"), /^behind "from": must be from GLOB/);
  t.end();
});

const glob = fc
  .string({ unit: "grapheme" })
  .map((text) => text.replace(/\p{Cc}/gu, " "));
const over = fc.integer({ min: 0, max: 999_999_999 });
const within = fc.integer({ min: 1, max: 365 * 86_400_000 }).filter(
  // Durations have nine digits at most.
  (ms) => ms < 1e9 || ms % 1000 === 0,
);
const hours = fc
  .record({
    days: fc
      .subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 })
      .map((days) => [...days].sort((a, b) => a - b)),
    from: fc.integer({ min: 0, max: 1439 }),
    to: fc.integer({ min: 0, max: 1440 }),
  })
  .filter(({ from, to }) => from !== to);

const tests: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ is: fc.constantFrom(...traits) }),
  fc.record({
    is: fc.constant("role" as const),
    role: fc.constantFrom(...roles),
  }),
  fc.record({
    is: fc.constantFrom("from", "sender", "subject", "attachment" as const),
    glob,
  }) as fc.Arbitrary<Test>,
  fc.record({
    is: fc.constant("header" as const),
    name: fc.constantFrom("X-A", "Subject", '"odd"', "if"),
    glob,
  }),
  fc.record({
    is: fc.constant("size" as const),
    // Of bytes twelve digits can be written.
    over: fc.oneof(
      fc.integer({ min: 1, max: 1e12 - 1 }),
      fc.integer({ min: 1, max: 1024 }).map((gigabytes) => gigabytes * 2 ** 30),
    ),
  }),
  fc.record({ is: fc.constant("recipients" as const), over }),
  fc.record({ is: fc.constant("posts" as const), over, within }),
  fc.record({ is: fc.constant("time" as const), hours }),
  fc.record({ is: fc.constant("auth" as const) }),
  fc.record({
    is: fc.constant("result" as const),
    method: fc.constantFrom(...methods),
    result: fc.constantFrom(...results),
  }),
);

const rules: fc.Arbitrary<Rule> = fc.record({
  action: fc.constantFrom(...actions),
  text: glob,
  conditions: fc.array(fc.record({ not: fc.boolean(), test: tests }), {
    maxLength: 4,
  }),
});

t.test("what is written is read as it was meant", async (t) => {
  fc.assert(
    fc.property(rules, (rule) => {
      const read = parseRule(ruleText(rule));
      return t.same(read, rule);
    }),
    { numRuns: 1000 },
  );
});

t.test("whatever a line is, it is a rule or a sentence", async (t) => {
  const word = fc.constantFrom(
    ...[
      "accept",
      "hold",
      "if",
      "and",
      "not",
      "member",
      "role",
      "owner",
      "from",
    ],
    ...["*", '"', "'", "\\", "size", ">", "1MB", "posts", "in", "1h", "auth"],
  );
  const lines = fc.array(fc.oneof(word, fc.string())).map((w) => w.join(" "));
  fc.assert(
    fc.property(lines, (line) => {
      const rule = parseRule(line);
      if ("wrong" in rule) return rule.wrong.length > 10;
      return t.same(parseRule(ruleText(rule)), rule);
    }),
    { numRuns: 2000 },
  );
});
