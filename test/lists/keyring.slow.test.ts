import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { child } from "./children.ts";

t.test(
  "of many who make the first key at once all sign with one",
  async (t) => {
    const home = t.testdir();
    const runs = await Promise.all(
      Array.from({ length: 6 }, () => child("lists/keying.ts", [home])),
    );
    for (const { code, errors } of runs) t.equal(code, 0, errors);
    t.equal(new Set(runs.flatMap(({ lines }) => lines)).size, 1);
    t.same(readdirSync(join(home, "secrets/keys")), ["1"]);
  },
);

t.test("of many who make another key at once none is lost", async (t) => {
  const home = t.testdir();
  await child("lists/keying.ts", [home]);
  const runs = await Promise.all(
    Array.from({ length: 6 }, () => child("lists/keying.ts", [home, "rotate"])),
  );
  for (const { code, errors } of runs) t.equal(code, 0, errors);
  const secrets = new Map<string, string>();
  for (const [line = ""] of runs.map(({ lines }) => lines)) {
    const [number = "", secret = ""] = line.split(" ");
    t.equal(secrets.get(number) ?? secret, secret, `key ${number} is one`);
    secrets.set(number, secret);
  }
  const names = readdirSync(join(home, "secrets/keys"));
  t.same(
    names.sort(),
    Array.from(names, (_, at) => String(at + 1)),
  );
  for (const number of secrets.keys()) t.ok(names.includes(number));
});
