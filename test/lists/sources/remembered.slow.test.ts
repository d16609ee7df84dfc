import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { exit, Failure } from "../../../src/base/errors.ts";
import type {
  Addresses,
  SourceContext,
} from "../../../src/lists/sources/context.ts";
import {
  type Memory,
  remembered,
} from "../../../src/lists/sources/remembered.ts";
import { contextIn, list } from "./asking.ts";

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

/** A source that can be made to fail after so many addresses, and that counts how often it is asked. */
class Fake {
  addresses: Addresses[] = ["a@x.org", ["b@x.org", "c@x.org"]];
  failsAfter: number | undefined;
  asked = 0;

  async *ask(): AsyncGenerator<Addresses> {
    this.asked += 1;
    for (const [n, some] of this.addresses.entries()) {
      if (n === this.failsAfter) break;
      yield some;
    }
    if (this.failsAfter !== undefined)
      throw new Failure(exit.tryLater, "[sql] it is gone");
  }
}

interface Way {
  readonly context?: SourceContext;
  readonly now?: number;
}

/** What comes of it, one address after the other, up to an error. */
async function told(
  fake: Fake,
  home: string,
  settings: Memory & Record<string, unknown>,
  { context = contextIn(home), now = START }: Way = {},
) {
  const found: string[] = [];
  let failure: string | undefined;
  const scratch = () => join(home, "scratch");
  try {
    for await (const some of remembered(fake.ask(), settings, context, {
      name: "sql",
      now,
      scratch,
    }))
      found.push(...[some].flat());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    failure = error.message;
  }
  return failure === undefined ? found : { found, failure };
}

const whole = ["a@x.org", "b@x.org", "c@x.org"];
const folderOf = (home: string) => join(home, "state/sources", list.address);
const gone = { found: [], failure: "[sql] it is gone" };

t.test("without ttl and stale nothing is remembered", async (t) => {
  const home = t.testdir();
  const fake = new Fake();
  t.same(await told(fake, home, {}), whole);
  fake.failsAfter = 1;
  t.same(await told(fake, home, {}), { ...gone, found: ["a@x.org"] });
  t.equal(fake.asked, 2);
  t.same(readdirSync(home), []);
});

t.test("within its ttl an answer is not asked for again", async (t) => {
  const home = t.testdir();
  const fake = new Fake();
  const settings = { ttl: HOUR };
  t.same(await told(fake, home, settings), whole);
  fake.addresses = ["new@x.org"];
  t.same(await told(fake, home, settings, { now: START + HOUR }), whole);
  t.equal(fake.asked, 1);
  const later = { now: START + HOUR + 1 };
  t.same(await told(fake, home, settings, later), ["new@x.org"]);
  t.equal(fake.asked, 2);
  const back = { now: START - 2 * HOUR };
  await told(fake, home, settings, back);
  t.equal(fake.asked, 3, "a clock that was set back makes nothing young");
});

t.test("no answer is remembered too: there is nobody", async (t) => {
  const home = t.testdir();
  const fake = new Fake();
  fake.addresses = [];
  t.same(await told(fake, home, { ttl: HOUR }), []);
  t.same(await told(fake, home, { ttl: HOUR }), []);
  t.equal(fake.asked, 1);
});

t.test("a source that fails midway gives nothing, or its last", async (t) => {
  const home = t.testdir();
  const notes: string[] = [];
  const context = contextIn(home, [], notes);
  const settings = { stale: 24 * HOUR };
  const fake = new Fake();
  fake.failsAfter = 1;
  t.same(await told(fake, home, settings), gone, "no answer yet");
  t.same(readdirSync(folderOf(home)), [], "no draft is left");
  fake.failsAfter = undefined;
  t.same(await told(fake, home, settings), whole);
  fake.failsAfter = 1;
  const way = { context, now: START + 3 * HOUR };
  t.same(await told(fake, home, settings, way), whole);
  t.same(notes, ["[sql] it is gone; its answer of 3 hours ago is taken"]);
  t.equal(fake.asked, 3);
  const late = { context, now: START + 24 * HOUR + 1 };
  t.same(await told(fake, home, settings, late), gone, "too old");
  t.same(
    await told(fake, home, { ttl: HOUR }, late),
    gone,
    "without stale there is no last answer",
  );
  t.equal(notes.length, 1);
});

