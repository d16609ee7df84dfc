/**
 * Stores posts, for store.test.ts: `storing.ts HOME FIRST LAST` stores the ids e<FIRST> to e<LAST>,
 * the even ones from a file of HOME/spool, and prints `<id> <number>` for each.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { store } from "../../src/archive/store.ts";

const [home = "", first, last] = process.argv.slice(2);

for (let n = Number(first); n <= Number(last); n++) {
  const path = join(home, "spool", String(n));
  const { number } = await store({
    archiveDir: join(home, "archive"),
    id: `e${n}`,
    content:
      n % 2 === 0
        ? [{ path, start: 0, end: statSync(path).size }]
        : [Buffer.from("Subject: "), Buffer.from(`post ${n}\n\nHello\n`)],
    date: new Date("2026-07-31T23:59:59Z"),
  });
  process.stdout.write(`e${n} ${number}\n`);
}
