import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import t from "tap";
import {
  drop,
  firstKey,
  Keyring,
  keyringOf,
  rotate,
} from "../../src/lists/keyring.ts";

const clock = { now: () => Date.UTC(2026, 6, 30) };
const folder = (home: string) => join(home, "secrets", "keys");
const file = (home: string, number: number) =>
  join(folder(home), String(number));

t.test(
  "the first key is made when it is needed, for this account only",
  async (t) => {
    const home = t.testdir();
    t.same(new Keyring(home).all(), []);
    t.throws(() => new Keyring(home).signing(), {
      exitCode: 78,
      message:
        /secrets\/keys: there is no key; make one with: listmill keys rotate/,
    });
    const ring = await firstKey(home, clock);
    t.match(ring.signing(), { number: 1, since: clock.now() });
    t.equal(statSync(join(home, "secrets")).mode & 0o777, 0o700);
    t.equal(statSync(folder(home)).mode & 0o777, 0o700);
    t.equal(statSync(file(home, 1)).mode & 0o777, 0o600);
    t.match(
      readFileSync(file(home, 1), "latin1"),
      /^1 2026-07-30T00:00:00\.000Z [0-9a-f]{64}\n$/,
    );
    t.same(readdirSync(folder(home)), ["1"], "no draft is left");
    t.equal(await firstKey(home, clock), ring);
    t.ok(new Keyring(home).signing().secret.equals(ring.signing().secret));
  },
);

t.test("a key that is asked to show itself does not", async (t) => {
  const home = t.testdir();
  const key = (await firstKey(home, clock)).signing();
  const hex = key.secret.export().toString("hex");
  t.notMatch(inspect(key, { depth: 9 }) + JSON.stringify(key), hex);
});

t.test(
  "the newest signs, the old ones verify until they are dropped",
  async (t) => {
    const home = t.testdir();
    const ring = await firstKey(home, clock);
    const first = ring.signing();
    t.equal(await rotate(home, clock), 2);
    t.equal(ring.signing().number, 2, "at once in the process that made it");
    t.same(ring.numbered(1), [first]);
    t.same(ring.numbered(33), [first], "numbers count modulo 32");
    await t.rejects(drop(home, 2), { exitCode: 64, message: /one that signs/ });
    await t.rejects(drop(home, 3), { exitCode: 64, message: /no key 3/ });
    await drop(home, 1);
    t.same(ring.numbered(1), []);
    t.equal(await rotate(home, clock), 3);
  },
);

t.test(
  "what other hosts do is seen, and looked for once a second",
  async (t) => {
    const home = t.testdir();
    await rotate(home, clock);
    let now = 0;
    const ring = new Keyring(home, () => now);
    const [first] = ring.all();
    await rotate(home, clock);
    now = 0.9;
    t.equal(ring.signing().number, 1);
    now = 1;
    t.equal(ring.signing().number, 2);
    t.equal(ring.all()[0], first, "what did not change is not read again");
    unlinkSync(file(home, 1));
    now = 2;
    t.same(
      ring.all().map(({ number }) => number),
      [2],
    );
  },
);

t.test("what is open to others, or broken, is told by name", async (t) => {
  const home = t.testdir();
  await rotate(home, clock);
  const told = (message: RegExp) =>
    t.throws(() => new Keyring(home).all(), { exitCode: 78, message });
  chmodSync(file(home, 1), 0o640);
  told(/keys\/1:1: others can read or change it: chmod 600 \S+keys\/1$/);
  chmodSync(file(home, 1), 0o600);
  chmodSync(folder(home), 0o755);
  told(/keys: others can read or change it: chmod 700 \S+keys$/);
  chmodSync(folder(home), 0o700);
  t.equal(new Keyring(home).all().length, 1);
  const good = readFileSync(file(home, 1), "latin1");
  for (const text of [
    "",
    good.slice(0, -2),
    good.toUpperCase(),
    good.replace("1 ", "2 "),
    good.replace("2026", "year"),
    good + good,
  ]) {
    writeFileSync(file(home, 1), text);
    told(/keys\/1:1: not a key: it must be one line/);
  }
});

t.test("a key that turns bad is noticed by who has it already", async (t) => {
  const home = t.testdir();
  await rotate(home, clock);
  let now = 0;
  const ring = new Keyring(home, () => now);
  t.equal(ring.signing().number, 1);
  chmodSync(file(home, 1), 0o644);
  now = 2;
  t.throws(() => ring.signing(), /others can read/);
});

t.test("what lies beside the keys is none of them", async (t) => {
  const home = t.testdir();
  mkdirSync(join(home, "secrets"), { mode: 0o755 });
  await rotate(home, clock);
  writeFileSync(join(folder(home), ".1.draft"), "x");
  writeFileSync(join(folder(home), "1~"), "x");
  t.equal(new Keyring(home).all().length, 1);
});

t.test("without HOME/secrets no key is made when one is needed", async (t) => {
  const home = t.testdir();
  await t.rejects(keyringOf(home, clock), {
    exitCode: 75,
    message: /secrets is not there: mount it, or .*: listmill init$/,
  });
  t.same(readdirSync(home), []);
  mkdirSync(join(home, "secrets"), { mode: 0o700 });
  t.equal((await keyringOf(home, clock)).signing().number, 1);
});
