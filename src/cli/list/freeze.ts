/**
 * listmill list freeze and thaw: nothing is posted to a list for a while, and nobody joins.
 */
import type { List } from "../../lists/directory.ts";
import type { Context } from "../context.ts";
import { tell } from "./tell.ts";

/** @param frozen what it shall be */
export async function freeze(
  context: Context,
  list: List,
  frozen: boolean,
): Promise<void> {
  const word = frozen ? "frozen" : "thawed";
  if (list.settings.frozen === frozen) {
    context.say(`${list.address} is ${word} already`);
    return;
  }
  await context.lists.set(list.address, ["frozen", frozen]);
  await tell(context, list, word);
  context.say(
    frozen
      ? `${list.address} is frozen: posts are refused, and nobody can join`
      : `${list.address} is thawed`,
  );
}
