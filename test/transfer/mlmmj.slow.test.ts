// Lists that mlmmj's own programs make, and every setting of its manual: what must be installed for it.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { tunables } from "../../src/transfer/mlmmj/tunables.ts";
import { documented, madeList, missing, subscribe } from "./mlmmj/lists.ts";
import { read, withControl } from "./mlmmj/read.ts";
import { all, list, rulesAreGood, told } from "./outcomes.ts";

t.test(
  "a list that mlmmj has made, with its members",
  { skip: missing },
  async (t) => {
    const dir = madeList(join(t.testdir(), "spool"), "de");
    subscribe(dir, "anna@example.org");
    subscribe(dir, "berta@example.org", "-d");
    subscribe(dir, "carl@example.org", "-n");
    subscribe(dir, "anton@example.org");
    const before = execFileSync("find", [dir, "-printf", "%p %T@ %s\n"], {
      encoding: "utf8",
    });
    const found = await read(dir);
    t.match(found, {
      address: list,
      roles: [{ address: "owner@example.org", role: "owner" }],
      lost: [],
      settings: {
        policy: "open",
        language: "de",
        verp: "always",
        "digest.age": "7d",
        "digest.posts": 50,
        "moderation.tell_author": false,
      },
    });
    t.match(
      (await all(found.members)).sort((a, b) =>
        a.address.localeCompare(b.address),
      ),
      [
        {
          address: "anna@example.org",
          delivery: "posts",
          where: `${dir}/subscribers.d/a:1`,
        },
        { address: "anton@example.org", delivery: "posts" },
        { address: "berta@example.org", delivery: "digest-mime" },
        { address: "carl@example.org", delivery: "nomail" },
      ],
    );
    rulesAreGood(t, found);
    const after = execFileSync("find", [dir, "-printf", "%p %T@ %s\n"], {
      encoding: "utf8",
    });
    t.equal(after, before, "nothing of it is changed");
  },
);

t.test("every tunable of the manual is kept, lost or moot", async (t) => {
  const names = documented();
  for (const name of names) t.ok(Object.hasOwn(tunables, name), name);
  if (names.length === 0) t.comment("mlmmj's TUNABLES are not installed");
  else t.ok(names.length >= 45);
  const every = Object.fromEntries(
    Object.keys(tunables).map((name) => [name, "1\nmore"]),
  );
  const found = await withControl(t, {
    ...every,
    listaddress: `${list}\n`,
    access: "allow\n",
  });
  for (const name of Object.keys(tunables)) t.ok(told(found).has(name), name);
  rulesAreGood(t, found);
  t.end();
});
