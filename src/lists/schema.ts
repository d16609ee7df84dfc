/**
 * Every setting there is: what it means, what may stand there, what holds without it. The check,
 * the commented files, the manual and the variables of hooks all come from these two schemas.
 * Pure, but for the host's name.
 */
import { hostname } from "node:os";
import { z } from "zod";
import {
  bare,
  choice,
  count,
  duration,
  flag,
  kinds,
  schemaAt,
  several,
  size,
  text,
  textLike,
} from "../base/settings.ts";
import { canonical } from "../mail/address.ts";

interface Note {
  readonly about: string;
  /** What holds without the setting, where the schema cannot say it. */
  readonly without?: string;
  /** Not for the variables of hooks. */
  readonly secret?: boolean;
}

const notes = z.registry<Note>();

/** Adds what a setting means; the last call on a schema. */
function note<T extends z.ZodType>(
  schema: T,
  about: string,
  more: Omit<Note, "about"> = {},
): T {
  notes.add(schema, { about, ...more });
  return schema;
}

const hasControl = (value: string) => /\p{Cc}/u.test(value);
const line = () =>
  textLike(
    "text on one line, up to 500 characters",
    (value) => !hasControl(value) && value.length <= 500,
  );
const path = () =>
  textLike(
    "a path, absolute or from the home",
    (value) => value !== "" && !hasControl(value),
  );
const address = () =>
  textLike(
    'an address such as "anna@example.org"',
    (value) => canonical(value) !== undefined,
  );
const hostName = () =>
  textLike('a host name such as "lists.example.org"', (value) =>
    /^(?!.{254})[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9][a-z0-9-]{0,62})*$/i.test(
      value,
    ),
  );
const observe = () =>
  several(
    textLike('a hook as "posts/10-approve/50-mine"', (value) =>
      /^[^/\s]+\/[^/\s]+\/[^/\s]+$/.test(value),
    ),
  ).prefault([]);

function isServer(value: string, schemes: readonly string[]): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return (
    url !== undefined &&
    schemes.includes(url.protocol) &&
    url.hostname !== "" &&
    `${url.username}${url.password}${url.search}${url.hash}` === "" &&
    ["", "/"].includes(url.pathname)
  );
}

/** This host's name, made fit for EHLO. */
function hostsName(): string {
  const name = hostname().toLowerCase();
  return hostName().safeParse(name).success ? name : "localhost";
}

