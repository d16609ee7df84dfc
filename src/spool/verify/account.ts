/**
 * What an account may do with a file, by its owner and mode. For root, who may do all, it is judged
 * for the account that the home belongs to: its runners meet what was restored as root.
 */
import { accessSync, constants, type Stats, statSync } from "node:fs";

export const READ = constants.R_OK;
/** To list a folder, and to move it to another. */
export const MOVE = constants.R_OK | constants.W_OK | constants.X_OK;

export interface Account {
  readonly uid: number;
  readonly gids: readonly number[];
  /** Whether the system can be asked, which has the last word. */
  readonly isOurs: boolean;
}

export function accountOf(home: string): Account {
  const uid = process.geteuid?.() ?? 0;
  const owner = statSync(home);
  if (uid === 0 && owner.uid !== 0)
    return { uid: owner.uid, gids: [owner.gid], isOurs: false };
  const gids = [process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])];
  // The system judges for the real one.
  return { uid, gids, isOurs: process.getuid?.() === uid };
}

/** Whether it may. @param wanted READ or MOVE */
export function may(
  account: Account,
  path: string,
  { uid, gid, mode }: Stats,
  wanted: number,
): boolean {
  if (account.uid === 0) return true;
  const shift = uid === account.uid ? 6 : account.gids.includes(gid) ? 3 : 0;
  if (((mode >> shift) & wanted) === wanted) return true;
  if (!account.isOurs) return false;
  try {
    accessSync(path, wanted);
    return true;
  } catch {
    return false;
  }
}
