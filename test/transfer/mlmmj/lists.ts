// Lists of mlmmj: made by its own programs where they are installed, as they are otherwise.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { variable } from "../../../src/base/environment.ts";
import { list } from "../outcomes.ts";

const MAKE = "/usr/bin/mlmmj-make-ml";
const SUB = "/usr/bin/mlmmj-sub";
const TUNABLES = "/usr/share/doc/mlmmj/TUNABLES.gz";

/** Why tests with mlmmj are left out; false where they are not, or must not be. */
export const missing =
  (existsSync(MAKE) && existsSync(SUB)) ||
  variable("LISTMILL_TEST_SERVERS") === "required"
    ? false
    : "mlmmj is not installed";

/** A list `talk` of mlmmj's own making. @returns its folder */
export function madeList(spool: string, language = "en"): string {
  mkdirSync(spool, { recursive: true });
  execFileSync(MAKE, ["-L", "talk", "-s", spool], {
    input: `lists.example.org\nowner@example.org\n${language}\n`,
    stdio: ["pipe", "ignore", "ignore"],
  });
  return join(spool, "talk");
}

/** Subscribes as mlmmj does. @param kind "-d" for digests, "-n" for no mail */
export function subscribe(
  dir: string,
  address: string,
  ...kind: string[]
): void {
  execFileSync(SUB, ["-L", dir, "-a", address, "-f", "-q", "-s", ...kind], {
    stdio: "ignore",
  });
}

/** A folder as mlmmj would have made it, with no texts. */
export function plainList(
  dir: string,
  files: Record<string, string> = {},
): string {
  for (const folder of [
    "control",
    "subscribers.d",
    "digesters.d",
    "nomailsubs.d",
    "text",
    "archive",
  ])
    mkdirSync(join(dir, folder), { recursive: true });
  const all = { "control/listaddress": `${list}\n`, ...files };
  for (const [name, text] of Object.entries(all))
    writeFileSync(join(dir, name), text);
  return dir;
}

/** The tunables that mlmmj's own manual names; none where it is not there. */
export function documented(): string[] {
  if (!existsSync(TUNABLES)) return [];
  const text = gunzipSync(readFileSync(TUNABLES)).toString("utf8");
  return [...text.matchAll(/^ · (\w+)\s+\(\w+\)/gm)].map(
    ([, name = ""]) => name,
  );
}
