/** `archive thread`: what answers what. */
import { treeOf } from "../../archive/trees.ts";
import { exit, Failure } from "../../base/errors.ts";
import type { Order } from "../archive.ts";
import { noMore, wholeNumber } from "../context.ts";
import { writeJson, writeLines } from "../output.ts";
import { withIndex } from "./catalogue.ts";
import { jsonOf, lineOf } from "./list.ts";

/** Levels that are shown as such. */
const DEEPEST = 20;

export async function thread(order: Order): Promise<number> {
  const { context, list, rest } = order;
  const [typed] = rest;
  if (typed === undefined)
    throw new Failure(
      exit.usage,
      "archive thread: of which post? Give its number",
    );
  noMore(rest, 1);
  const number = wholeNumber(typed, "archive thread");
  return withIndex(order, async (catalogue) => {
    const tree = [...treeOf(catalogue, number)];
    if (tree.length === 0)
      throw new Failure(
        exit.noInput,
        `${list.address}: there is no post ${number} in the archive`,
      );
    if (context.json)
      await writeJson(
        tree.map(({ key, depth }) => ({
          depth,
          post: key ? jsonOf(key) : null,
        })),
      );
    else
      await writeLines(
        tree.map(({ key, depth }) => {
          const indent = "  ".repeat(Math.min(depth, DEEPEST));
          return key
            ? `${indent}${lineOf(key)}`
            : `${indent}     -  (not here)`;
        }),
      );
    return exit.ok;
  });
}
