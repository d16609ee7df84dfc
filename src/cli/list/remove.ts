/**
 * listmill list remove: a list is taken away, and all of it kept. A crash leaves its members in the state,
 * or in members.csv, or in both.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { plural } from "../../base/log.ts";
import { calm } from "../../lists/policy/flood.ts";
import { windowsOf } from "../../lists/policy/windows.ts";
import { keyOf } from "../../mail/address.ts";
import { writeNew } from "../../spool/durable.ts";
import type { Context } from "../context.ts";
import { waitingFor } from "./entries.ts";
import { tell } from "./tell.ts";

/** The members of a list that is kept aside. */
export const MEMBERS = "members.csv";
/** Who has a role of it. */
export const ROLES = "roles.csv";

export async function remove(
  context: Context,
  typed: string | undefined,
): Promise<void> {
  const { lists, roster } = context;
  const moved = lists.moved();
  const name = keyOf(typed ?? "");
  const to = moved.get(name);
  if (to !== undefined) {
    await lists.remove(name);
    context.say(`${name} leads to ${to} no more`);
    return;
  }
  const list = context.list(typed);
  if (list.onDemand)
    throw new Failure(
      exit.noUser,
      `${list.address}: it is made on demand, by lists/@${list.domain}/list.toml, and has no folder to take away`,
    );
  const { address } = list;
  // Before anything is moved: the state may not be there.
  await roster.count(address);
  const aside = await lists.remove(address);
  for (const [name, lines] of roster.tables(address))
    await writeNew(freeName(aside, name), linesToBytes(lines));
  await roster.clear(address);
  await calm(await windowsOf(context.site.home), address);
  await tell(context, list, "removed", { aside });
  context.say(`${address}: kept aside in ${aside}`);
  for (const line of left(context, address, moved)) context.say(line);
}

/** A list that was brought back has the journal of its first life beside it. */
function freeName(folder: string, name: string): string {
  const taken = new Set(readdirSync(folder));
  let free = name;
  for (let count = 2; taken.has(free); count += 1)
    free = name.replace(".", `.${count}.`);
  return join(folder, free);
}

async function* linesToBytes(lines: AsyncIterable<string>) {
  for await (const line of lines) yield Buffer.from(`${line}\n`);
}

/** What is still there of a list that was taken away, a sentence each. */
function left(
  { site, spool }: Context,
  address: string,
  moved: ReadonlyMap<string, string>,
): string[] {
  const lines: string[] = [];
  const archive = join(site.home, "archive", address);
  if (statSync(archive, { throwIfNoEntry: false }))
    lines.push(
      `  its archive stays in ${archive}: a list that gets this address goes on with it, unless it is moved away`,
    );
  const waiting = waitingFor(spool, address);
  if (waiting > 0)
    lines.push(
      `  ${plural(waiting, "entry of it waits", "entries of it wait")} until there is such a list again; see: listmill queue`,
    );
  for (const [from, to] of moved)
    if (to === address)
      lines.push(
        `  mail for ${from}, which leads to it, waits; end that with: listmill list remove ${from}`,
      );
  return lines;
}
