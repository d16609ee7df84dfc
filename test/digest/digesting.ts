/**
 * Collects and claims, for issues.test.ts: `digesting.ts FOLDER PREFIX FIRST LAST EVERY` collects
 * the ids <PREFIX><n>, and with every EVERY-th of them claims an issue, as the digest's hook does.
 * Prints `collected <id>`, then `issue <id> <number> <post>,<post>…` where one was claimed.
 */

import { bytes } from "../../src/base/pieces.ts";
import { collect } from "../../src/digest/collect.ts";
import { begun, claim } from "../../src/digest/issues.ts";
import { contentOf } from "../../src/digest/posts.ts";

const [digestDir = "", prefix = "", first, last, every] = process.argv.slice(2);

for (let n = Number(first); n <= Number(last); n++) {
  const id = `${prefix}${n}`;
  await collect({
    digestDir,
    id,
    content: [Buffer.from(`Subject: ${id}\n\nHello\n`)],
    received: new Date(),
    asOf: 0,
  });
  process.stdout.write(`collected ${id}\n`);
  if (n % Number(every) !== 0 && !begun({ digestDir, id })) continue;
  const issue = await claim(
    { digestDir, id },
    { now: Date.now(), volume: "never" },
  );
  if (!issue) continue;
  const posts: string[] = [];
  for (const post of issue.posts)
    posts.push(
      /Subject: (.*)/.exec(String(await bytes(contentOf(post), 100)))?.[1] ??
        "",
    );
  process.stdout.write(`issue ${id} ${issue.number} ${posts.join(",")}\n`);
}
