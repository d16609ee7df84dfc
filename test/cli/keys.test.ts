// listmill keys: what it says, and that it never says a secret.
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { systemClock } from "../../src/base/clock.ts";
import check from "../../src/cli/check.ts";
import { Context } from "../../src/cli/context.ts";
import keys from "../../src/cli/keys.ts";
import { keyringOf } from "../../src/lists/keyring.ts";
import { stamped } from "../../src/lists/stamps.ts";
import { makeHome, news, verb } from "./atHome.ts";

t.test("list, rotate and drop", async (t) => {
  const home = await makeHome(t);
  const run = (args: string, json = false) =>
    verb(t, home, keys, args.split(" ").filter(Boolean), json);
  const since = "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z";
  t.match(await run(""), {
    code: 0,
    out: new RegExp(`^number  since +signs\n1 +${since}  yes\n$`),
  });
  t.match(await run("rotate"), {
    code: 0,
    out: "key 2 signs from now on; the others still verify\n",
  });
  t.match(JSON.parse((await run("", true)).out), [
    { number: 1, signs: false },
    { number: 2, signs: true },
  ]);
  t.match(await run("drop 2"), {
    code: 64,
    err: /key 2 is the one that signs/,
  });
  t.match(await run("drop 1"), { code: 0, out: /^key 1 is gone/ });
  t.match(await run("drop 1"), { code: 64, err: /there is no key 1/ });
  t.match(await run("drop x"), { code: 64, err: /takes a whole number/ });
  t.match(await run("drop"), { code: 64, err: /which key/ });
  t.match(await run("forget"), { code: 64, err: /takes rotate, drop, read/ });
  const all = [await run(""), await run("", true), await run("rotate")];
  const folder = join(home, "secrets", "keys");
  for (const name of readdirSync(folder)) {
    const [, , secret = "-"] = readFileSync(join(folder, name), "utf8").split(
      /\s/,
    );
    t.equal(secret.length, 64);
    for (const { out, err } of all) t.notMatch(out + err, secret);
  }
});

t.test("read says what a return path says, or why not", async (t) => {
  const home = await makeHome(t);
  const { site, lists } = new Context(home, false);
  const list = lists.get(news);
  if (!list) throw new Error("no list");
  const keyring = await keyringOf(home, systemClock);
  const now = Date.UTC(2026, 6, 30, 12, 34);
  const long = "somebody.with.a.long.name@mail.department.example.org";
  const of = async (purpose: "bounce" | "unsubscribe", who: string) =>
    (await stamped({ site, list, keyring }, purpose, now, [who]))[0]?.address ??
    "";
  const read = (address: string, json = false) =>
    verb(t, home, keys, ["read", address], json);

  t.same(await read(await of("bounce", "anna@example.org")), {
    code: 0,
    err: "",
    out:
      `list       ${news}\nrecipient  anna@example.org\npurpose    bounce\n` +
      "made       in the hour from 2026-07-30T12:00Z\nkey        1\n",
  });
  const { out } = await read(
    (await of("unsubscribe", long)).toUpperCase(),
    true,
  );
  t.same(JSON.parse(out), {
    purpose: "unsubscribe",
    kind: "ok",
    list: news,
    address: long,
    number: 1,
    time: "2026-07-30T12:00:00.000Z",
    key: 1,
  });
  const path = await of("bounce", "anna@example.org");
  const bad = async (address: string, why: RegExp) =>
    t.match(await read(address), { code: 65, out: "", err: why });
  await bad(
    path.replace("bounces", "unsubscribe"),
    /no key of this home signed/,
  );
  await bad(path.replace("+", "+x"), /is no stamp|no key/);
  await bad("news-bounces@lists.example.org", /without a stamp/);
  await bad("anna@example.org", /no address of a list here/);
  t.match(
    JSON.parse((await read(path.replace("bounces", "unsubscribe"), true)).out),
    {
      kind: "forged",
    },
  );
  await verb(t, home, keys, ["rotate"]);
  t.equal((await read(path)).code, 0, "what the old key signed is believed");
  await verb(t, home, keys, ["drop", "1"]);
  await bad(path, /no key here has the number 1/);
  t.match(await verb(t, home, keys, ["read"]), { code: 64 });
});

t.test(
  "a key that others can read stops all that signs, and check says so",
  async (t) => {
    const home = await makeHome(t);
    const file = join(home, "secrets", "keys", "1");
    chmodSync(file, 0o644);
    const told = /keys\/1:1: others can read or change it: chmod 600/;
    t.match(await verb(t, home, check, []), { code: 78, out: told });
    t.match(await verb(t, home, keys, []), { code: 78, err: told });
    chmodSync(file, 0o600);
    t.equal((await verb(t, home, keys, [])).code, 0);
  },
);
