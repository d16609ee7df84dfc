/**
 * listmill list restore: a list that was kept aside comes back. Its members come first, so it is there
 * with all of them; cut short, it is said again.
 */
import { createReadStream, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { linesOf } from "../../base/lines.ts";
import { type Aside, asides, bringBack } from "../../lists/aside.ts";
import { keyOf } from "../../mail/address.ts";
import { personRoles } from "../../state/roles.ts";
import type { Context } from "../context.ts";
import { MEMBERS, ROLES } from "./remove.ts";
import { mustNotShadow } from "./shadowed.ts";
import { tell } from "./tell.ts";

/** @param typed an address, a folder's name or its path; undefined: say what there is */
export async function restore(
  context: Context,
  typed: string | undefined,
): Promise<void> {
  const { lists, site } = context;
  const root = join(site.home, "lists");
  const kept = asides(root);
  if (typed === undefined) {
    context.table(["list", "folder"], kept.map(shown));
    return;
  }
  const { address, folder } = chosen(kept, typed);
  if (lists.moved().has(address) || lists.names().includes(address))
    throw new Failure(
      exit.cannotCreate,
      `${address}: there is such a list; take it away first: listmill list remove ${address}`,
    );
  mustNotShadow(context, address);
  const file = join(root, folder, MEMBERS);
  const members = statSync(file, { throwIfNoEntry: false })
    ? await membersFrom(context, address, file)
    : undefined;
  await rolesFrom(context, address, join(root, folder, ROLES));
  await bringBack(root, folder, address);
  // What happened to whom before stays readable beside the settings.
  if (members !== undefined)
    for (const name of [MEMBERS, ROLES])
      rmSync(join(root, address, name), { force: true });
  lists.forget(address);
  const moved = lists.moved().get(address);
  if (moved !== undefined) {
    context.say(`${address} leads to ${moved} again`);
    return;
  }
  const list = context.list(address);
  const count = await context.roster.count(address);
  await tell(context, list, "restored", { members: count });
  context.say(`${address}: back in ${list.dir}, with ${count} members`);
}

function shown({ address, folder }: Aside) {
  return { list: address, folder };
}

function chosen(kept: readonly Aside[], typed: string): Aside {
  const name = basename(typed);
  const found =
    kept.find(({ folder }) => folder === name) ??
    kept.findLast(({ address }) => address === keyOf(typed));
  if (found) return found;
  throw new Failure(
    exit.noInput,
    `nothing is kept aside of ${typed}; what there is tells: listmill list restore`,
  );
}

/** Gives those their roles back who had one. */
async function rolesFrom(
  { roster }: Context,
  address: string,
  file: string,
): Promise<void> {
  if (!statSync(file, { throwIfNoEntry: false })) return;
  for await (const line of linesOf(createReadStream(file))) {
    const [, role, quoted, plain = quoted?.replaceAll('""', '"')] =
      /^([a-z]+),(?:"((?:[^"]|"")*)"|([^",]*)),/.exec(line) ?? [];
    const known = personRoles.find((one) => one === role);
    if (known && plain) await roster.role(address, plain, known, true);
  }
}

/** @returns how many lines were taken. Throws a Failure where some could not be. */
async function membersFrom(
  { roster }: Context,
  address: string,
  file: string,
): Promise<number> {
  const { added, changed, present, refused } = await roster.import(
    address,
    linesOf(createReadStream(file)),
  );
  const [first] = refused;
  if (first)
    throw new Failure(
      exit.dataError,
      `${file}:${first.line}: ${first.why}; mend the line or take it out, and say it again`,
    );
  return added + changed + present;
}
