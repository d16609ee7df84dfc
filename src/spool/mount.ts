/**
 * How the file system of a folder is mounted, and which NFS options would break what the spool relies
 * on (nfs(5)). Pure, but for reading /proc/self/mountinfo (proc(5)).
 */
import { readFileSync, realpathSync } from "node:fs";

export interface Mount {
  readonly point: string;
  /** Major and minor number, such as 7:0. */
  readonly device: string;
  /** Such as ext4, nfs4. */
  readonly type: string;
  /** Options of the mount and of the file system, `name` or `name=value`. */
  readonly options: readonly string[];
}

/** The mount that a folder lies on; undefined where the system does not tell. */
export function mountOf(folder: string): Mount | undefined {
  try {
    const mounts = parseMounts(readFileSync("/proc/self/mountinfo", "utf8"));
    return mountAt(realpathSync(folder), mounts);
  } catch {
    return undefined;
  }
}

/** The same among some mounts. @param path absolute, without links */
export function mountAt(
  path: string,
  mounts: readonly Mount[],
): Mount | undefined {
  let found: Mount | undefined;
  // Of two that are mounted on one another the last is seen.
  for (const mount of mounts)
    if (
      isWithin(path, mount.point) &&
      mount.point.length >= (found?.point.length ?? 0)
    )
      found = mount;
  return found;
}

/** @param text of /proc/self/mountinfo */
export function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line): Mount[] => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , device = "", , escaped, own = ""] = before.split(" ");
    const [type = "", , shared = ""] = after.split(" ");
    if (escaped === undefined || type === "") return [];
    const point = escaped.replace(/\\(\d{3})/g, (_, octal) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    return [
      {
        point,
        device,
        type,
        options: [...own.split(","), ...shared.split(",")],
      },
    ];
  });
}

export function isNfs({ type }: Mount): boolean {
  return type === "nfs" || type === "nfs4";
}

function isWithin(path: string, point: string): boolean {
  return path === point || path.startsWith(point.replace(/\/?$/, "/"));
}

/** What is wrong with a mount. */
export interface Trouble {
  readonly level: "error" | "warning";
  readonly what: string;
}

/** Seconds that attributes may be cached at most; the client's own limit is 60. */
const CACHED = 60;

/** The options of an NFS mount that break something or make it slow; nothing for other file systems. */
export function troubles(mount: Mount): Trouble[] {
  if (!isNfs(mount)) return [];
  const { options, point } = mount;
  const found: Trouble[] = [];
  const say = (level: Trouble["level"], what: string) =>
    found.push({ level, what: `${point}: ${what}` });
  const value = (name: string) =>
    options
      .find((option) => option.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const soft = options.find((it) => it === "soft" || it === "softerr");
  if (soft !== undefined)
    say(
      "error",
      `mounted with ${soft}: a server that is slow makes writes fail that happen all the same; mount it with hard`,
    );
  if (options.includes("nocto"))
    say(
      "error",
      "mounted with nocto: whether a node lives is seen half a minute late, and its mail is taken over while it sends; mount it without",
    );
  if (value("vers")?.startsWith("2"))
    say(
      "error",
      "NFS 2 tells no sizes above 2 GB; mount it with vers=4.2 or vers=3",
    );
  for (const name of ["acregmax", "acdirmax"])
    if (Number(value(name) ?? 0) > CACHED)
      say(
        "warning",
        `mounted with ${name}=${value(name)}: what other hosts do is seen that many seconds late; leave it out, or give actimeo=1`,
      );
  // The kernel shows it as "pos".
  if (!/^(pos|none)/.test(value("lookupcache") ?? ""))
    say(
      "warning",
      "without lookupcache=positive a name that this host has looked for in vain may be seen half a minute late; mount it with that",
    );
  return found;
}