t.test("an answer belongs to its settings and placeholders", async (t) => {
  const home = t.testdir();
  const fake = new Fake();
  const plain = { query: "SELECT mail FROM t WHERE l = :list", ttl: HOUR };
  const asks = async (
    settings: Memory & Record<string, unknown>,
    context = contextIn(home),
  ) => {
    const before = fake.asked;
    await told(fake, home, settings, { context });
    return fake.asked > before;
  };
  const other = { ...contextIn(home), sender: "b@example.org" };
  t.ok(await asks(plain));
  t.notOk(await asks(plain, other), "the sender is not in it");
  t.notOk(
    await asks({ ...plain, ttl: 2 * HOUR, timeout: 1, stale: 1 }, other),
    "these change no answer",
  );
  t.notOk(
    await asks({ ...plain, sender_query: "x" }),
    "these are other questions",
  );
  t.ok(await asks({ ...plain, query: "SELECT other FROM t" }));
  for (const query of ["WHERE s = :sender", "(mail=%{sender})"]) {
    t.ok(await asks({ ...plain, query }));
    t.ok(await asks({ ...plain, query }, other), "another sender's");
    t.notOk(await asks({ ...plain, query }, other));
  }
  const written = ["x_ou", "X-Ou", "X-\n  Ou", "x-OU"];
  for (const query of [
    ...written.map((name) => `(ou=%{header_${name}})`),
    "WHERE ou = :header_X_Ou",
  ]) {
    const header = { ...plain, query };
    t.ok(await asks(header, contextIn(home, [], [], "X-Ou: a\n")), query);
    t.ok(await asks(header, contextIn(home, [], [], "X-Ou: b\n")), query);
    t.notOk(await asks(header, contextIn(home, [], [], "X-Ou: a\n")), query);
  }
  const elsewhere = {
    ...contextIn(home),
    list: { address: "b@example.org", local: "b", domain: "example.org" },
  };
  t.ok(await asks(plain, elsewhere), "another list's");
});

t.test("strangers cannot fill the disk with answers", async (t) => {
  const home = t.testdir();
  const fake = new Fake();
  const folder = folderOf(home);
  const settings = { query: "WHERE s = :sender", ttl: HOUR };
  const ask = (n: number) =>
    told(fake, home, settings, {
      context: { ...contextIn(home), sender: `u${n}@x.org` },
      now: START + n,
    });
  mkdirSync(folder, { recursive: true });
  for (const name of ["ldap.x.answer", "sql.etag", "web.body"])
    writeFileSync(join(folder, name), "");
  for (let n = 0; n < 130; n += 1) await ask(n);
  const mine = () =>
    readdirSync(folder).filter((name) => /^sql\..*answer$/.test(name)).length;
  t.equal(mine(), 100);
  t.equal(fake.asked, 130);
  await ask(129);
  t.equal(fake.asked, 130, "the last is there");
  await ask(0);
  t.equal(fake.asked, 131, "the oldest is not");
  await ask(2 * HOUR);
  t.equal(mine(), 1, "those that are too old go");
  for (const name of ["ldap.x.answer", "sql.etag", "web.body"])
    t.ok(existsSync(join(folder, name)), `${name} is not ours to remove`);
});

t.test("drafts that were left over go after an hour", async (t) => {
  const home = t.testdir();
  const folder = folderOf(home);
  mkdirSync(folder, { recursive: true });
  for (const [name, age] of [
    [".old.draft", 2 * HOUR],
    [".young.draft", 60_000],
  ] as const) {
    writeFileSync(join(folder, name), "a@x.org\n");
    const at = (START - age) / 1000;
    utimesSync(join(folder, name), at, at);
  }
  await told(new Fake(), home, { ttl: HOUR });
  t.same(
    readdirSync(folder).filter((name) => name.startsWith(".")),
    [".young.draft"],
  );
});

