// A million addresses, each twice, and as many that are suppressed: memory stays flat.
import { execFile } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { makeLocal } from "../../../src/state/local.ts";

t.setTimeout(300_000);

const MANY = 1_000_000;
const domainOf = (n: number) => `host${n % 9973}.example`;

function write(path: string, line: (n: number) => string): void {
  writeFileSync(path, "");
  for (let from = 0; from < MANY; from += 10_000) {
    let lines = "";
    for (let n = from; n < from + 10_000; n += 1) lines += line(n);
    appendFileSync(path, lines);
  }
}

t.test("a million addresses", async (t) => {
  const home = t.testdir();
  makeLocal(home).close();
  write(
    join(home, "list"),
    (n) =>
      `someone${n}@${domainOf(n)}\nsomeone${n}@${domainOf(n).toUpperCase()}\n`,
  );
  // Every third, and as many that are on no list.
  write(join(home, "suppressed"), (n) =>
    n % 3 === 0 ? `someone${n}@${domainOf(n)}\n` : `other${n}@x.example\n`,
  );
  const child = join(import.meta.dirname, "fixtures/million.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [
    child,
    home,
    "news@x.org",
  ]);
  const { distinct, left, peak } = JSON.parse(stdout);
  t.equal(distinct, MANY);
  t.equal(left, MANY - Math.ceil(MANY / 3));
  t.ok(peak < 200, `${Math.round(peak)} MB`);
  const lines = readFileSync(join(home, "refined"), "latin1").split("\n");
  t.equal(lines.pop(), "");
  t.equal(lines.length, left);
  let before = "";
  let wrong = 0;
  for (const line of lines) {
    const domain = line.slice(line.lastIndexOf("@") + 1);
    if (domain < before) wrong += 1;
    before = domain;
  }
  t.equal(wrong, 0, "in order");
});
