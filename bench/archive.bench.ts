/**
 * A mailbox of many posts into an archive, index included, and out again; the index made anew; a search. Python's
 * mailbox module puts the same mailbox into a Maildir, each message synced, in the same run.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { replace } from "../src/spool/durable.ts";
import { Home, LIST } from "./home.ts";
import { medianRuns, type Run } from "./measure.ts";
import { onPlace } from "./place.ts";
import { run } from "./programs.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const POSTS = 3000;
const SIZE = 5000;

export async function bench(): Promise<Result> {
  const title = `archive: ${POSTS} posts of 5 KB in a mailbox, ${onPlace()}`;
  const home = await Home.make({});
  try {
    const box = join(home.dir, "posts.mbox");
    await replace(box, mailbox());
    return { title, rows: await rows(home, box) };
  } finally {
    home.remove();
  }
}

async function rows(home: Home, box: string): Promise<Row[]> {
  const archive = (...args: string[]) => home.call(["archive", ...args]);
  const out = join(home.dir, "out.mbox");
  const maildir = join(home.dir, "maildir");
  const measurements: [name: string, count: number, act: () => Promise<Run>][] =
    [
      ["archive import", POSTS, () => archive("import", LIST, "--mbox", box)],
      ["archive reindex", POSTS, () => archive("reindex", LIST)],
      ["archive export", POSTS, () => archive("export", LIST, "--mbox", out)],
      [
        "search for a word that many have",
        1,
        () => archive("search", LIST, "w17"),
      ],
      ["a thread of 30", 1, () => archive("thread", LIST, "1")],
      [
        "python3: mailbox.mbox into mailbox.Maildir",
        POSTS,
        () => python(box, maildir),
      ],
    ];
  const found = await medianRuns(
    ROUNDS,
    measurements.map(([, , act], at) => async () => {
      if (at === 0)
        for (const made of [join(home.dir, "archive", LIST), out, maildir])
          rmSync(made, { recursive: true, force: true });
      return act();
    }),
  );
  const reference = POSTS / (found.at(-1)?.seconds ?? Number.NaN);
  return measurements.map(([name, count], at) => {
    const { seconds, cpu, memory } = found[at] as Run;
    if (count === 1)
      return { name, figure: seconds * 1000, unit: "ms", cpu, memory };
    const isReference = at === measurements.length - 1;
    return {
      ...{ name, figure: count / seconds, unit: "posts/s", cpu, count, memory },
      ...(isReference ? {} : { references: { python3: reference } }),
    };
  });
}

function python(box: string, maildir: string): Promise<Run> {
  const program =
    "import mailbox,sys\n" +
    "to = mailbox.Maildir(sys.argv[2])\n" +
    "for message in mailbox.mbox(sys.argv[1]): to.add(message)\n";
  return run({ file: "python3", args: ["-c", program, box, maildir] });
}

/** Threads of thirty; every word stands in some posts. */
function mailbox(): string {
  let text = "";
  for (let at = 0; at < POSTS; at += 1) {
    const first = at - (at % 30);
    const answers = at === first ? "" : `In-Reply-To: <${first}@bench>\n`;
    const words = Array.from(
      { length: SIZE / 6 },
      (_, index) =>
        `w${(at * 7 + index * 13) % 5000}${index % 12 === 11 ? "\n" : ""}`,
    );
    text +=
      `From a@example.org Thu Nov  5 08:07:06 2026\nMessage-ID: <${at}@bench>\n${answers}` +
      `From: Anna <a@example.org>\nDate: Thu, 5 Nov 2026 08:07:06 +0000\nSubject: topic ${first}\n\n${words.join(" ")}\n\n`;
  }
  return text;
}
