/** Taking a post out of the digest, where it waits for its issue or is kept with one. */
import { join } from "node:path";
import { openMessage } from "../mail/message.ts";
import { messageIdHash } from "../mail/messageidhash.ts";
import { replace } from "../spool/durable.ts";
import { namesIn } from "../spool/verify/stream.ts";
import { contentOf, postsBetween, postsOf } from "./posts.ts";

const HEADER = 256 * 1024;

/**
 * Empties the files of a post: a number without a file could be given again.
 * @param hash of its Message-ID @returns how many there were
 */
export async function forgetPost(
  digestDir: string,
  hash: string,
): Promise<number> {
  let count = 0;
  for (const number of numbersOf(postsOf(digestDir)))
    for (const post of postsBetween(digestDir, number, number)) {
      const { header } = await openMessage(contentOf(post), HEADER);
      if (messageIdHash(header.get("Message-ID")) !== hash) continue;
      await replace(post.path, "");
      count += 1;
    }
  return count;
}

function* numbersOf(folder: string): Generator<number> {
  for (const shelf of namesIn(folder))
    if (/^\d+$/.test(shelf.name))
      for (const { name } of namesIn(join(folder, shelf.name)))
        if (/^\d+$/.test(name)) yield Number(name);
}
