import { join } from "node:path";
import t from "tap";
import { collect } from "../../src/digest/collect.ts";
import { forgetPosts } from "../../src/digest/forget.ts";
import { postsBetween } from "../../src/digest/posts.ts";
import { messageIdHash } from "../../src/mail/messageidhash.ts";

t.test("a post is taken out, and its number stays", async (t) => {
  const digestDir = join(t.testdir(), "digest");
  for (const id of ["a@x", "b@x", "c@x"])
    await collect({
      digestDir,
      id: `id-${id.charAt(0)}`,
      content: [Buffer.from(`Message-ID: <${id}>\n\n${id}\n`)],
      received: new Date("2026-11-05T10:00:00Z"),
      asOf: 3,
    });
  const hashes = new Set([messageIdHash("<b@x>") ?? ""]);
  t.equal(await forgetPosts(digestDir, hashes), 1);
  t.equal(await forgetPosts(digestDir, hashes), 0);
  t.same(
    postsBetween(digestDir, 1, 3).map(({ number }) => number),
    [1, 3],
  );
  t.equal(await forgetPosts(join(t.testdir(), "none"), hashes), 0);
});
