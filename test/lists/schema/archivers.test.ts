import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { consumersOf, isSetUp } from "../../../src/lists/consumers.ts";
import { loadSite } from "../../../src/lists/settings.ts";

function siteOf(t: Test, settings: string) {
  const home = t.testdir();
  writeFileSync(join(home, "listmill.toml"), settings);
  return loadSite(home);
}

const queues = ["mbox", "maildir", "public-inbox", "mhonarc", "http"].map(
  (name) => `archive-${name}`,
);

t.test("each is off until its section is there", async (t) => {
  const none = siteOf(t, "");
  const all = siteOf(
    t,
    "[archive.mbox]\n[archive.maildir]\n[archive.public_inbox]\n[archive.mhonarc]\n[archive.http]\nurl = 'https://x.org/'\n",
  );
  for (const queue of queues) {
    t.notOk(isSetUp(none, queue), queue);
    t.ok(isSetUp(all, queue), queue);
  }
});

t.test("for some lists only", async (t) => {
  const site = siteOf(
    t,
    '[archive.mbox]\nlists = ["a@x.org"]\n[archive.mhonarc]\nlists = ["@y.org"]\n',
  );
  const of = (list: string) =>
    consumersOf({ site, streams: () => queues }, "archive", list);
  t.same(of("a@x.org"), ["archive-mbox"]);
  t.same(of("b@x.org"), []);
  t.same(of("b@y.org"), ["archive-mhonarc"]);
});

t.test("what cannot be meant is told", async (t) => {
  for (const [settings, problem] of [
    ["[archive.http]", /:1: archive\.http\.url: is missing; it must be a URL/],
    ["[archive.http]\nurl = 'ftp://x/'", /must be a URL, http/],
    ["[archive.http]\nurl = 'https://a:b@x/'", /without a password/],
    ["[archive.mbox]\nlists = ['x']", /lists\[1\]: must be a list's address/],
    ["[archive.mbox]\nlists = ['Dev@x.org']", /in lower case, not "Dev@x/],
    ["[archive.mbox]\nlists = ['@X.org']", /in lower case, not "@X/],
    ["[archive.mbox]\nfolders = 'x'", /did you mean folder\?/],
    ["[archive.maildir]\nmailbox = '{{domain}}'", /levels with/],
    ["[archive.maildir]\nmailbox = '../{{list}}'", /levels with/],
    ["[archive.maildir]\nmailbox = '{{list}}/'", /levels with/],
    ["[archive.public_inbox]\nepoch = 'x'", /a size such as/],
  ] as const)
    t.throws(() => siteOf(t, settings), { message: problem }, settings);
});
