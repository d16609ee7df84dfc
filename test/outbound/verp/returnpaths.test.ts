import t from "tap";
import { firstKey } from "../../../src/lists/keyring.ts";
import { returnPathsOf } from "../../../src/outbound/verp/returnpaths.ts";
import { makeLocal } from "../../../src/state/local.ts";

const now = Date.UTC(2026, 6, 30);
const list = {
  address: "news@lists.example.org",
  local: "news",
  domain: "lists.example.org",
};

t.test("a sender for each recipient, in their order", async (t) => {
  const home = t.testdir();
  makeLocal(home).close();
  const keyring = await firstKey(home, { now: () => now });
  const site = { home, delimiters: "-+" };
  const batch = Array.from({ length: 1000 }, (_, n) =>
    n % 2 === 0 ? `u${n}@x.org` : `user.number.${n}@mail.example.org`,
  );
  const paths = await returnPathsOf({ site, list, keyring }, now, batch);
  t.equal(paths.length, 1000);
  t.equal(new Set(paths).size, 1000);
  t.ok(
    paths.every((path) =>
      /^news-bounces\+[a-z2-7]+@lists\.example\.org$/.test(path),
    ),
  );
  t.same(await returnPathsOf({ site, list, keyring }, now, batch), paths);
  t.same(await returnPathsOf({ site, list, keyring }, now, []), []);
});
