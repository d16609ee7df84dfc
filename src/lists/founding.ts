/**
 * The folder of a new list: its list.toml appears whole or not at all, and never in place of another. A
 * draft that a crash left (a dot file) can be deleted.
 */
import { randomUUID } from "node:crypto";
import { unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import type { Table } from "../base/settings.ts";
import { canonical, keyOf } from "../mail/address.ts";
import { makeFolder, syncPath, writeNew } from "../spool/durable.ts";
import { claimName } from "../spool/nfs.ts";
import { listFile } from "./manual.ts";
import { isListName } from "./names.ts";
import { listSettings, listSettingsOf, type Site } from "./settings.ts";

/** The address that a list has by what somebody typed. Throws a Failure where it can have none. */
export function listNameOf(address: string): string {
  const name = keyOf(canonical(address) ?? "");
  if (isListName(name) && name.length <= 200) return name;
  throw new Failure(
    exit.usage,
    address.includes("@")
      ? `${address}: not an address that a list can have: it is a folder's name too`
      : `${address}: not an address that a list can have; give NAME@DOMAIN`,
  );
}

/** The text of a new list.toml. Throws a Failure where the settings do not fit. */
export function newSettings(
  site: Pick<Site, "list">,
  values: Table,
  name: string,
  file: string,
): string {
  listSettingsOf(site, values, name, "");
  const content = listFile(values);
  listSettings(site, content, file);
  return content;
}

/** @param file the list.toml to be @returns false where there is one already */
export async function found(file: string, content: string): Promise<boolean> {
  const dir = dirname(file);
  await makeFolder(dir);
  const draft = join(dir, `.${randomUUID()}.draft`);
  await writeNew(draft, content);
  const made = claimName(draft, file);
  unlinkSync(draft);
  await syncPath(dir);
  return made;
}
