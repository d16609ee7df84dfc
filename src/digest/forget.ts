/** Taking posts out of the digest, where they wait for their issue or are kept with one. */
import { numbersWithFiles } from "../lists/sequence.ts";
import { openMessage } from "../mail/message.ts";
import { messageIdHash } from "../mail/messageidhash.ts";
import { replace } from "../spool/durable.ts";
import { contentOf, postsBetween, postsOf } from "./posts.ts";

/**
 * Empties the files of posts: a number without a file could be given again.
 * @param hashes of their Message-IDs @returns how many files there were
 */
export async function forgetPosts(
  digestDir: string,
  hashes: ReadonlySet<string>,
): Promise<number> {
  let count = 0;
  for (const number of numbersWithFiles(postsOf(digestDir)))
    for (const post of postsBetween(digestDir, number, number)) {
      const { header } = await openMessage(contentOf(post));
      const hash = messageIdHash(header.get("Message-ID"));
      if (hash === undefined || !hashes.has(hash)) continue;
      await replace(post.path, "");
      count += 1;
    }
  return count;
}
