/**
 * Reads a list of mlmmj: the folder that mlmmj-make-ml made. Members are read a line at a time,
 * however many there are; of who gets both posts and digests, posts are kept.
 */
import { join } from "node:path";
import { isFolder } from "../base/files.ts";
import { keyOf } from "../mail/address.ts";
import { Account, addressOf } from "./account.ts";
import { weigh } from "./counterparts.ts";
import { listFolder, namesIn, numberedLines } from "./files.ts";
import type { Found, FoundMember, Wanted } from "./found.ts";
import { addressesIn, together } from "./kinds.ts";
import { defaults } from "./mlmmj/absent.ts";
import { controlIn } from "./mlmmj/control.ts";
import { postingOf } from "./mlmmj/posts.ts";
import { texts } from "./mlmmj/texts.ts";
import { tunables } from "./mlmmj/tunables.ts";
import { posting } from "./posting.ts";

export async function mlmmj(path: string, wanted: Wanted): Promise<Found> {
  const dir = listFolder(path, "control/listaddress", "mlmmj");
  const control = await controlIn(dir);
  const [first] = control.lines("listaddress");
  const file = join(dir, "control/listaddress");
  const address = keyOf(addressOf(file, first, wanted.address));
  const account = new Account();
  const digesters = await addressesIn(people(dir, "digesters.d"));
  const off = await addressesIn(people(dir, "nomailsubs.d"));
  posting(account, postingOf(control));
  const source = { control, address, digesters: digesters.size };
  weigh(
    tunables,
    control.names().map((name) => [name, control.text(name)]),
    account,
    source,
  );
  defaults(account, source);
  await texts(account, dir, address);
  waiting(account, dir);
  account.keep("subscribers.d, digesters.d, nomailsubs.d", "", "the members");
  const members = together([
    { people: () => people(dir, "subscribers.d"), delivery: "posts" },
    {
      people: () => people(dir, "digesters.d"),
      delivery: "digest-mime",
      only: digesters,
    },
    {
      people: () => people(dir, "nomailsubs.d"),
      delivery: "nomail",
      only: off,
    },
  ]);
  const archive = join(dir, "archive");
  return account.found(
    address,
    members,
    namesIn(archive).length > 0 ? archive : undefined,
  );
}

/** The lines of all files of a folder. */
async function* people(
  dir: string,
  folder: string,
): AsyncGenerator<Pick<FoundMember, "address" | "where">> {
  for (const name of namesIn(join(dir, folder))) {
    if (name.startsWith(".")) continue;
    const file = join(dir, folder, name);
    for await (const { line, text } of numberedLines(file))
      if (text.trim() !== "")
        yield { address: text.trim(), where: `${file}:${line}` };
  }
}

/** What the old manager has not finished yet. */
function waiting(account: Account, dir: string): void {
  const kinds = {
    moderation: "posts and people that wait for a moderator",
    subconf: "requests to join that are not confirmed",
    unsubconf: "requests to leave that are not confirmed",
    requeue: "posts that are not delivered to all",
  };
  for (const [folder, what] of Object.entries(kinds)) {
    const count = isFolder(join(dir, folder))
      ? namesIn(join(dir, folder)).length
      : 0;
    if (count > 0)
      account.lose(
        folder,
        `${count}`,
        `${what}, in mlmmj`,
        "let mlmmj finish them before mail goes to listmill",
      );
  }
}
