/**
 * What is wrong with the state of a home: where it lies, whether it can be opened, and whether
 * people were left behind when it moved.
 */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../base/errors.ts";
import type { Site } from "../lists/settings.ts";
import { stateOf } from "../lists/state.ts";
import { isRemote } from "../state/host.ts";
import { statePath } from "../state/local.ts";
import type { State } from "../state/state.ts";

/** Tells each trouble, with what to do. */
export async function stateTrouble(
  site: Site,
  error: (what: string) => void,
  warn: (what: string) => void,
): Promise<void> {
  const path = statePath(site.home);
  const folder = dirname(path);
  if (site.state.url === undefined && existsSync(folder) && isRemote(folder))
    error(
      `${folder}: lies on a network file system, where SQLite can lose what was written: put it on a local disk and link it here, or the state into PostgreSQL (docs/state.md)`,
    );
  try {
    const state = await stateOf(site.home);
    if (await leftBehind(state, path))
      warn(
        `${path}: has members, and ${state.store.where} has none: copy them with listmill state copy, or move the file away`,
      );
  } catch (thrown) {
    error(messageOf(thrown));
  }
}

/** Whether a database that many hosts share is empty, and the file of before is not. */
async function leftBehind(
  { store, members }: State,
  path: string,
): Promise<boolean> {
  if (store.kind === "sqlite" || !existsSync(path)) return false;
  if (!(await members.isEmpty())) return false;
  const { firstColumn } = await import("../state/query.ts");
  const [row] = firstColumn(path, "SELECT 1 FROM members LIMIT 1", {});
  return row !== undefined;
}
