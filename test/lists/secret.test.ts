import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { secretIn, secretsIn } from "../../src/lists/secret.ts";

t.test("one secret, or several", async (t) => {
  const home = t.testdir();
  t.equal(secretIn(home, "none"), undefined);
  t.equal(secretsIn(home, "none"), undefined);
  writeFileSync(join(home, "secret"), "a\r\n\nb\n", { mode: 0o600 });
  t.equal(secretIn(home, "secret"), "a");
  t.same(secretsIn(home, "secret"), ["a", "b"]);
  writeFileSync(join(home, "secret"), "");
  t.equal(secretIn(home, "secret"), "");
  t.same(secretsIn(home, "secret"), []);
});

t.test("one that others can read is none", async (t) => {
  const home = t.testdir({ secret: "a\n" });
  chmodSync(join(home, "secret"), 0o640);
  t.throws(() => secretsIn(home, "secret"), /chmod 600/);
});
