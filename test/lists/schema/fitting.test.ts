import t from "tap";
import {
  environmentOf,
  listSettings,
  loadSite,
} from "../../../src/lists/settings.ts";

const site = loadSite(t.testdir());

/** What is wrong with a list.toml. */
function wrong(content: string): string {
  try {
    listSettings(site, content, "list.toml");
    return "";
  } catch (error) {
    const { exitCode, message } = error as {
      exitCode: number;
      message: string;
    };
    return `${exitCode} ${message}`;
  }
}

const ldap =
  '[ldap]\nurl = "ldap://h"\nbase = "dc=x"\nfilter = "(a=%{local})"\n';
const file = '[file]\npath = "x"\n';

t.test("what cannot work is told with its line", async (t) => {
  const bad: [string, string][] = [
    [`${ldap}ca_file = "ca"`, "5: ldap.ca_file: needs starttls = true, or"],
    [`${ldap}bind_dn = "cn=x"`, "5: ldap.bind_dn: needs a password_file"],
    [
      `${ldap}sender_filter = "(a=%{lokal})"`,
      "5: ldap.sender_filter: there is no %{lokal}; there are %{list},",
    ],
    [
      `${ldap}member_filter = "(uid=u1)"`,
      "5: ldap.member_filter: must have %{member} where",
    ],
    [
      `${ldap}member_filter = "(uid=%{nember})"`,
      "5: ldap.member_filter: there is no %{nember}; there are %{member}, %{list},",
    ],
    [`${file}key = "staff"`, '3: file.key: is for format = "aliases"'],
    [`${file}column = 2`, '3: file.column: is for format = "csv"'],
    [
      `${file}format = "csv"\nseparator = "\\""`,
      "4: file.separator: must be one character, and no quote or line end, not",
    ],
    [
      `${file}format = "csv"\nseparator = "\\n"`,
      "4: file.separator: must be one character",
    ],
    [
      `${file}format = "aliases"\nkey = "%{member}"`,
      "4: file.key: there is no %{member}; there are %{list},",
    ],
    ['[dbm]\npath = "x"\nkey = "%{x}"', "3: dbm.key: there is no %{x};"],
    ["[sublists]\nlists = []", "2: sublists.lists: must name a list"],
  ];
  for (const [content, said] of bad)
    t.match(wrong(content), `78 list.toml:${said}`, content);
});

t.test("what fits is taken", async (t) => {
  for (const content of [
    `${ldap}starttls = true\nca_file = "ca"\nbind_dn = "cn=x"\npassword_file = "p"`,
    `${ldap}member_filter = "(&(uid=%{member})(ou=%{header_X-Course}))"`,
    `${file}format = "aliases"\nkey = "%{header_X-Course}"`,
    `${file}format = "csv"\ncolumn = 2\nseparator = "\\t"`,
  ])
    t.equal(wrong(content), "", content);
});

t.test("the site's defaults may be parts of a section", async (t) => {
  const home = t.testdir({
    "listmill.toml": '[list.file]\nformat = "aliases"\nkey = "%{local}"\n',
  });
  const whole = loadSite(home);
  t.match(listSettings(whole, '[file]\npath = "x"', "l").file, {
    key: "%{local}",
    path: "x",
  });
  const bad = t.testdir({
    bad: { "listmill.toml": '[list.file]\nkey = "%{lokal}"\n' },
  });
  t.throws(() => loadSite(`${bad}/bad`), {
    exitCode: 78,
    message: /listmill\.toml:2: list\.file\.key: there is no %\{lokal\}/,
  });
});

t.test("hooks are not told a URL that may hold a secret", async (t) => {
  const url = "https://h.example.org/export?token=s3cret";
  const settings = listSettings(site, `[web]\nurl = "${url}"`, "l");
  t.equal(settings.web?.url, url);
  const told = environmentOf(settings);
  t.equal(told.LISTMILL_SETTING_WEB_FORMAT, "lines");
  t.notMatch(JSON.stringify(told), /s3cret/);
});
