/** mlmmj: what becomes of each file in control/. Pure. */
import { type Counterparts, gone, moot, same } from "../counterparts.ts";
import { addedFields } from "../fields.ts";
import {
  type Joining,
  joining,
  postingWords,
  readersLines,
} from "../posting.ts";
import { plain, prefixOf } from "../texts.ts";
import { accessRules } from "./access.ts";
import type { Control } from "./control.ts";
import { postingOf } from "./posts.ts";

/** What the table is asked about. */
export interface Source {
  readonly control: Control;
  readonly address: string;
  readonly digesters: number;
}

type Table = Counterparts<string, Source>;
type Tunable = Table[string];

const SECONDS = 365 * 86_400;
export const seconds = (count: number) =>
  `${Math.min(Math.max(count, 1), SECONDS)}s`;

const postingPart: Tunable = (value, account, { control }, name) =>
  account.keep(name, value, postingWords(postingOf(control)), "policy");

const silence =
  (fits: (control: Control) => boolean): Tunable =>
  (value, account, { control }, name) =>
    fits(control)
      ? account.keep(name, value, "posts that may not pass are discarded")
      : account.needless(name, value, "nothing is denied for this reason");

const site = (setting: string, usual: readonly string[]): Tunable =>
  gone("it is a setting of the whole site", setting, usual);

const people =
  (role: "owner" | "moderator"): Tunable =>
  (_value, account, { control }, name) => {
    const good = control
      .lines(name)
      .filter((one) => account.role(name, one, role));
    account.keep(name, good, `${role}s`);
  };

/** How people join: the first of these that is there. */
export function joiningOf(control: Control): Joining {
  if (control.has("closedlist") || control.has("closedlistsub"))
    return "reject";
  if (control.has("submod")) return "hold";
  return control.has("nosubconfirm") ? "accept" : "confirm";
}

const joins: Tunable = (value, account, { control }, name) =>
  joining(account, name, value, "subscribe", joiningOf(control));

const gatekeepers: Tunable = (value, account, source, name) => {
  joins(value, account, source, name);
  const { control } = source;
  const moderators = control.lines("moderators");
  for (const address of control.lines(name)) {
    if (moderators.includes(address)) continue;
    if (moderators.length === 0) account.role(name, address, "moderator");
    else
      account.lose(
        name,
        address,
        "who decides about people decides about posts too, so this one was not made a moderator",
        `listmill list set LIST moderators=...,${address}`,
      );
  }
};

const archiveReaders: Tunable = (value, account, { control }, name) => {
  const readers = control.has("noget") ? "nobody" : "members";
  account.ruled(name, value, "archive", readersLines(readers));
};