t.test("a trial reads what is remembered and leaves nothing", async (t) => {
  const home = t.testdir();
  const fake = new Fake();
  const settings = { ttl: HOUR, stale: 24 * HOUR };
  const notes: string[] = [];
  const context = { ...contextIn(home, [], notes), trial: true };
  t.same(await told(fake, home, settings, { context }), whole);
  t.same(readdirSync(home), []);
  await told(fake, home, settings);
  const [file = ""] = readdirSync(folderOf(home));
  const path = join(folderOf(home), file);
  t.equal(readFileSync(path, "utf8"), `${whole.join("\n")}\n`);
  t.same(await told(fake, home, settings, { context }), whole);
  t.equal(fake.asked, 2);
  fake.failsAfter = 1;
  const now = START + 2 * HOUR;
  t.same(await told(fake, home, settings, { context, now }), whole);
  t.match(notes, ["its answer of 2 hours ago is taken"]);
  fake.failsAfter = undefined;
  fake.addresses = ["new@x.org"];
  t.same(await told(fake, home, settings, { context, now }), ["new@x.org"]);
  t.same(readdirSync(folderOf(home)), [file]);
  t.equal(readFileSync(path, "utf8"), `${whole.join("\n")}\n`);
});

t.test("an answer that cannot be kept is not taken", async (t) => {
  const home = t.testdir({ state: "a file" });
  const found = await told(new Fake(), home, { ttl: HOUR });
  t.match(found, { found: [], failure: /state\/sources/ });
});

t.test(
  "a source that says nothing gives way to its last answer in time",
  async (t) => {
    const home = t.testdir();
    const notes: string[] = [];
    const context = contextIn(home, [], notes);
    const settings = { stale: 24 * HOUR };
    await told(new Fake(), home, settings, { context });
    let isLetGo = false;
    const silent = {
      async next(): Promise<IteratorResult<Addresses>> {
        return new Promise(() => {});
      },
      async return(): Promise<IteratorResult<Addresses>> {
        isLetGo = true;
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    const asked = remembered(silent, settings, context, {
      name: "sql",
      now: START + 3 * HOUR,
      scratch: () => join(home, "scratch"),
      left: () => 300,
    });
    t.same((await Array.fromAsync(asked)).flat(), whole);
    t.same(notes, [
      "[sql] no whole answer within 0.2 s, two thirds of what is left of hooks.timeout; its answer of 3 hours ago is taken",
    ]);
    t.ok(isLetGo);
    t.same(
      readdirSync(folderOf(home)).filter((name) => name.startsWith(".")),
      [],
      "no draft is left",
    );
  },
);

t.test("100,000 addresses come back as they were", async (t) => {
  const home = t.testdir();
  const fake = new Fake();
  const many = Array.from({ length: 100_000 }, (_, n) => `ü${n}@x.org`);
  fake.addresses = [many.slice(0, 5), "", [], ...many.slice(5)].filter(
    (one) => one !== "",
  );
  t.same(await told(fake, home, { ttl: HOUR }), many);
  t.same(await told(fake, home, { ttl: HOUR }), many);
  t.equal(fake.asked, 1);
});

t.test("a passing answer is taken, and not kept", async (t) => {
  const home = t.testdir();
  const fake = new Fake();
  const found: Addresses[] = [];
  for (let n = 0; n < 2; n += 1)
    for await (const some of remembered(
      fake.ask(),
      { ttl: HOUR },
      contextIn(home),
      {
        name: "file",
        now: START,
        scratch: () => join(home, "scratch"),
        isPassing: () => true,
      },
    ))
      found.push(...[some].flat());
  t.same(found, [...whole, ...whole]);
  t.equal(fake.asked, 2);
  t.same(readdirSync(folderOf(home)), []);
});