const ldap = z.strictObject({
  url: note(
    textLike("ldap://host:port or ldaps://host:port", (value) =>
      isServer(value, ["ldap:", "ldaps:"]),
    ),
    "The server.",
  ),
  base: note(line(), "Where to search: a DN."),
  scope: note(
    choice("sub", "one", "base").prefault("sub"),
    "How deep below the base.",
  ),
  filter: note(
    text(),
    "Which entries (RFC 4515). %{list}, %{local}, %{domain} and %{sender} stand for the list's address, its two halves and the sender of the post, escaped.",
  ),
  attribute: note(
    textLike("the name of an attribute", (value) =>
      /^[A-Za-z][A-Za-z0-9;-]*$/.test(value),
    ).prefault("mail"),
    'What holds the addresses. Where it holds DNs ("member"), the mail attribute of each is taken.',
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
  timeout: note(
    duration().prefault("30s"),
    "Longest wait for one answer; after it the post waits and is tried again.",
  ),
  page: note(count(1, 100_000).prefault(500), "Entries a page (RFC 2696)."),
});

const sql = z.strictObject({
  url: note(
    textLike('"sqlite:PATH", absolute or from the home', (value) =>
      /^sqlite:[^\0]+$/.test(value),
    ),
    "The database.",
  ),
  query: note(
    text(),
    "A SELECT; the first column is the address. :list, :local, :domain and :sender are bound to the list's address, its two halves and the sender of the post.",
  ),
});

const dbm = z.strictObject({
  path: note(path(), "An LMDB file or folder, as Postfix's lmdb maps are."),
  take: note(
    choice("keys", "values").prefault("keys"),
    "Whether keys or values are addresses; a value may hold several with commas.",
  ),
});

const file = z.strictObject({
  path: note(
    path(),
    "A text file: an address or Name <address> a line, # begins a comment.",
  ),
});

const digest = z.strictObject({
  enabled: note(flag().prefault(true), "Whether there are digests."),
  posts: note(
    count(1, 10_000).prefault(20),
    "A digest goes out with this many posts,",
  ),
  size: note(size().prefault("256KB"), "or with posts of this size together,"),
  age: note(
    duration("365d").prefault("24h"),
    "or when its oldest post is this old.",
  ),
});

const custom = z.record(
  z.string().regex(/^[a-z][a-z0-9_]*$/),
  z
    .union([z.string(), z.number(), z.boolean()])
    .register(kinds, { allowed: "text, a number, true or false" }),
);

/** The sections that bring recipients. */
export const sourceSections = {
  ldap: "Recipients from a directory.",
  sql: "Recipients from a database.",
  dbm: "Recipients from a DBM file.",
  file: "Recipients from a text file.",
};

const listShape = {
  description: note(line().prefault(""), "What the list is about."),
  owners: note(several(address()).prefault([]), "Who gets mail to the owners."),
  post: note(
    choice("members", "anyone", "owners").prefault("members"),
    "Who may post.",
  ),
  others: note(
    choice("reject", "hold", "discard").prefault("reject"),
    "What happens to a post of somebody who may not.",
  ),
  subject_prefix: note(
    line().prefault(""),
    'Put before subjects, such as "[list] ".',
  ),
  footer: note(
    text().prefault(""),
    "Text under every post; {{list}} stands for the list's address.",
  ),
  footer_dkim: note(
    flag().prefault(false),
    "Whether posts with a DKIM signature get the footer, which breaks the signature.",
  ),
  reply_to: note(
    choice("author", "list").prefault("author"),
    "Where replies go; with author the Reply-To of a post stays as it is.",
  ),
  own_copy: note(
    flag().prefault(true),
    "Whether members get their own posts back.",
  ),
  archive: note(flag().prefault(true), "Whether posts are archived."),
  message_limit: note(size().optional(), "Largest post.", {
    without: "limits.message of the site",
  }),
  observe: note(
    observe(),
    "Hooks of this list that run for the log only: their verdict is not acted on.",
  ),
  digest: note(digest.prefault({}), "When a digest goes out."),
  ldap: note(ldap.optional(), sourceSections.ldap),
  sql: note(sql.optional(), sourceSections.sql),
  dbm: note(dbm.optional(), sourceSections.dbm),
  file: note(file.optional(), sourceSections.file),
  custom: note(
    custom.prefault({}),
    "Settings for hooks of your own: any name of a to z, 0 to 9 and _; hooks find it as LISTMILL_SETTING_CUSTOM_NAME.",
  ),
};

/** The settings of a list, list.toml. */
export const listSchema = z.strictObject(listShape);

/** The site's defaults for lists: a source may be given in part. */
const listDefaults = z.strictObject({
  ...listShape,
  ldap: ldap.partial().optional(),
  sql: sql.partial().optional(),
  dbm: dbm.partial().optional(),
  file: file.partial().optional(),
});

/** The settings of a site, listmill.toml. */
export const siteSchema = z.strictObject({
  hostname: note(
    hostName().prefault(hostsName),
    "The name of this host in EHLO, Message-IDs and reports.",
    { without: "the host's name" },
  ),
  delimiters: note(
    textLike("some of the characters - + = _ #", (value) =>
      /^[-+=_#]*$/.test(value),
    ).prefault("-+"),
    "What separates a list's name from an extension: list-request, list+subscribe.",
  ),
  postmaster: note(address().optional(), "Who is responsible for this site.", {
    without: "postmaster at the domain of the list",
  }),
  limits: note(
    z
      .strictObject({
        message: note(size().prefault("50MB"), "Largest message."),
        header: note(size().prefault("256KB"), "Largest header of a message."),
      })
      .prefault({}),
    "What is too large is rejected.",
  ),
  hooks: note(
    z
      .strictObject({
        timeout: note(
          duration().prefault("60s"),
          "Longest run of a hook; after it its process group is killed and the message waits.",
        ),
        output: note(size().prefault("256MB"), "Largest output of a hook."),
        launchers: note(
          count(1, 256).prefault(4),
          "Shells that start the executable hooks: so many run at once.",
        ),
        observe: note(
          observe(),
          "Hooks that run for the log only: their verdict is not acted on.",
        ),
      })
      .prefault({}),
    "How hooks are run.",
  ),
  runner: note(
    z
      .strictObject({
        jobs: note(
          count(1, 1000).prefault(4),
          "Messages that a runner works on at once.",
        ),
        scan: note(
          duration().prefault("5s"),
          "How often the queues are listed; what comes from this host is noticed at once.",
        ),
      })
      .prefault({}),
    "How a runner works.",
  ),
  retry: note(
    z
      .strictObject({
        first: note(
          duration("365d").prefault("5m"),
          "Wait after the first failure; it doubles with each,",
        ),
        most: note(duration("365d").prefault("4h"), "up to this,"),
        give_up: note(
          duration("365d").prefault("5d"),
          "until the message is this old and fails for good.",
        ),
      })
      .prefault({})
      .refine((retry) => retry.first <= retry.most, {
        path: ["most"],
        message: "must be at least retry.first",
      }),
    "When something is tried again.",
  ),
  node: note(
    z
      .strictObject({
        renew: note(
          duration().prefault("5s"),
          "How often a node renews its lease.",
        ),
        stale: note(
          duration().prefault("30s"),
          "Age of a lease at which other nodes take over; at least three times renew. The same on all hosts.",
        ),
      })
      .prefault({})
      .refine((node) => node.stale >= 3 * node.renew, {
        path: ["stale"],
        message: "must be at least three times node.renew",
      }),
    "How hosts notice that another is dead.",
  ),
  outbound: note(
    z
      .strictObject({
        smtp: note(
          textLike(
            "smtp://host:port, smtps://host:port or lmtp://host:port, without a name and password",
            (value) => isServer(value, ["smtp:", "smtps:", "lmtp:"]),
          ).prefault("smtp://127.0.0.1:25"),
          "The MTA that gets the mail.",
        ),
        rate: note(
          count(0, 1e9).prefault(600),
          "Most messages a minute and runner, a recipient counts one; 0: no limit.",
        ),
        recipients: note(
          count(1, 100_000).prefault(100),
          "Most recipients of one SMTP transaction.",
        ),
        portion: note(
          count(1, 1_000_000).prefault(1000),
          "Most recipients of one entry of the outbound queue.",
        ),
        timeout: note(
          duration().prefault("10m"),
          "Longest wait for an answer of the MTA: one that thinks long over a message must not get it twice (RFC 5321, 4.5.3.2).",
        ),
      })
      .prefault({}),
    "How mail leaves.",
  ),
  list: note(
    listDefaults.prefault({}),
    "Defaults for all lists: any setting of list.toml. Those of [list.ldap], [list.sql], [list.dbm] and [list.file] hold for lists that have such a section themselves; it may be empty.",
  ),
});

/** What holds for one list. Durations are milliseconds, sizes bytes. */
export type ListSettings = z.output<typeof listSchema>;

/** What listmill.toml says. Durations are milliseconds, sizes bytes. */
export type SiteSettings = z.output<typeof siteSchema>;

/** A setting or section, as the manual tells it. */
export interface Row {
  readonly path: readonly string[];
  readonly about: string;
  /** A section has its own rows behind it; one that is optional changes much by being there. */
  readonly section?: "always" | "optional";
  /** What may stand there. */
  readonly allowed: string;
  /** What holds without it: a value as it is written, `undefined` where it must be given. */
  readonly fallback: unknown;
  /** The same in words, where there is no such value. */
  readonly without: string | undefined;
  readonly unit: "milliseconds" | "bytes" | undefined;
  readonly secret: boolean;
}

/** All settings of a schema in order, those without a section first. */
export function rowsOf(
  schema: typeof siteSchema | typeof listSchema,
): readonly Row[] {
  return rows(schema, []);
}

function rows(schema: z.ZodObject, above: readonly string[]): Row[] {
  const found: Row[] = [];
  for (const [key, wrapped] of Object.entries(schema.shape)) {
    const inner = bare(wrapped) as z.ZodType;
    const known = notes.get(wrapped as z.ZodType);
    const optional = wrapped instanceof z.ZodOptional;
    const isSection =
      inner instanceof z.ZodObject || inner instanceof z.ZodRecord;
    const path = [...above, key];
    found.push({
      path,
      about: known?.about ?? "",
      ...(isSection && { section: optional ? "optional" : "always" }),
      allowed: kinds.get(inner)?.allowed ?? "",
      fallback:
        wrapped instanceof z.ZodPrefault && known?.without === undefined
          ? wrapped.def.defaultValue
          : undefined,
      without: known?.without,
      unit: kinds.get(inner)?.unit,
      secret: known?.secret ?? false,
    });
    if (inner instanceof z.ZodObject && key !== "list")
      found.push(...rows(inner, path));
  }
  return found;
}

/**
 * What a person typed for a setting, as the value that TOML would have: "20" is a number where a
 * number is wanted, "a@x.org b@x.org" an array where several are. Not checked.
 * @param key such as "digest.posts"
 */
export function fromText(key: string, typed: string): unknown {
  const schema = schemaAt(listSchema, key.split("."));
  const number = typed.trim() === "" ? Number.NaN : Number(typed);
  if (schema instanceof z.ZodArray)
    return typed.split(/[\s,]+/).filter((word) => word !== "");
  const open = schema instanceof z.ZodUnion;
  if (open || schema instanceof z.ZodBoolean)
    if (typed === "true" || typed === "false") return typed === "true";
  if (open || schema instanceof z.ZodNumber)
    if (Number.isFinite(number)) return number;
  return typed;
}
