// Who gets what of which issue, over random histories: each post comes to each member once, the way he had
// chosen when it was distributed, whatever changes meanwhile.
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import type { Issue } from "../../src/digest/issues.ts";
import { headLine, type Post } from "../../src/digest/posts.ts";
import {
  forms,
  issueIn,
  type Part,
  partFor,
  partsOf,
  wanted,
  writeReaders,
} from "../../src/digest/readers.ts";
import { Roster } from "../../src/lists/roster.ts";
import { type Delivery, deliveries } from "../../src/state/member.ts";
import { makeState } from "../../src/state/state.ts";

const people = ["anna@x.org", "ben@x.org", "carl@x.org"];

interface Change {
  readonly who: number;
  readonly to: Delivery;
}

/** What happens; numbers choose among those that there are. */
type Step =
  | ({ readonly do: "set" } & Change)
  | { readonly do: "leave"; readonly who: number }
  /** A post's recipients are asked for; somebody may change at the same time. */
  | { readonly do: "post"; readonly during: Change | undefined }
  | { readonly do: "collect"; readonly which: number }
  | { readonly do: "issue" }
  /** The readers of a message of an issue are asked for. */
  | { readonly do: "send"; readonly which: number };

const small = fc.nat({ max: 1000 });
const who = fc.nat({ max: people.length - 1 });
const change = fc.record({ who, to: fc.constantFrom(...deliveries) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: change.map((one) => ({ do: "set" as const, ...one })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("leave" as const), who }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("post" as const),
      during: fc.option(change, { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("collect" as const), which: small }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "issue" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("send" as const), which: small }),
  },
);

/** A post as the mill has it, and what the members had when its recipients were asked for. */
interface Sent {
  readonly post: Post;
  readonly had: Standing;
  /** The same when all were read: who changed at the same time may have either. */
  readonly after: Standing;
}

type Standing = ReadonlyMap<string, { delivery: Delivery; life: number }>;

class World {
  readonly #dir: string;
  readonly #list: string;
  readonly #roster: Roster;
  #files = 0;
  #lives = 0;
  readonly #now = new Map<string, { delivery: Delivery; life: number }>();
  readonly #all: Sent[] = [];
  #coming: Post[] = [];
  #waiting: Post[] = [];
  #leaving: { issue: Issue; part: Part }[] = [];
  #issues = 0;
  /** `post address how`, as often as it came. */
  readonly #got: string[] = [];

  constructor(dir: string, list: string, roster: Roster) {
    this.#dir = dir;
    this.#list = list;
    this.#roster = roster;
  }

