import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import {
  bounceHandlerAt,
  bounceHandlerList,
} from "../../src/lists/bouncehandler.ts";
import { loadSite } from "../../src/lists/settings.ts";
import { returnPathOf } from "../../src/mail/bouncehandler.ts";

const agreed = { prefix: "wiki", algorithm: "sha256", secret: "key" } as const;
const time = 1_700_000_000_000;
const domain = "wiki.example.org";

function siteIn(t: Test, more = "") {
  const home = t.testdir({
    "listmill.toml": `\
[bounces.bouncehandler]
secret_file = "verp"
${more}
[bounces.bouncehandler.lists]
enWiki = "Talk@Lists.example.org"
"de-wiki" = "sprache@lists.example.org"
`,
    verp: "key\n",
    users:
      "1\tanna@example.org\n7\tbert@example.org\tde-wiki\r\n7\tcarl@Example.com\tenWiki\n77\tx\n",
  });
  chmodSync(join(home, "verp"), 0o600);
  return loadSite(home);
}

const path = (wiki: string, user: number) =>
  returnPathOf(agreed, { wiki, user, time }, domain);

t.test("whose list it is, and which user", async (t) => {
  const site = siteIn(t, 'users = "users"');
  const at = (wiki: string, user: number) =>
    bounceHandlerAt(site, path(wiki, user));
  const talk = { list: "talk@lists.example.org", time };
  const german = { list: "sprache@lists.example.org", time };
  t.same(await at("enWiki", 1), {
    ...talk,
    user: 1,
    address: "anna@example.org",
  });
  t.same(await at("enWiki", 7), {
    ...talk,
    user: 7,
    address: "carl@example.com",
  });
  t.same(await at("de-wiki", 7), {
    ...german,
    user: 7,
    address: "bert@example.org",
  });
  t.same(await at("de-wiki", 8), { ...german, user: 8 }, "not in the file");
  t.same(await at("de-wiki", 77), { ...german, user: 77 }, "no address");
  t.same(
    await bounceHandlerAt(site, path("enWiki", 1).toLowerCase()),
    { ...talk, user: 1, address: "anna@example.org" },
    "an MTA has changed its case",
  );
  t.equal(await at("frwiki", 1), undefined, "a wiki that nobody named");
  t.equal(
    await bounceHandlerAt(
      site,
      returnPathOf(
        { ...agreed, secret: "guessed" },
        { wiki: "enWiki", user: 1, time },
        domain,
      ),
    ),
    undefined,
  );
  t.equal(await bounceHandlerAt(site, "news@example.org"), undefined);
});

t.test("without a file of users", async (t) => {
  const site = siteIn(t);
  t.same(await bounceHandlerAt(site, path("enWiki", 7)), {
    list: "talk@lists.example.org",
    user: 7,
    time,
  });
});

t.test("what cannot be read is no refusal", async (t) => {
  const site = siteIn(t, 'users = "gone"');
  const one = path("enWiki", 1);
  const secret = join(site.home, "verp");
  await t.rejects(bounceHandlerAt(site, one), {
    exitCode: 75,
    message: /^\[bounces\.bouncehandler\] users cannot be read: ENOENT/,
  });
  t.equal(bounceHandlerList(site, one), "talk@lists.example.org");
  chmodSync(secret, 0o644);
  t.throws(() => bounceHandlerList(site, one), {
    exitCode: 75,
    message: /secret_file: \S+verp: others can read .*chmod 600/,
  });
  rmSync(secret);
  t.throws(() => bounceHandlerList(site, one), {
    exitCode: 75,
    message: /there is no key in \S+verp/,
  });
  t.equal(
    bounceHandlerList(site, "news@lists.example.org"),
    undefined,
    "other mail does not mind",
  );
  writeFileSync(secret, "", { mode: 0o600 });
  t.throws(() => bounceHandlerList(site, one), { message: /no key/ });
});

t.test("wikis that are written alike are refused", async (t) => {
  const home = t.testdir({
    "listmill.toml": `[bounces.bouncehandler]\nsecret_file = "verp"\n[bounces.bouncehandler.lists]\n"a-b" = "x@y.org"\n"a.b" = "z@y.org"\n`,
  });
  t.throws(() => loadSite(home), {
    message: /:5: bounces\.bouncehandler\.lists\."a\.b": is written like a-b/,
  });
});
