/**
 * Reads a list of Majordomo 1.9x: NAME with an address a line, NAME.config, NAME.info, NAME.intro,
 * and NAME-digest, which there is a list of its own and here the members with digests.
 */
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { isFile, isFolder } from "../base/files.ts";
import { byRole } from "../lists/policy/ready.ts";
import { canonical, keyOf, localOf, parseAddresses } from "../mail/address.ts";
import { Account, addressOf } from "./account.ts";
import { weigh } from "./counterparts.ts";
import { namesIn, numberedLines, smallText } from "./files.ts";
import type { Found, Wanted } from "./found.ts";
import { addressesIn, type Person, together } from "./kinds.ts";
import { configIn } from "./majordomo/config.ts";
import { keywords, listText } from "./majordomo/keywords.ts";
import { postingOf, type Source } from "./majordomo/source.ts";
import { joining, posting, readersLines } from "./posting.ts";
import { senders } from "./senders.ts";

export async function majordomo(path: string, wanted: Wanted): Promise<Found> {
  const { dir, name } = placeOf(path, wanted.address);
  const values = await valuesOf(dir, name);
  const host = values.get("resend_host");
  const told = host && `${name}@${host}`;
  const address = keyOf(addressOf(path, told, wanted.address));
  const source: Source = { values, address, name };
  const account = new Account();
  posting(account, postingOf(source));
  weigh(keywords, values, account, source);
  if (!values.has("subscribe_policy"))
    joining(account, "subscribe_policy", "(not there)", "subscribe", "confirm");
  if (!values.has("get_access"))
    account.ruled(
      "get_access",
      "(not there)",
      "archive",
      readersLines("members"),
      "last",
    );
  await posters(account, dir, source);
  await texts(account, dir, source);
  const digestFile = join(dir, `${name}-digest`);
  await digests(account, dir, name, isFile(digestFile));
  account.lose(
    "owner",
    `owner-${name}`,
    "the address of the owner stands in the aliases of the mail server",
    "listmill list set LIST owners=...",
  );
  account.keep(name, join(dir, name), "the members");
  const members = together([
    { people: () => people(join(dir, name)), delivery: "posts" },
    {
      people: () => people(digestFile),
      delivery: "digest-plain",
      only: await addressesIn(people(digestFile)),
    },
  ]);
  const archive = join(dir, `${name}.archive`);
  return account.found(
    address,
    members,
    isFolder(archive) ? archive : undefined,
  );
}

/** The folder of lists and the name of the one that is meant. Throws a Failure where it is not told. */
function placeOf(path: string, address: string | undefined) {
  if (isFile(path)) {
    const name = basename(path).replace(/\.config$/, "");
    return { dir: dirname(path), name };
  }
  if (!isFolder(path))
    throw new Failure(exit.noInput, `${path}: there is no such file or folder`);
  const names = namesIn(path)
    .filter((one) => one.endsWith(".config"))
    .map((one) => one.slice(0, -".config".length))
    .filter((one) => !one.endsWith("-digest"));
  const wanted =
    address === undefined ? undefined : localOf(address).toLowerCase();
  const name = wanted ?? (names.length === 1 ? names[0] : undefined);
  if (name !== undefined && isFile(join(path, name)))
    return { dir: path, name };
  const there = names.slice(0, 10).join(", ");
  throw new Failure(
    exit.dataError,
    wanted === undefined
      ? `${path}: ${names.length} lists${there && `: ${there}`}; name the file of one, or say which with --list ADDRESS`
      : `${path}: there is no list ${wanted}${there && `; there are ${there}`}`,
  );
}

/** The config, over what flag files of older versions say. */
async function valuesOf(
  dir: string,
  name: string,
): Promise<Map<string, string>> {
  const has = (end: string) => isFile(join(dir, `${name}.${end}`));
  const values = new Map<string, string>();
  if (has("private"))
    for (const key of [
      "get_access",
      "index_access",
      "who_access",
      "which_access",
    ])
      values.set(key, "closed");
  const policy = has("closed") ? "closed" : has("auto") ? "auto" : undefined;
  if (policy) {
    values.set("subscribe_policy", policy);
    values.set("unsubscribe_policy", policy);
  }
  const file = join(dir, `${name}.config`);
  const text = await smallText(file);
  if (text !== undefined)
    for (const [key, value] of configIn(text, file).values)
      values.set(key, value);
  return values;
}

/** Members as lines: `address`, `Name <address>`, `address (Name)`. */
async function* people(file: string): AsyncGenerator<Person> {
  for await (const { line, text } of numberedLines(file)) {
    const written = text.trim();
    if (written === "" || written.startsWith("#")) continue;
    const where = `${file}:${line}`;
    if (canonical(written) !== undefined) yield { address: written, where };
    else {
      const found = parseAddresses(written).filter(({ address }) => address);
      if (found.length === 0) yield { address: written, where };
      for (const { address, name } of found)
        yield { address, where, ...(name && { name }) };
    }
  }
}

/** Who may post besides members, from the files of restrict_post. */
async function posters(
  account: Account,
  dir: string,
  source: Source,
): Promise<void> {
  const files = (source.values.get("restrict_post") ?? "")
    .split(/[:\s]+/)
    .filter(Boolean);
  if (files.length === 0) return;
  let members = false;
  for (const named of files) {
    // Owners write this by mail: no file of others is read for them.
    const file = join(dir, isAbsolute(named) ? relative(dir, named) : named);
    if (
      [source.name, `${source.name}-digest`].some(
        (one) => file === join(dir, one),
      )
    )
      members = true;
    else if (relative(dir, file).startsWith("..") || !isFile(file))
      account.lose(
        "restrict_post",
        named,
        "there is no such file beside the list's",
        "posters: listmill role add LIST poster ADDRESS",
      );
    else {
      const entries = await Array.fromAsync(
        people(file),
        ({ address }) => address,
      );
      senders(account, `restrict_post ${named}`, entries, {
        deed: "post",
        action: "accept",
        when: "accept",
      });
    }
  }
  if (members) return;
  account.rules("post", byRole, "accept");
  if (account.rules("post", ["hold if member"], "last"))
    account.keep(
      "restrict_post",
      files.join(" "),
      "rules.post: hold if member, for members are not in these files",
    );
}

async function texts(
  account: Account,
  dir: string,
  source: Source,
): Promise<void> {
  const intro = await smallText(join(dir, `${source.name}.intro`));
  const info = await smallText(join(dir, `${source.name}.info`));
  if (intro !== undefined)
    account.before(
      `${source.name}.intro`,
      "welcome",
      "en",
      listText(source, intro),
    );
  if (info !== undefined)
    account.before(`${source.name}.info`, "info", "en", listText(source, info));
}

/** The settings of the digest's own list that are about digests. */
async function digests(
  account: Account,
  dir: string,
  name: string,
  there: boolean,
): Promise<void> {
  const file = join(dir, `${name}-digest.config`);
  const text = await smallText(file);
  if (!there)
    account.set(`${name}-digest`, "(not there)", "digest.enabled", false);
  if (text === undefined) return;
  const values = [...configIn(text, file).values];
  const source = { values: new Map(values), address: "", name };
  const wanted = values.filter(([key]) => /^digest_max(lines|days)$/.test(key));
  weigh(keywords, wanted, account, source);
  const most = source.values.get("maxlength");
  if (
    most &&
    /^[1-9]\d{0,9}$/.test(most) &&
    !source.values.has("digest_maxlines")
  )
    account.set(`${name}-digest: maxlength`, most, "digest.size", Number(most));
  // Digests go out by size and age there, not by the number of posts.
  account.put("digest.posts", 0);
}
