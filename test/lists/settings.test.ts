import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parseTable } from "../../src/base/settings.ts";
import { listFile, settingsPage, siteFile } from "../../src/lists/manual.ts";
import { fromText } from "../../src/lists/schema/rows.ts";
import {
  environmentOf,
  listSettings,
  loadSite,
} from "../../src/lists/settings.ts";

const plain = { list: {} };

t.test("a home without a file has all defaults", async (t) => {
  const home = t.testdir();
  const site = loadSite(home);
  t.match(site, {
    home,
    delimiters: "-+",
    limits: { message: 50 * 2 ** 20, header: 256 * 2 ** 10 },
    hooks: {
      timeout: 60_000,
      output: 256 * 2 ** 20,
      launchers: 4,
      observe: [],
    },
    runner: { jobs: 4, scan: 5000 },
    retry: { first: 300_000, most: 14_400_000, give_up: 432_000_000 },
    node: { renew: 5000, stale: 30_000 },
    outbound: {
      smtp: "smtp://127.0.0.1:25",
      rate: 600,
      recipients: 100,
      portion: 1000,
      timeout: 600_000,
    },
    list: {},
  });
  t.match(site.hostname, /^[a-z0-9.-]+$/);
});

t.test(
  "the commented files change nothing, and with the # taken away neither",
  async (t) => {
    const home = t.testdir({ "listmill.toml": siteFile() });
    const bare = t.testdirName;
    t.same(loadSite(home), { ...loadSite(`${bare}/none`), home });
    const opened = siteFile().replace(/^#(\w+ = .*[^:]$)/gm, (line, rest) =>
      rest.includes("without it") ? line : rest,
    );
    t.match(opened, /^smtp = /m);
    writeFileSync(join(home, "listmill.toml"), opened);
    t.same(loadSite(home), { ...loadSite(`${bare}/none`), home });
    t.same(listSettings(plain, listFile(), "l"), listSettings(plain, "", "l"));
  },
);

t.test("what is given stands in list.toml", async (t) => {
  const given = {
    description: 'a "list"',
    owners: ["anna@example.org"],
    digest: { posts: 3 },
    sql: { url: "sqlite:x.db", query: "SELECT 1" },
    custom: { colour: "red", n: 5, on: true },
  };
  t.same(parseTable(listFile(given), "l"), {
    ...given,
    rules: {},
    moderation: {},
    flood: {},
    confirm: {},
    bounces: {},
    personal: {},
    refine: {},
  });
});

t.test("a broken site is told by line", async (t) => {
  const home = t.testdir({
    "listmill.toml": `outbound.smtp = "smtp://me:secret@host"
[retry]
first = "5h"
[node]
renew = "20s"
[list]
polcy = "members"
[list.ldap]
url = "http://x"
`,
  });
  t.throws(() => loadSite(home), {
    exitCode: 78,
    message: [
      'listmill.toml:1: outbound.smtp: must be smtp://host:port, smtps://host:port or lmtp://host:port, without a name and password, not "smtp://...@host"',
      "listmill.toml:2: retry.most: must be at least retry.first",
      "listmill.toml:4: node.stale: must be at least three times node.renew",
      "listmill.toml:7: list.polcy: no such setting; did you mean policy?",
      'listmill.toml:9: list.ldap.url: must be ldap://host:port or ldaps://host:port, several with spaces between them, not "http://x"',
    ]
      .map((line) => `${home}/${line}`)
      .join("\n"),
  });
});

t.test("the site's defaults lie under a list's settings", async (t) => {
  const home = t.testdir({
    "listmill.toml": `[list]
policy = "open"
footer = "site"
[list.digest]
posts = 7
size = "1MB"
[list.ldap]
url = "ldap://ldap.example.org"
base = "dc=example"
[list.custom]
a = 1
b = 1
`,
  });
  const site = loadSite(home);
  const settings = listSettings(
    site,
    'footer = "own"\n[digest]\nposts = 9\n[custom]\nb = 2',
    "l",
  );
  t.match(settings, {
    policy: "open",
    footer: "own",
    digest: { posts: 9, size: 2 ** 20 },
    custom: { a: 1, b: 2 },
  });
  t.equal(
    settings.ldap,
    undefined,
    "a source holds only where the list has its section",
  );
  const other = listSettings(site, '[ldap]\nfilter = "(a=b)"', "l");
  t.match(other.ldap, {
    url: "ldap://ldap.example.org",
    filter: "(a=b)",
    scope: "sub",
    timeout: 30_000,
  });
});

