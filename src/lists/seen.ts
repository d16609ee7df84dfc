/**
 * Posts that came before: each Message-ID of a list once, as `archive/LIST/seen/<xx>/<hash>`, a link
 * that names the entry. Making the link is what decides, over all hosts; it is not synced, as what a
 * power failure takes away here is only that one could come twice.
 */
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";

/** Milliseconds for which the same Message-ID is the same post. */
const SAME = 86_400_000;
/** Milliseconds for which it is remembered, so that what is still queued counts. */
const KEPT = 30 * SAME;
/** Of so many posts one looks for what is older. */
const SWEEP = 500;

export interface Coming {
  /** HOME/archive/<list address>; made where missing. */
  readonly archiveDir: string;
  readonly messageId: string;
  /** Of the entry; the same in every try. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether an entry still waits somewhere. */
  isQueued(id: string): boolean;
}

/** The id of the entry that came with the same Message-ID before; undefined where none did. */
export function seenBefore(coming: Coming): string | undefined {
  const { archiveDir, messageId, id, now, isQueued } = coming;
  const hash = createHash("sha256").update(messageId).digest("hex");
  const folder = join(archiveDir, "seen", hash.slice(0, 2));
  const path = join(folder, hash.slice(2, 42));
  mkdirSync(folder, { recursive: true });
  if (Number.parseInt(hash.slice(42, 50), 16) % SWEEP === 0) sweep(folder, now);
  for (let tries = 0; tries < 5; tries += 1) {
    if (link(id, path)) return undefined;
    const other = linkAt(path);
    if (!other) continue;
    if (other.id === id) return undefined;
    if (now - other.since < SAME || isQueued(other.id)) return other.id;
    rmSync(path, { force: true });
  }
  return undefined;
}

function link(id: string, path: string): boolean {
  try {
    symlinkSync(id, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

function linkAt(path: string): { id: string; since: number } | undefined {
  try {
    return { id: readlinkSync(path), since: lstatSync(path).mtimeMs };
  } catch (error) {
    if (["ENOENT", "ESTALE"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

function sweep(folder: string, now: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = linkAt(path);
    if (found && now - found.since > KEPT) rmSync(path, { force: true });
  }
}