export const tunables: Table = {
  listaddress: (_value, account, { control, address }, name) => {
    const [first = "", ...others] = control.lines(name);
    account.keep(name, first, `the list's address: ${address}`);
    for (const other of others)
      account.lose(
        name,
        other,
        "a list has one address",
        "let the mail server lead it to the list (an alias); posts that name it are taken",
      );
  },
  closedlist: (value, account, source, name) => {
    joins(value, account, source, name);
    account.rules("unsubscribe", ["reject"], "last");
  },
  closedlistsub: joins,
  nosubconfirm: joins,
  submod: gatekeepers,
  moderated: postingPart,
  moderators: people("moderator"),
  owner: people("owner"),
  subonlypost: postingPart,
  modonlypost: postingPart,
  modnonsubposts: postingPart,
  modnonmodposts: postingPart,
  nosubonlydenymails: silence((control) => control.has("subonlypost")),
  nomodonlydenymails: silence((control) => control.has("modonlypost")),
  noaccessdenymails: silence((control) => control.has("access")),
  notoccdenymails: silence((control) => !control.has("tocc")),
  nomaxmailsizedenymails: silence((control) => control.has("maxmailsize")),
  nosubmodmails: gone(
    "people are told that their request waits for a moderator",
  ),
  tocc: (value, account, _source, name) =>
    account.keep(name, value, "posts need not name the list"),
  modreqlife: (value, account, { control }, name) =>
    account.set(
      name,
      value,
      "moderation.expire",
      seconds(control.number(name, 604_800)),
    ),
  prefix: (_value, account, { control }, name) =>
    account.set(
      name,
      control.first(name),
      "subject_prefix",
      prefixOf(control.first(name)).prefix,
    ),
  customheaders: (_value, account, { control, address }, name) =>
    addedFields(account, name, control.lines(name), address),
  delheaders: (_value, account, { control }, name) => {
    if (control.lines(name).length === 0) account.needless(name, "", "none");
    for (const field of control.lines(name))
      if (/^(from |return-path:|precedence:|list-[a-z-]+:)/i.test(field))
        account.needless(name, field, "listmill sets it itself");
      else
        account.lose(
          name,
          field,
          "fields of the author stay",
          "an edit hook (docs/hooks.md)",
        );
  },
  access: (_value, account, { control }, name) =>
    accessRules(
      account,
      control.lines(name),
      postingOf(control),
      control.has("noaccessdenymails"),
    ),
  memorymailsize: moot("memory is flat whatever the size of a post"),
  addtohdr: same("personal.headers", () => ["To: {{address}}"]),
  relayhost: site("[outbound] smtp in listmill.toml", [
    "127.0.0.1",
    "localhost",
  ]),
  smtpport: site("[outbound] smtp in listmill.toml", ["25"]),
  smtphelo: site("hostname in listmill.toml", []),
  notifysub: same("tell_owners", () => true),
  notifymod: same("moderation.tell_author", () => true),
  digestinterval: (value, account, { control }, name) =>
    account.set(
      name,
      value,
      "digest.age",
      seconds(control.number(name, 604_800)),
    ),
  digestmaxmails: (value, account, { control }, name) =>
    account.set(
      name,
      value,
      "digest.posts",
      Math.min(Math.max(control.number(name, 50), 1), 10_000),
    ),
  nodigesttext: gone("a digest begins with its table of contents"),
  nodigestsub: (value, account, { digesters }, name) =>
    digesters === 0
      ? account.set(name, value, "digest.enabled", false)
      : account.lose(
          name,
          value,
          `there are digests, for those have them who had them before: ${digesters}`,
          "listmill list set LIST digest.enabled=false",
        ),
  nonomailsub: gone("members may choose nomail"),
  bouncelife: gone("bounces are judged by listmill's own measure", "", [
    "432000",
  ]),
  noarchive: same("archive", () => false),
  noget: archiveReaders,
  subonlyget: archiveReaders,
  verp: (value, account, { control }, name) =>
    account.set(
      name,
      value,
      "verp",
      control.first(name) === "" ? "never" : "always",
    ),
  maxverprecips: moot("recipients are divided by listmill's own measure"),
  delimiter: (_value, account, { control }, name) => {
    const sign = control.first(name) || "+";
    if ("-+".includes(sign))
      account.keep(name, sign, "both list-help@ and list+help@ are understood");
    else
      account.lose(
        name,
        sign,
        "it is a setting of the whole site",
        `delimiters in listmill.toml, with ${sign} in it`,
      );
  },
  maxmailsize: (value, account, { control }, name) => {
    const most = control.number(name, 0);
    if (most === 0)
      account.lose(
        name,
        value,
        "not a number of bytes",
        "listmill list set LIST message_limit=...",
      );
    else if (control.has("nomaxmailsizedenymails"))
      account.ruled(
        name,
        value,
        "post",
        [`discard if size > ${most}`],
        "first",
      );
    else account.set(name, value, "message_limit", most);
  },
  nolistsubsemail: (value, account, _source, name) =>
    account.ruled(name, value, "who", ["reject"]),
  staticbounceaddr: gone("bounces go to the list's own address", "", []),
  ifmodsendonlymodmoderate: gone("all moderators are told of what waits"),
  footer: (value, account, _source, name) =>
    value.trim() === ""
      ? account.needless(name, value, "empty")
      : account.set(name, value, "footer", `${plain(value).trimEnd()}\n`),
  notmetoo: same("own_copy", () => false),
};
