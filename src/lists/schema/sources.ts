/**
 * The settings of the sources of recipients, a section each. Pure.
 */
import { z } from "zod";
import {
  choice,
  count,
  duration,
  flag,
  kinds,
  several,
  text,
  textLike,
} from "../../base/settings.ts";
import { allPlaceholders, namesIn } from "../sources/placeholders.ts";
import {
  fitting,
  template,
  wrongInLdap,
  wrongInSql,
  wrongInText,
} from "./fitting.ts";
import { address, isDatabase, isServer, line, note, path } from "./words.ts";

const placeholders =
  "the list's address, its two halves, the envelope's sender and recipient, the author, the subject and any field of the header";

/** How long answers are kept: every section has these. */
const kept = () => ({
  ttl: note(
    duration("365d").optional(),
    "How long an answer is good for: so long the source is not asked again.",
    { without: "asked for every post" },
  ),
  stale: note(
    duration("365d").optional(),
    "How old the last whole answer may be that is taken where the source cannot be asked.",
    { without: "the post waits" },
  ),
});

const caFile = () =>
  note(
    path().optional(),
    "A file with the certificates (PEM) of those who may have signed the server's.",
    { without: "those that the system trusts" },
  );

const timeout = () =>
  note(
    duration().prefault("30s"),
    "Longest wait for one answer; after it the post waits and is tried again.",
  );

const column = () =>
  note(
    z
      .union([z.string().min(1), z.int().min(1).max(1000)])
      .register(kinds, { allowed: "the name or the number of a column" })
      .optional(),
    "Which column of CSV holds the address: its name in the first line, or its number from 1.",
    { without: "the first; a first line without an address is passed over" },
  );