  async run(steps: readonly Step[]): Promise<string[]> {
    for (const step of steps) await this.#take(step);
    while (this.#coming.length > 0)
      await this.#take({ do: "collect", which: 0 });
    await this.#take({ do: "issue" });
    while (this.#leaving.length > 0) await this.#take({ do: "send", which: 0 });
    return this.#wrong();
  }

  async #take(step: Step): Promise<void> {
    const roster = this.#roster;
    switch (step.do) {
      case "set":
        return this.#set(step);
      case "leave": {
        const address = people[step.who] ?? "";
        await roster.remove(this.#list, address);
        this.#now.delete(address);
        return;
      }
      case "post":
        return this.#post(step.during);
      case "collect": {
        const [post] = this.#coming.splice(
          step.which % (this.#coming.length || 1),
          1,
        );
        if (post) this.#waiting.push(post);
        return;
      }
      case "issue":
        return this.#issue();
      case "send": {
        const [sent] = this.#leaving.splice(
          step.which % (this.#leaving.length || 1),
          1,
        );
        if (sent) await this.#send(sent.issue, sent.part);
      }
    }
  }

  async #set({ who, to: delivery }: Change): Promise<void> {
    const address = people[who] ?? "";
    await this.#roster.add(this.#list, address, { delivery });
    this.#lives += 1;
    // Who wants no mail may miss what was on its way, as if he had left.
    const known = delivery === "nomail" ? undefined : this.#now.get(address);
    const life = known?.life ?? this.#lives;
    this.#now.set(address, { delivery, life });
  }

  async #post(during: Change | undefined): Promise<void> {
    const file = this.#file();
    const had = new Map(this.#now);
    const reading = this.#roster.addressFile(this.#list, "posts", file);
    if (during) await this.#set(during);
    const { asOf } = await reading;
    const number = this.#all.length + 1;
    for (const address of taken(file))
      this.#got.push(`${number} ${address} posts`);
    const path = this.#file();
    writeFileSync(path, `${headLine(asOf)}Subject: ${number}\n\nx\n`);
    const { size, mtime: received } = statSync(path);
    const post = { number, path, size, received };
    this.#all.push({ post, had, after: new Map(this.#now) });
    if (await wanted(this.#roster, this.#list, asOf)) this.#coming.push(post);
  }

  async #issue(): Promise<void> {
    if (this.#waiting.length === 0) return;
    this.#issues += 1;
    const posts = this.#waiting;
    const number = this.#issues;
    const issue = { number, volume: 1, ordinal: number, time: 0, posts };
    this.#waiting = [];
    const has = posts.map(() => true);
    const whole = forms.map((form) => ({ form, name: "", has }));
    const parts = await partsOf(this.#roster, this.#list, issue);
    for (const part of [...whole, ...parts])
      this.#leaving.push({ issue, part });
  }

  async #send(issue: Issue, part: Part): Promise<void> {
    const file = this.#file();
    await writeReaders(this.#roster, this.#list, issue, part, file);
    for (const address of taken(file))
      for (const [at, { number }] of issue.posts.entries())
        if (part.has[at])
          this.#got.push(`${number} ${address} digest-${part.form}`);
  }

  #file(): string {
    this.#files += 1;
    return join(this.#dir, `${this.#list}.${this.#files}`);
  }

  /** What came otherwise than it should; who has left meanwhile may have got it before, or not at all. */
  #wrong(): string[] {
    const wrong: string[] = [];
    for (const { post, had, after } of this.#all)
      for (const address of people) {
        const came = this.#got
          .filter((one) => one.startsWith(`${post.number} ${address} `))
          .join();
        const [should, instead] = [had, after].map((standing) => {
          const { delivery = "nomail" } = standing.get(address) ?? {};
          return delivery === "nomail"
            ? ""
            : `${post.number} ${address} ${delivery}`;
        });
        const life = after.get(address)?.life;
        const stayed = life === this.#now.get(address)?.life;
        if (came === should || came === instead) continue;
        if (came === "" && !stayed) continue;
        wrong.push(`${post.number} ${address}: ${came} instead of ${should}`);
      }
    return wrong;
  }
}

/** The addresses in a file, which is gone then. */
function taken(file: string): string[] {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  rmSync(file);
  // What is in a list twice is sent once.
  return [...new Set(lines)];
}

t.test("neither gap nor double, whatever members change", async (t) => {
  const home = t.testdir();
  const state = await makeState({ home });
  t.teardown(() => state.close());
  await state.store.pragma("synchronous = OFF");
  const roster = new Roster(async () => state, { now: () => 1000 });
  let worlds = 0;
  let parts = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 60 }),
      async (steps) => {
        worlds += 1;
        const world = new World(home, `dev${worlds}@x.org`, roster);
        const wrong = await world.run(steps);
        if (wrong.length > 0) throw new Error(wrong.join("\n"));
        parts += steps.filter((one) => one.do === "issue").length;
      },
    ),
    { numRuns: 150 },
  );
  t.ok(parts > 100, `${parts} issues`);
});

t.test("the parts of an issue have names of their own", async (t) => {
  const spells = (text: string) =>
    text
      .split(" ")
      .flatMap((delivery, since) =>
        delivery === "-" ? [] : [{ since, delivery: delivery as Delivery }],
      );
  const times = [0, 1, 2, 3, 4];
  const name = (text: string) => partFor(spells(text), "mime", times)?.name;
  t.equal(name("digest-mime"), "");
  t.equal(name("posts posts digest-mime"), "3.5");
  t.equal(name("digest-mime digest-mime posts"), "1.2");
  t.equal(name("digest-mime digest-plain digest-mime posts"), "1.1.3.3");
  t.equal(name("- - - - digest-mime"), "5.5");
  t.equal(name("digest-plain"), undefined);
  t.equal(name("nomail posts"), undefined);
  t.equal(name("digest-mime nomail"), undefined, "no mail is no mail");
  const many = Array.from({ length: 40 }, (_, n) => n);
  const flicker = many.map((n) => (n % 2 ? "posts" : "digest-mime")).join(" ");
  const long = partFor(spells(flicker), "mime", many)?.name ?? "";
  t.match(long, /^[0-9a-f]{20}$/, "none is too long for an address");
  t.not(long, partFor(spells(flicker.slice(0, -6)), "mime", many)?.name);
});

t.test("what an issue's address says", async (t) => {
  t.same(issueIn("mime"), { form: "mime", number: undefined, part: "" });
  t.same(issueIn("plain-7"), { form: "plain", number: 7, part: "" });
  t.same(issueIn("mime+7+1.3"), { form: "mime", number: 7, part: "1.3" });
  for (const other of ["", "issue", "issue-1-2", "mimes", "mime-x", "7"])
    t.equal(issueIn(other), undefined, other);
});
