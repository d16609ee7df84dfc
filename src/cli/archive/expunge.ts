/** `archive expunge`: posts that are to be gone. */
import { join, relative } from "node:path";
import { expunge as bury, tombstoneOf } from "../../archive/tombstones.ts";
import { exit, Failure } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { forgetPosts } from "../../digest/forget.ts";
import { numberPath, numbersOf } from "../../lists/sequence.ts";
import { actor } from "../actor.ts";
import type { Order } from "../archive.ts";
import { wholeNumber } from "../context.ts";
import { telling } from "../list/tell.ts";
import { archiveDirOf, withIndex } from "./catalogue.ts";

export async function expunge(order: Order): Promise<number> {
  const { context, list, rest, values } = order;
  const reason = oneLine(values.reason ?? "", 500).trim();
  if (rest.length === 0)
    throw new Failure(
      exit.usage,
      "archive expunge: which posts? Give their numbers",
    );
  if (reason === "")
    throw new Failure(
      exit.usage,
      "archive expunge takes a reason, which is kept: --reason TEXT",
    );
  const numbers = rest.map((text) => wholeNumber(text, "archive expunge"));
  const at = new Date(context.clock.now()).toISOString();
  const { who: by } = actor();
  const dir = archiveDirOf(order);
  let missing = 0;
  for (const number of numbers)
    if (
      await telling(
        context,
        list.address,
        "post.expunged",
        { number, reason },
        () => bury(dir, { number, at, by, reason }),
        relative(context.site.home, numberPath(numbersOf(dir), number)),
      )
    )
      context.say(`${list.address}: post ${number} is taken out`);
    else {
      missing += 1;
      process.stderr.write(
        `listmill: ${list.address}: there is no post ${number} in the archive\n`,
      );
    }
  await withIndex(order, () => {});
  const hashes = numbers.flatMap((one) => tombstoneOf(dir, one)?.hash || []);
  await forgetPosts(join(dir, "digest"), new Set(hashes));
  return missing > 0 ? exit.noInput : exit.ok;
}