t.test("a broken list is told by line", async (t) => {
  t.throws(
    () =>
      listSettings(
        plain,
        'owners = ["anna"]\nsubject_prefix = "a\\nBcc: x"\n[file]\n[custom]\nBad-name = 1\n',
        "list.toml",
      ),
    {
      message: [
        'list.toml:1: owners[1]: must be an address such as "anna@example.org", not "anna"',
        'list.toml:2: subject_prefix: must be text on one line, up to 500 characters, not "a\\nBcc: x"',
        "list.toml:3: file.path: is missing; it must be a path, absolute or from the home",
        "list.toml:5: custom.Bad-name: not a name: a to z first, then a to z, 0 to 9 and _",
      ].join("\n"),
    },
  );
  t.throws(
    () => listSettings(plain, "__proto__ = 1", "l"),
    /l:1: __proto__: no such setting/,
  );
});

t.test("a wrong rule is told by its line and its place", async (t) => {
  const wrong = (content: string) => {
    try {
      listSettings(plain, content, "list.toml");
    } catch (error) {
      return (error as Error).message.replace(/(condition .* here).*/, "$1");
    }
    return "";
  };
  t.equal(
    wrong(`[rules]
post = [ # "one"
  "hold if size > 1MB", # two
  "hold if membr",
  """hold""", 'accept',
]
who = ["acept"]
`),
    `list.toml:4: rules.post[2]: "membr": a condition must stand here
list.toml:7: rules.who[1]: "acept": an action must stand here: accept, hold, reject, discard or confirm; did you mean accept?`,
  );
  t.equal(
    wrong('rules.post = ["hold\\nif"]\n'),
    "list.toml:1: rules.post[1]: must be a rule on one line, up to 500 characters",
  );
  const home = t.testdir({
    "listmill.toml": '[list.rules]\npost = [\n"hold",\n"no"]\n',
  });
  t.throws(() => loadSite(home), {
    message: /listmill\.toml:4: list\.rules\.post\[2\]: "no": an action/,
  });
});

t.test("hooks get every setting on one line and no secret", async (t) => {
  const settings = listSettings(
    plain,
    `subject_prefix = "[x] "
footer = "a\\nb"
owners = ["a@b.org", "c@d.org"]
message_limit = "1KB"
[ldap]
url = "ldap://x"
base = "b"
filter = "(a=b)"
bind_dn = "cn=me"
password_file = "secret"
[custom]
colour = "re\\td"
`,
    "l",
  );
  const found = environmentOf(settings);
  t.match(found, {
    LISTMILL_SETTING_SUBJECT_PREFIX: "[x]",
    LISTMILL_SETTING_FOOTER: "a b",
    LISTMILL_SETTING_OWNERS: "a@b.org c@d.org",
    LISTMILL_SETTING_MESSAGE_LIMIT: "1024",
    LISTMILL_SETTING_DIGEST_POSTS: "20",
    LISTMILL_SETTING_DIGEST_AGE: "86400",
    LISTMILL_SETTING_ARCHIVE: "true",
    LISTMILL_SETTING_LDAP_URL: "ldap://x",
    LISTMILL_SETTING_CUSTOM_COLOUR: "re d",
  });
  t.notMatch(JSON.stringify(found), /secret|cn=me/);
  t.notOk(Object.keys(found).some((name) => name.includes("SQL")));
});

t.test("what a person types becomes the value that is wanted", async (t) => {
  t.equal(fromText("digest.posts", "20"), 20);
  t.equal(fromText("archive", "false"), false);
  t.same(fromText("owners", "a@b.org, c@d.org"), ["a@b.org", "c@d.org"]);
  t.equal(fromText("footer", "20"), "20");
  t.equal(fromText("custom.x", "20"), 20);
  t.equal(fromText("custom.x", "no"), "no");
  t.equal(fromText("digest.posts", "many"), "many");
  t.equal(fromText("nowhere.at.all", "x"), "x");
});

t.test("docs/settings.md is what the schemas say", async (t) => {
  const page = readFileSync(
    join(import.meta.dirname, "../../docs/settings.md"),
    "utf8",
  );
  t.equal(page, settingsPage(), "run: npm run settings");
});
