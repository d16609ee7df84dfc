/**
 * Where texts lie: `<layer>/<language>/<name>.txt`, in layers as hooks have them: package < site <
 * domain < list. A language such as de-AT falls back to de.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tagOf } from "../../base/languages.ts";
import type { List } from "../directory.ts";
import type { Site } from "../settings.ts";

/** The texts that come with listmill. */
export const packageTexts = fileURLToPath(
  new URL("../../../templates", import.meta.url),
);

export interface Layer {
  readonly name: "package" | "site" | "domain" | "list";
  /** A folder of folders of languages. */
  readonly dir: string;
}

/** The layers for a list, or for what belongs to none; the last one that has a text wins. */
export function layersOf(
  { home }: Pick<Site, "home">,
  list?: Pick<List, "domain" | "dir" | "onDemand">,
): Layer[] {
  const layers: Layer[] = [{ name: "package", dir: packageTexts }];
  const own = join(home, "templates");
  if (!isPackage(own)) layers.push({ name: "site", dir: own });
  if (!list) return layers;
  const domain = join(home, "lists", `@${list.domain}`, "templates");
  layers.push({ name: "domain", dir: domain });
  // A list on demand has no folder but its domain's.
  if (!list.onDemand)
    layers.push({ name: "list", dir: join(list.dir, "templates") });
  return layers;
}

/** Where a layer has a text. */
export function fileOf({ dir }: Layer, language: string, name: string): string {
  return join(dir, language, `${name}.txt`);
}

const realPackageTexts = real(packageTexts);

/** Whether a folder is the one of the package: a checkout of the source is a home too. */
export function isPackage(dir: string): boolean {
  return dir === packageTexts || real(dir) === realPackageTexts;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** A language and those that it falls back to: de-AT, de. */
export function fallbacks(tag: string): string[] {
  const parts = tag.split("-");
  return parts.map((_, at) => parts.slice(0, parts.length - at).join("-"));
}

/**
 * The languages in which a text is looked for, best first: those that are wished for, the list's,
 * English.
 */
export function languagesFor(
  wishes: readonly string[],
  list?: Pick<List, "settings">,
): string[] {
  const tags = [...wishes, list?.settings.language ?? "en", "en"]
    .flatMap((language) => tagOf(language) ?? [])
    .flatMap(fallbacks);
  return [...new Set(tags)];
}
