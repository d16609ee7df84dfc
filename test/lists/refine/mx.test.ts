// Sorting by mail server: with a DNS that is slow, silent or wrong the list is whole all the same.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import {
  byExchange,
  type Exchange,
  Exchanges,
  type Limits,
} from "../../../src/lists/refine/mx.ts";

const servers: Record<string, Exchange[]> = {
  "a.org": [{ exchange: "MX.big.com", priority: 10 }],
  "b.org": [{ exchange: "mx.small.com", priority: 10 }],
  "c.org": [
    { exchange: "mx.small.com", priority: 20 },
    { exchange: "mx.big.com.", priority: 5 },
  ],
};

function error(code: string): Error {
  return Object.assign(new Error(code), { code });
}

interface World {
  limits?: Partial<Limits>;
  resolve?: (domain: string) => Promise<readonly Exchange[]>;
}

function world(t: Test, { limits = {}, resolve }: World = {}) {
  const questions: string[] = [];
  const said: string[] = [];
  const clock = { at: 1000, now: () => clock.at };
  let open = 0;
  const peak = { open: 0 };
  const known = new Exchanges(
    async (domain) => {
      questions.push(domain);
      open += 1;
      peak.open = Math.max(peak.open, open);
      try {
        if (resolve) return await resolve(domain);
        await new Promise((done) => setImmediate(done));
        const found = servers[domain];
        if (!found) throw error("ENOTFOUND");
        return found;
      } finally {
        open -= 1;
      }
    },
    clock,
    limits,
  );
  const dir = t.testdir();
  let files = 0;
  const order = async (...lines: string[]) => {
    const from = join(dir, "list");
    writeFileSync(from, lines.map((line) => `${line}\n`).join(""));
    const refined = await byExchange(
      {
        recipientsFile: async () => from,
        scratch: () => {
          files += 1;
          return join(dir, `scratch.${files}`);
        },
        log: (text) => said.push(text),
      },
      known,
    );
    return readFileSync(refined?.file ?? from, "utf8")
      .split("\n")
      .slice(0, -1);
  };
  return { order, questions, said, clock, peak };
}

t.test("domains of one server stand together", async (t) => {
  const { order, questions, said } = world(t);
  t.same(await order("1@b.org", "2@c.org", "3@z.org", "4@a.org", "5@B.org"), [
    "4@a.org",
    "2@c.org",
    "1@b.org",
    "5@B.org",
    "3@z.org",
  ]);
  t.equal(questions[0], "b.org", "the domain with the most comes first");
  t.same(questions.toSorted(), ["a.org", "b.org", "c.org", "z.org"]);
  t.same(said, []);
});

t.test("answers are remembered, for a while", async (t) => {
  const { order, questions, clock } = world(t, { limits: { good: 500 } });
  await order("1@a.org", "2@z.org");
  await order("1@a.org", "2@z.org");
  t.equal(questions.length, 2);
  clock.at += 500;
  await order("1@a.org");
  t.equal(questions.length, 3);
});

t.test("no more than so many are remembered and open at once", async (t) => {
  const limits = { domains: 5, atOnce: 2 };
  const { order, questions, peak } = world(t, { limits });
  const many = Array.from({ length: 20 }, (_, n) => `1@d${n}.org`);
  t.equal((await order(...many)).length, 20);
  t.equal(questions.length, 5, "of a list no more are asked for");
  t.equal(peak.open, 2);
  const asked = async (...lines: string[]) => {
    const before = questions.length;
    await order(...lines);
    return questions.slice(before).toSorted();
  };
  const three = ["1@a.org", "1@b.org", "1@c.org"];
  t.same(await asked(...three), ["a.org", "b.org", "c.org"]);
  t.same(await asked(...three), [], "they are remembered");
  const first = questions.slice(0, 5);
  const again = await asked(...first.map((domain) => `1@${domain}`));
  t.same(again, first.slice(0, 3).toSorted(), "for them the oldest were not");
});

t.test(
  "a DNS that says nothing holds no post, and is left alone",
  async (t) => {
    const { order, questions, said, clock } = world(t, {
      limits: { total: 20, atOnce: 1, silence: 1000 },
      resolve: () => new Promise(() => {}),
    });
    t.same(await order("1@b.org", "2@a.org"), ["2@a.org", "1@b.org"]);
    t.match(said, [/did not tell the mail server of 2 of 2 domains/]);
    await order("1@b.org", "2@a.org");
    t.equal(questions.length, 1, "it is not asked again soon");
    clock.at += 1000;
    await order("1@b.org");
    t.equal(questions.length, 2);
  },
);

t.test("a DNS in trouble is asked again soon", async (t) => {
  const { order, questions, said, clock } = world(t, {
    limits: { silence: 1000, good: 1_000_000 },
    resolve: async (domain) => {
      if (domain === "a.org") throw error("ESERVFAIL");
      return [{ exchange: "z.com", priority: 1 }];
    },
  });
  t.same(await order("1@b.org", "2@a.org"), ["2@a.org", "1@b.org"]);
  t.match(said, [/of 1 of 2 domains/]);
  clock.at += 1000;
  await order("1@b.org", "2@a.org");
  t.same(questions.toSorted(), ["a.org", "a.org", "b.org"]);
});
