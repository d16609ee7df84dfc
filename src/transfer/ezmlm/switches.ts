/**
 * ezmlm-idx: what becomes of each switch of ezmlm-make, by the file that stands for it. Pure.
 */
import type { Account } from "../account.ts";
import {
  joining,
  postingWords,
  type Readers,
  readersLines,
} from "../posting.ts";
import type { Folder } from "./folder.ts";
import { prefix, type Switch, trailer } from "./looks.ts";
import { postingOf } from "./posts.ts";

const lost =
  (why: string, instead = ""): Switch["on"] =>
  (account, _folder, name) =>
    account.lose(name, "on", why, instead);

const kept =
  (becomes: string): Switch["on"] =>
  (account, _folder, name) =>
    account.keep(name, "on", becomes);

const posting: Switch["on"] = (account, folder, name) =>
  account.keep(name, "on", postingWords(postingOf(folder)), "policy");

const archiveReaders = (folder: Folder): Readers => {
  if (folder.on("b", "modgetonly") || !folder.on("p", "public"))
    return "moderators";
  return folder.on("g", "subgetonly") ? "members" : "accept";
};

const reads: Switch["on"] = (account, folder, name) =>
  account.ruled(
    name,
    "on",
    "archive",
    readersLines(archiveReaders(folder)),
    "last",
  );

const subscribes: Switch["on"] = (account, folder, name) => {
  const how = !folder.on("p", "public")
    ? "reject"
    : folder.on("s", "modsub")
      ? "hold"
      : folder.on("h", "nosubconfirm")
        ? "accept"
        : "confirm";
  joining(
    account,
    name,
    name === "public" ? how !== "reject" : "on",
    "subscribe",
    how,
  );
};

/** By letter. */
export const switches: Readonly<Record<string, Switch>> = {
  a: {
    file: "archived",
    on: (account, folder, name) => {
      const readers = readersLines(archiveReaders(folder));
      account.rules("archive", readers, "last");
      account.keep(name, "on", "archive = true");
    },
    off: (account, _folder, name) => account.set(name, "off", "archive", false),
  },
  b: { file: "modgetonly", on: reads },
  c: {},
  d: {
    file: "digested",
    on: kept("digest.enabled = true"),
    off: (account, _folder, name) =>
      account.set(name, "off", "digest.enabled", false),
  },
  e: {},
  f: { file: "prefix", on: prefix },
  g: { file: "subgetonly", on: reads },
  h: { file: "nosubconfirm", on: subscribes },
  i: {
    file: "threaded",
    on: lost(
      "there is no index for a page of the archive",
      "public-inbox or MHonArc as a consumer of the archive",
    ),
  },
  j: {
    file: "nounsubconfirm",
    on: (account, _folder, name) =>
      joining(account, name, "on", "unsubscribe", "accept"),
  },
  k: {},
  l: {
    file: "modcanlist",
    on: (account, _folder, name) =>
      account.ruled(name, "on", "who", readersLines("moderators"), "last"),
    off: (account, _folder, name) =>
      account.ruled(name, "off", "who", readersLines("owners"), "last"),
  },
  m: { file: "modpost", on: posting },
  n: {
    file: "modcanedit",
    on: lost("texts are not edited by mail", "listmill template edit"),
  },
  o: { file: "modpostonly", on: posting },
  p: {
    file: "public",
    on: subscribes,
    off: (account, folder, name, address) => {
      subscribes(account, folder, name, address);
      joining(account, name, "off", "unsubscribe", "reject");
      reads(account, folder, name, address);
    },
  },
  q: {},
  r: {
    file: "remote",
    on: lost(
      "moderators do not add and remove others by mail",
      "listmill member add, listmill member remove",
    ),
  },
  s: { file: "modsub", on: subscribes },
  t: { file: "addtrailer", on: trailer },
  u: { file: "subpostonly", on: posting },
  v: {},
  w: {
    file: "nowarn",
    on: lost("bounces are judged by listmill's own measure"),
  },
  x: {
    file: "mimeremove",
    on: lost(
      "parts of messages are not taken out",
      'an edit hook (docs/hooks.md), or a rule such as "hold if attachment application/*"',
    ),
  },
  y: {
    file: "confirmpost",
    on: (account, folder, name) => {
      // What a moderator looks at needs no confirmation besides.
      if (folder.on("m", "modpost") && !folder.on("u", "subpostonly"))
        account.lose(
          name,
          "on",
          "posts wait for a moderator, and are not confirmed besides",
        );
      else
        account.ruled(
          name,
          "on",
          "post",
          [folder.on("u", "subpostonly") ? "confirm if member" : "confirm"],
          "last",
        );
    },
  },
  z: {},
  "0": {
    file: "sublist",
    on: lost(
      "a list that gets its posts from another list is not known as such",
      "add this list's address as a member of the other list, or umbrella = true there",
    ),
  },
  "3": {
    file: "fromheader",
    on: lost("From stays the author", "an edit hook (docs/hooks.md)"),
  },
  "4": {
    on: lost(
      "digests go out by digest.posts, digest.size, digest.age and digest.at",
    ),
  },
  "5": { file: "owner" },
  "6": {
    file: "subdb",
    on: lost(
      "its members lie in a database",
      "[sql] in list.toml, or: ezmlm-list DIR > FILE and --members FILE",
    ),
  },
  "7": { file: "modpost" },
  "8": { file: "modsub" },
  "9": { file: "remote" },
};

/** The files that a switch stands for. */
export const switchFiles: ReadonlySet<string> = new Set(
  Object.values(switches).flatMap(({ file }) => (file ? [file] : [])),
);

/** Writes down every switch. */
export function weighSwitches(
  account: Account,
  folder: Folder,
  address: string,
): void {
  const told = new Set<string>();
  for (const [letter, { file, on, off }] of Object.entries(switches)) {
    const name = file ?? `-${letter}`;
    if (told.has(name) || name === "owner") continue;
    told.add(name);
    const is =
      file !== undefined
        ? folder.on(letter, file)
        : /\d/.test(letter) && folder.config(letter) !== "";
    const says = is ? on : off;
    if (says) says(account, folder, name, address);
    else
      account.needless(
        name,
        is ? "on" : "off",
        is ? "it changes nothing here" : "as it is by default",
      );
  }
  for (const letter of folder.letters())
    if (!Object.hasOwn(switches, letter.toLowerCase()))
      account.lose(`-${letter}`, "on", "unknown to this importer");
}
