/**
 * Reads a list of ezmlm or ezmlm-idx: the folder that ezmlm-make made, of any version. Members are
 * read a record at a time, however many there are.
 */
import { join } from "node:path";
import { isFolder } from "../base/files.ts";
import { keyOf } from "../mail/address.ts";
import { Account, addressOf } from "./account.ts";
import { weigh } from "./counterparts.ts";
import { defaults, files } from "./ezmlm/files.ts";
import { addresses, type Folder, folderOf } from "./ezmlm/folder.ts";
import { postingOf } from "./ezmlm/posts.ts";
import { switchFiles, weighSwitches } from "./ezmlm/switches.ts";
import { texts } from "./ezmlm/texts.ts";
import { listFolder, namesIn, smallText } from "./files.ts";
import type { Found, Wanted } from "./found.ts";
import { addressesIn, together } from "./kinds.ts";
import { posting } from "./posting.ts";
import { senders } from "./senders.ts";

export async function ezmlm(path: string, wanted: Wanted): Promise<Found> {
  const dir = listFolder(path, "key", "ezmlm");
  const folder = await folderOf(dir);
  const local = folder.first("outlocal") || folder.config("L");
  const host = folder.first("outhost") || folder.config("H");
  const told = local && host ? `${local}@${host}` : undefined;
  const address = keyOf(addressOf(dir, told, wanted.address));
  const account = new Account();
  posting(account, postingOf(folder));
  const source = { folder, address };
  await texts(account, dir, address);
  weighSwitches(account, folder, address);
  const rest = folder
    .names()
    .filter((name) => name === "owner" || !switchFiles.has(name));
  weigh(
    files,
    rest.map((name) => [name, folder.text(name)]),
    account,
    source,
  );
  if (!folder.has("owner")) weigh(files, [["owner", ""]], account, source);
  defaults(account, source);
  await roles(account, folder);
  await waits(account, folder);
  if (folder.has("sql") || folder.has("subdb"))
    account.lose(
      "subscribers",
      "",
      "the members lie in a database",
      "ezmlm-list DIR > FILE, and --members FILE",
    );
  else account.keep("subscribers, digest/subscribers", "", "the members");
  const digests = join(dir, "digest");
  const members = together([
    { people: () => addresses(dir), delivery: "posts" },
    {
      people: () => addresses(digests),
      delivery: "digest-mime",
      only: await addressesIn(addresses(digests)),
    },
  ]);
  const archive = join(dir, "archive");
  return account.found(
    address,
    members,
    namesIn(archive).length > 0 ? archive : undefined,
  );
}

/** Moderators, who may post, and who may not. */
async function roles(account: Account, folder: Folder): Promise<void> {
  for (const file of ["modpost", "modsub", "remote"]) {
    const other = folder.first(file);
    const name = other.replace(/^\/.*\//, "") || "mod";
    if (other && !isFolder(join(folder.dir, name)))
      account.lose(
        file,
        other,
        "the moderators lie in a folder that is not in the list's",
        "listmill list set LIST moderators=...",
      );
    await moderators(account, folder, name);
  }
  const allowed = await all(join(folder.dir, "allow"));
  // Without -u nobody is asked whether he is a subscriber, or one of these.
  if (folder.on("u", "subpostonly"))
    senders(account, "allow/", allowed, {
      deed: "post",
      action: "accept",
      when: "accept",
    });
  else
    account.needless("allow/", allowed, "posts are not for subscribers only");
  const denied = await all(join(folder.dir, "deny"));
  senders(account, "deny/", denied, {
    deed: "post",
    action: "reject",
    when: "refuse",
  });
}

async function moderators(
  account: Account,
  folder: Folder,
  name: string,
): Promise<void> {
  const people = await all(join(folder.dir, name));
  const good = people.filter((one) =>
    account.role(`${name}/`, one, "moderator"),
  );
  if (
    good.length > 0 &&
    !account.kept.some(({ setting }) => setting === `${name}/`)
  )
    account.keep(`${name}/`, good, "moderators");
}

async function all(dir: string): Promise<string[]> {
  return Array.fromAsync(addresses(dir), ({ address }) => address);
}

/** How long posts wait, and those that do. */
async function waits(account: Account, folder: Folder): Promise<void> {
  const hours = Number.parseInt(
    (await smallText(join(folder.dir, "mod/modtime"))) ?? "",
    10,
  );
  if (folder.on("m", "modpost"))
    account.set(
      "mod/modtime",
      hours || "(not there)",
      "moderation.expire",
      `${Math.min(Math.max(hours || 120, 24), 240)}h`,
    );
  const pending = namesIn(join(folder.dir, "mod/pending")).length;
  if (pending > 0)
    account.lose(
      "mod/pending",
      `${pending}`,
      "posts that wait for a moderator, in ezmlm",
      "decide them before mail goes to listmill",
    );
}
