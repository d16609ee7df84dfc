/**
 * ezmlm-idx: what becomes of each file of a list besides those that switches stand for. Pure.
 */
import { canonical } from "../../mail/address.ts";
import type { Account } from "../account.ts";
import { type Counterparts, gone, moot } from "../counterparts.ts";
import { addedFields } from "../fields.ts";
import type { Folder } from "./folder.ts";
import { filledIn } from "./words.ts";

/** What the table is asked about. */
export interface Source {
  readonly folder: Folder;
  readonly address: string;
}

type Table = Counterparts<string, Source>;

const own = moot<string, Source>("ezmlm's own");
const number = (text: string) =>
  /^\d{1,9}/.test(text) ? Number.parseInt(text, 10) : 0;

/** Fields that the template of ezmlm-make removes. */
const REMOVED =
  /^(return-path|return-receipt-to|content-length|precedence|x-confirm-reading-to|x-pmrqc|list-(subscribe|unsubscribe|help|post)|sender)$/i;

const byFile: Table = {
  headeradd: (_value, account, { folder, address }, name) =>
    addedFields(
      account,
      name,
      folder.lines(name).map((line) => filledIn(line, address, address)),
      address,
    ),
  headerremove: (_value, account, { folder }, name) => {
    const more = folder.lines(name).filter((one) => !REMOVED.test(one));
    if (more.length === 0)
      account.needless(name, "", "those that ezmlm-make writes there");
    else
      account.lose(
        name,
        more,
        "fields of the author stay",
        "an edit hook (docs/hooks.md)",
      );
  },
  headerkeep: gone(
    "fields of the author stay",
    "an edit hook (docs/hooks.md)",
    [""],
  ),
  headerreject: (_value, account, { folder }, name) => {
    const fields = folder.lines(name);
    for (const field of fields)
      account.ruled(
        name,
        field,
        "post",
        [/^[\w-]+$/.test(field) ? `reject if header ${field} *` : undefined],
        "filter",
      );
    if (fields.length === 0) account.needless(name, "", "none");
  },
  mimekeep: gone(
    "parts of messages are not taken out",
    "an edit hook (docs/hooks.md)",
    [""],
  ),
  mimereject: (_value, account, { folder }, name) => {
    const types = folder.lines(name);
    for (const type of types)
      account.ruled(
        name,
        type,
        "post",
        [
          /^[\w.+-]+(\/[\w.+*-]+)?$/.test(type)
            ? `reject if attachment ${type.includes("/") ? type : `${type}/*`}`
            : undefined,
        ],
        "filter",
      );
    if (types.length === 0) account.needless(name, "", "none");
  },
  msgsize: (_value, account, { folder }, name) => {
    const [most = "", least = ""] = folder.first(name).split(":");
    if (number(most) > 0)
      account.set(name, most, "message_limit", number(most));
    if (number(least) > 2)
      account.ruled(
        name,
        `:${least}`,
        "post",
        [`reject if not size > ${number(least)}`],
        "filter",
      );
    if (number(most) === 0 && number(least) <= 2)
      account.needless(name, "", "no limit");
  },
  digcount: (value, account, _source, name) =>
    account.set(
      name,
      value,
      "digest.posts",
      Math.min(Math.max(number(value), 1), 10_000),
    ),
  digsize: (value, account, _source, name) =>
    account.set(name, value, "digest.size", `${Math.max(number(value), 1)}KB`),
  digtime: (value, account, _source, name) =>
    account.set(
      name,
      value,
      "digest.age",
      `${Math.min(Math.max(number(value), 1), 8760)}h`,
    ),
  digformat: gone("members choose between MIME and plain digests", "", [
    "",
    "m",
  ]),
  digheaders: gone("digests show the fields that they show"),
  digestcode: moot("digests are made by the mill, when they are due"),
  sequence: gone(
    "posts have no field with their number",
    "an edit hook (docs/hooks.md)",
  ),
  listid: (_value, account, { folder, address }, name) =>
    folder.first(name).includes(`<${address.replace("@", ".")}>`)
      ? account.keep(name, folder.first(name), "List-Id")
      : account.lose(
          name,
          folder.first(name),
          `List-Id is <${address.replace("@", ".")}>`,
          "tell members whose filters look at it",
        ),
  noreturnposts: (value, account, _source, name) =>
    account.set(name, value, "moderation.expired", "discard"),
  omitbottom: moot("answers quote nothing of a request"),
  copylines: moot("answers quote nothing of a request"),
  qmqpservers: gone(
    "it is a setting of the whole site",
    "[outbound] smtp in listmill.toml",
    [""],
  ),
  outlocal: moot("the list's address"),
  outhost: moot("the list's address"),
  inlocal: moot("the list's address"),
  inhost: moot("the list's address"),
  charset: moot("everything is UTF-8"),
  owner: (_value, account, { folder }, name) => {
    const lines = [
      ...folder.lines(name),
      ...(folder.has(name) ? [] : [folder.config("5")]),
    ];
    const good = lines
      .map((line) => line.replace(/^&/, ""))
      .filter((one) => canonical(one) && account.role(name, one, "owner"));
    if (good.length > 0) account.keep(name, good, "owners");
    else
      account.lose(
        name,
        lines,
        "no address: mail to the owner was kept in a file or led to a program",
        "listmill list set LIST owners=...",
      );
  },
};

/** Files that say nothing about the list. */
const OWN =
  "config flags key lock lockbounce Log num dignum digissue archnum tstdig editor manager bouncer confirmer moderator dot ezmlmrc Mailbox vpopmail sublist-lock";

export const files: Table = {
  ...Object.fromEntries(OWN.split(" ").map((name) => [name, own])),
  ...byFile,
};

/** What holds because a file is not there. */
export function defaults(account: Account, { folder }: Source): void {
  const absent = (name: string) => !folder.has(name);
  if (absent("digcount"))
    account.set("digcount", "(not there)", "digest.posts", 30);
  if (absent("digsize"))
    account.set("digsize", "(not there)", "digest.size", "64KB");
  if (absent("digtime"))
    account.set("digtime", "(not there)", "digest.age", "48h");
}
