/**
 * Which file system a folder lies on: a mill is as fast as files are made and synced there.
 */
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename } from "node:path";

/** Type and journal, as a person would say it. */
export function filesystemOf(folder: string): string {
  try {
    const mounts = readFileSync("/proc/self/mountinfo", "utf8");
    return nameOf(realpathSync(folder), mounts, isJournaled);
  } catch {
    return "an unknown file system";
  }
}

/**
 * @param mounts the text of /proc/self/mountinfo
 * @param journaled whether the file system of a device number such as 7:0 has a journal
 */
export function nameOf(
  folder: string,
  mounts: string,
  journaled: (device: string) => boolean,
): string {
  let found: { point: string; device: string; type: string } | undefined;
  for (const line of mounts.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [, , device = "", , escaped] = before.split(" ");
    const [type = ""] = after.split(" ");
    if (escaped === undefined) continue;
    const point = escaped.replace(/\\(\d{3})/g, (_, octal) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    // Of two that are mounted on one another the last is seen.
    if (isWithin(folder, point) && point.length >= (found?.point.length ?? 0))
      found = { point, device, type };
  }
  if (!found) throw new Error(`nothing is mounted at ${folder}`);
  if (!/^ext[34]$/.test(found.type)) return found.type;
  return journaled(found.device)
    ? `${found.type} with a journal`
    : `${found.type} without a journal`;
}

function isWithin(folder: string, point: string): boolean {
  return folder === point || folder.startsWith(point.replace(/\/?$/, "/"));
}

/** The kernel's journalling layer names each journal by its device. */
function isJournaled(device: string): boolean {
  const about = readFileSync(`/sys/dev/block/${device}/uevent`, "utf8");
  const name = basename(/^DEVNAME=(.*)$/m.exec(about)?.[1] ?? "");
  const journals = readdirSync("/proc/fs/jbd2", { encoding: "utf8" });
  return journals.some((it) => it.startsWith(`${name}-`));
}
