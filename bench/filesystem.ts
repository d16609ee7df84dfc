/**
 * Which file system a folder lies on: a mill is as fast as files are made and synced there.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { mountOf } from "../src/spool/mount.ts";

/** Type and journal, as a person would say it. */
export function filesystemOf(folder: string): string {
  const mount = mountOf(folder);
  if (!mount) return "an unknown file system";
  const { type, device } = mount;
  if (!/^ext[34]$/.test(type)) return type;
  try {
    return isJournaled(device)
      ? `${type} with a journal`
      : `${type} without a journal`;
  } catch {
    return type;
  }
}

/** The kernel's journalling layer names each journal by its device. */
function isJournaled(device: string): boolean {
  const about = readFileSync(`/sys/dev/block/${device}/uevent`, "utf8");
  const name = basename(/^DEVNAME=(.*)$/m.exec(about)?.[1] ?? "");
  const journals = readdirSync("/proc/fs/jbd2", { encoding: "utf8" });
  return journals.some((it) => it.startsWith(`${name}-`));
}
