// Entries of outbound, written into the spool of a home as a runner leaves them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatName, laneOf, newId } from "../../../src/spool/name.ts";

export interface Wanted {
  readonly queue?: string;
  readonly recipients: readonly string[];
  /** Lines of the progress file. */
  readonly notes?: readonly string[];
  /** Minutes since the post came. */
  readonly age?: number;
  /** Seconds from now until the next try. */
  readonly due?: number;
  readonly attempt?: number;
  readonly list?: string;
  /** The node that has it at work. */
  readonly node?: string;
  /** Whether the list is still to be cut. */
  readonly whole?: boolean;
}

/** @returns the entry's id */
export function put(home: string, wish: Wanted): string {
  const { queue = "outbound", recipients, notes = [], age = 0, due = 0 } = wish;
  const now = Date.now();
  const id = newId(now - age * 60_000);
  const name = formatName({
    due: Math.floor(now / 1000) + due,
    attempt: wish.attempt ?? 0,
    id,
    lane: laneOf(wish.list ?? "", id, recipients.length),
  });
  const folder = wish.node ? join("cur", wish.node) : "new";
  const path = join(home, "spool", queue, folder, name);
  mkdirSync(path, { recursive: true });
  const list = recipients.map((address) => `${address}\n`).join("");
  const end = Buffer.byteLength(list);
  const envelope = {
    sender: "news-bounces@lists.example.org",
    recipient: "",
    origin: "posts/1",
    received: new Date(now - age * 60_000).toISOString(),
    history: [],
    ...(wish.list ? { list: wish.list } : {}),
    ...(wish.whole
      ? { portion: { start: 0, end, count: recipients.length } }
      : {}),
  };
  writeFileSync(join(path, "message"), `Subject: ${id}\n\nText.\n`);
  writeFileSync(join(path, "envelope.json"), JSON.stringify(envelope));
  writeFileSync(join(path, "recipients"), list);
  if (notes.length > 0)
    writeFileSync(join(path, "progress"), `${notes.join("\n")}\n`);
  return id;
}
