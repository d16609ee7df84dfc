/**
 * listmill list set: settings of a list.toml are changed.
 */
import { exit, Failure } from "../../base/errors.ts";
import type { Change } from "../../lists/change.ts";
import { isListName } from "../../lists/names.ts";
import { keyOf } from "../../mail/address.ts";
import type { Context } from "../context.ts";
import { telling } from "./tell.ts";

export async function set(
  context: Context,
  typed: string | undefined,
  wanted: readonly Change[],
): Promise<void> {
  const { lists } = context;
  const name = keyOf(typed ?? "");
  // Where an address leads is its own; all else is that of the list that it leads to.
  const isOwn = wanted.some(([key]) => key === "moved");
  if (isOwn) mustLeadSomewhere(context, name, wanted);
  const address =
    isOwn && lists.movedTo(name) !== undefined
      ? name
      : context.list(typed).address;
  // No values: there are secrets among them.
  const detail = { settings: wanted.map(([key]) => key) };
  const list = await telling(context, address, "list.changed", detail, () =>
    lists.set(address, ...wanted),
  );
  if (list.settings.owners.length > 0) return;
  if (wanted.some(([key]) => key === "owners"))
    process.stderr.write(
      `listmill: ${address} has no owners in its settings now: what is meant for them goes to those of: listmill role list ${address}\n`,
    );
}

/** Throws a Failure where mail for a list would wait for one that is not there. */
export function mustLeadSomewhere(
  { lists }: Context,
  name: string,
  wanted: readonly Change[],
): void {
  for (const [key, value] of wanted) {
    if (key !== "moved" || value === undefined) continue;
    const to = keyOf(String(value));
    if (to !== name && isListName(to) && lists.made(to)?.address === to)
      continue;
    throw new Failure(
      exit.usage,
      `moved: ${to} is no list that mail can go to; to give this list that address: listmill list rename ${name} ${to}`,
    );
  }
}