const separator = () =>
  note(
    textLike("one character, and no quote or line end", (value) =>
      /^[^"\r\n]$/u.test(value),
    ).prefault(","),
    "What separates the columns of CSV.",
  );

const format = () =>
  note(
    choice("lines", "csv", "aliases").prefault("lines"),
    "How it is written: an address or Name <address> a line; CSV (RFC 4180); or name: address, address as in an alias file. In lines and aliases # begins a comment.",
  );

const key = () =>
  note(
    template(line()).optional(),
    `Only the addresses of this name; ${allPlaceholders} stand for ${placeholders}.`,
    { without: "those of all names" },
  );

const ldap = z.strictObject({
  url: note(
    textLike(
      "ldap://host:port or ldaps://host:port, several with spaces between them",
      (value) =>
        value
          .trim()
          .split(/ +/)
          .every((one) => isServer(one, ["ldap:", "ldaps:"])),
    ),
    "The server; of several the first one that answers is asked.",
  ),
  starttls: note(
    flag().prefault(false),
    "Whether ldap:// turns to TLS before anything is said (RFC 4513, 3).",
  ),
  ca_file: caFile(),
  base: note(line(), "Where to search: a DN."),
  scope: note(
    choice("sub", "one", "base").prefault("sub"),
    "How deep below the base.",
  ),
  filter: note(
    template(text()),
    `Which entries (RFC 4515). ${allPlaceholders} stand for ${placeholders}, escaped.`,
  ),
  attribute: note(
    textLike("the name of an attribute", (value) =>
      /^[A-Za-z][A-Za-z0-9;-]*$/.test(value),
    ).prefault("mail"),
    'What holds the addresses. Where it holds DNs ("member", "uniqueMember"), the entry of each is asked for its mail; a group among them for its own members.',
  ),
  nested: note(
    count(0, 100).prefault(10),
    "How many groups deep groups in groups are followed; each is asked once, whoever has it.",
  ),
  member_filter: note(
    template(text(), "member")
      .refine((value) => namesIn(value).includes("member"), {
        error: "must have %{member} where the name goes",
      })
      .optional(),
    'Where the attribute holds names ("memberUid"): the filter that finds the entry of one, %{member}.',
    { without: "what is no DN is an address" },
  ),
  member_base: note(line().optional(), "Where member_filter searches.", {
    without: "base",
  }),
  member_attribute: note(
    textLike("the name of an attribute", (value) =>
      /^[A-Za-z][A-Za-z0-9;-]*$/.test(value),
    ).prefault("mail"),
    "What holds the address of a member.",
  ),
  sender_filter: note(
    template(text()).optional(),
    'Who may post where policy = "members": the author, if this filter finds an entry.',
    { without: "the author must be among the recipients" },
  ),
  exists_filter: note(
    template(text()).optional(),
    "For lists on demand: there is such a list if this filter finds an entry.",
    { without: "filter" },
  ),
  bind_dn: note(line().optional(), "Who to bind as.", {
    without: "anonymous",
    secret: true,
  }),
  password_file: note(
    path().optional(),
    "A file with the password on its first line.",
    { without: "no password", secret: true },
  ),
  timeout: timeout(),
  page: note(count(1, 100_000).prefault(500), "Entries a page (RFC 2696)."),
  ...kept(),
});

const sql = z.strictObject({
  url: note(
    textLike(
      '"sqlite:PATH", "postgres://user@host:port/database" or "mysql://user@host:port/database", without a password',
      (value) =>
        /^sqlite:[^\0]+$/.test(value) ||
        isDatabase(value, ["postgres:", "postgresql:", "mysql:", "mariadb:"]),
    ),
    "The database.",
  ),
  password_file: note(
    path().optional(),
    "A file with the password on its first line.",
    { without: "no password", secret: true },
  ),
  tls: note(
    flag().prefault(false),
    "Whether the connection is encrypted and the server's certificate checked.",
  ),
  ca_file: caFile(),
  query: note(
    text(),
    `A SELECT; the first column is the address. :list, :local, :domain, :sender, :recipient, :from, :subject and :header_name are bound to ${placeholders}.`,
  ),
  sender_query: note(
    text().optional(),
    'Who may post where policy = "members": the author, if this query finds a row.',
    { without: "the author must be among the recipients" },
  ),
  exists_query: note(
    text().optional(),
    "For lists on demand: there is such a list if this query finds a row.",
    { without: "query" },
  ),
  timeout: timeout(),
  ...kept(),
});

const dbm = z.strictObject({
  path: note(
    path(),
    "The file, or an LMDB folder: what Postfix's lmdb, cdb, hash and btree maps are, or a gdbm file.",
  ),
  type: note(
    choice("auto", "lmdb", "cdb", "hash", "btree", "gdbm").prefault("auto"),
    "What kind of file; auto looks into it. gdbm needs the program gdbm_dump.",
  ),
  take: note(
    choice("keys", "values").prefault("keys"),
    "Whether keys or values are addresses; a value may hold several with commas.",
  ),
  key: key(),
  ...kept(),
});

const file = z.strictObject({
  path: note(
    path(),
    "A text file, or a folder of such files. In lines, %include owners or %include ADDRESS of a list brings those people in.",
  ),
  format: format(),
  column: column(),
  separator: separator(),
  key: key(),
  ...kept(),
});

const web = z.strictObject({
  url: note(
    textLike(
      "an https:// URL without a name and password",
      (value) =>
        URL.canParse(value) &&
        ["https:", "http:"].includes(new URL(value).protocol) &&
        `${new URL(value).username}${new URL(value).password}` === "" &&
        (value.startsWith("https:") || isLoopback(new URL(value).hostname)),
    ),
    "Where the addresses are; http:// from this host only. What has not changed (ETag, Last-Modified) is not sent again.",
    { secret: true },
  ),
  token_file: note(
    path().optional(),
    "A file with a bearer token on its first line (RFC 6750).",
    { without: "none", secret: true },
  ),
  ca_file: caFile(),
  format: format(),
  column: column(),
  separator: separator(),
  key: key(),
  timeout: timeout(),
  ...kept(),
});

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
}

const sublists = z.strictObject({
  lists: note(
    several(address()).refine((lists) => lists.length > 0, {
      error: "must name a list",
    }),
    "Lists of this home whose recipients are recipients of this list too, and so on; a circle is cut.",
  ),
});

/** The sections that bring recipients, in the order of their hooks. */
export const sources = {
  ldap: fitting(ldap, wrongInLdap),
  sql: fitting(sql, wrongInSql),
  dbm,
  file: fitting(file, wrongInText),
  web: fitting(web, wrongInText),
  sublists,
};

/** The same for the site's defaults: any of their settings may be left out. */
export const sourceParts = {
  ldap: ldap.partial(),
  sql: sql.partial(),
  dbm: dbm.partial(),
  file: file.partial(),
  web: web.partial(),
  sublists: sublists.partial(),
};

export type SourceName = keyof typeof sources;

/** What a section says. Durations are milliseconds. */
export type SourceSettings<K extends SourceName> = z.output<
  (typeof sources)[K]
>;

/** What each section is for. */
export const sourceSections: Readonly<Record<SourceName, string>> = {
  ldap: "Recipients from a directory.",
  sql: "Recipients from a database: SQLite, PostgreSQL, MySQL or MariaDB.",
  dbm: "Recipients from a DBM file.",
  file: "Recipients from text files.",
  web: "Recipients from a page of the web.",
  sublists: "The recipients of other lists.",
};
