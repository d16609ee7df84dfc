import t from "tap";
import { ends } from "../../../src/bounce/rules/ends.ts";
import { leading, named } from "../../../src/bounce/rules/generic.ts";
import { families } from "../../../src/bounce/rules/index.ts";
import {
  arrivals,
  challenges,
  delays,
  vacations,
} from "../../../src/bounce/rules/notices.ts";
import type { Mark } from "../../../src/bounce/rules/rule.ts";
import {
  daemon,
  passedOn,
  sentence,
  subject,
} from "../../../src/bounce/rules/senders.ts";
import { vague } from "../../../src/bounce/rules/vague.ts";
import { boilerplate, sure } from "../../../src/bounce/rules/words.ts";

function patternsOf(marks: readonly Mark[]): RegExp[] {
  return marks.flatMap(({ from, subject, field, text }) =>
    [from, subject, field?.[1], text].filter((one) => one !== undefined),
  );
}

t.test("families have names of their own, marks and patterns", async (t) => {
  const names = families.map(({ name }) => name);
  t.equal(new Set(names).size, names.length);
  for (const { name, marks, recipients = [] } of families) {
    t.ok(marks.length > 0, name);
    t.ok(recipients.length > 0, name);
    for (const pattern of [...patternsOf(marks), ...recipients])
      t.notOk(pattern.global, `${name}: a pattern with a memory`);
  }
});

t.test(
  "no pattern takes long on a line of five hundred characters",
  async (t) => {
    const patterns = [
      ...families.flatMap(
        ({ marks, begins, ends, recipients = [], diagnosis }) => [
          ...patternsOf(marks),
          ...recipients,
          ...[begins, ends, diagnosis].filter((one) => one !== undefined),
        ],
      ),
      ...[...sure, ...vague].map(([, pattern]) => pattern),
      ...patternsOf([...challenges, ...vacations]),
      ...ends,
      ...leading,
      ...named,
      ...[
        daemon,
        passedOn,
        sentence,
        subject,
        boilerplate,
        arrivals,
        delays.subject,
        delays.text,
      ],
    ];
    const units = [
      " ",
      "a",
      "@",
      "a@",
      "<",
      "(",
      "- ",
      ". ",
      "to ",
      "user ",
      "not ",
      "host ",
      "quota ",
      "account is ",
      "message ",
      "over the ",
      "delivery to the ",
    ];
    const lines = units.map((unit) => unit.repeat(500).slice(0, 500));
    for (const pattern of patterns) {
      const start = performance.now();
      for (const line of lines) pattern.test(line);
      const took = performance.now() - start;
      t.ok(took < 1000, `${String(pattern).slice(0, 80)}: ${took} ms`);
    }
  },
);
