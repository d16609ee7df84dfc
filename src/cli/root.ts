/**
 * Root in a home of another account: what it makes there, that account could neither read nor move
 * afterwards.
 */
import { statSync } from "node:fs";
import { exit, Failure } from "../base/errors.ts";
import type { Site } from "../lists/settings.ts";

/** Throws Failure where that would happen. @param verb what is to be said under the other account */
export function refuseRoot({ home, hooks }: Site, verb: string): void {
  const { uid } = statSync(home);
  if (process.getuid?.() !== 0 || uid === 0 || hooks.hook_user !== undefined)
    return;
  throw new Failure(
    exit.noPermission,
    `${home} belongs to another account than root: say it under that one, as with: runuser -u $(stat -c %U ${home}) -- listmill ${verb}`,
  );
}
