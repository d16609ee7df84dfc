/**
 * Posts as pages that MHonArc makes, a folder a list. Each is given to it as a folder of MH with one file, for
 * in a mailbox a line that begins with `From ` would begin another message. MHonArc writes its pages first and
 * its database last, by a rename, and passes over a Message-ID that it knows: so after a crash it is simply run again.
 */
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { failpoint } from "../base/failpoint.ts";
import { run } from "../base/run.ts";
import { makeFolder, writeNew } from "../spool/durable.ts";
import { type Outcome, type Post, withMessageId } from "./asked.ts";

export interface MhonarcSettings {
  readonly folder: string;
  readonly program: string;
  readonly rcfile?: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Adds a post. Throws where it cannot. */
export async function toMhonarc(
  post: Post,
  { folder, program, rcfile, timeout }: MhonarcSettings,
): Promise<Outcome> {
  const { home, list, number } = post;
  const pages = resolve(home, folder, list.address);
  const message = join(home, "state/mhonarc", list.address, String(number));
  await makeFolder(pages);
  rmSync(message, { recursive: true, force: true });
  await makeFolder(message);
  try {
    await writeNew(join(message, "1"), withMessageId(post).pieces());
    post.mustHold();
    await run({
      program: resolve(home, program),
      args: [
        ...["-add", "-quiet", "-outdir", pages, "-lockmethod", "flock"],
        ...(rcfile === undefined ? [] : ["-rcfile", resolve(home, rcfile)]),
        ...["-mhpattern", "^1$", message],
      ],
      longest: Math.min(timeout, post.patience),
    });
  } finally {
    rmSync(message, { recursive: true, force: true });
  }
  failpoint("mhonarc-done");
  return { kind: "done", what: "has its page" };
}
