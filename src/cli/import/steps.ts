/**
 * What an import does with what was found, step by step. Each step is idempotent: after a crash the
 * import is run again.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { parseTable, readText } from "../../base/settings.ts";
import { tableOf } from "../../lists/change.ts";
import type { List } from "../../lists/directory.ts";
import { listSettingsOf } from "../../lists/settings.ts";
import { stateOf } from "../../lists/state.ts";
import { textNames } from "../../lists/texts/catalogue.ts";
import { fileOf, packageTexts } from "../../lists/texts/layers.ts";
import { keyOf } from "../../mail/address.ts";
import { replace } from "../../spool/durable.ts";
import type { Fitted } from "../../transfer/fit.ts";
import type { Found, FoundMember } from "../../transfer/found.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";
import {
  mustNotBeLeft,
  mustNotHaveMoved,
  mustNotShadow,
} from "../list/shadowed.ts";
import { telling } from "../list/tell.ts";
import { Meter } from "../meter.ts";
import { MemberLines } from "./lines.ts";

/** The names of the texts that listmill says to people. */
export const names: ReadonlySet<string> = new Set(textNames);

export type Made = "made" | "changed" | "unchanged";

/**
 * The list with its settings.
 * @param into whether one that is there may be changed
 * Throws a Failure where it is there and is another one.
 */
export async function listWith(
  context: Context,
  address: string,
  { settings }: Fitted,
  into: boolean,
): Promise<{ list: List; made: Made }> {
  const { lists } = context;
  mustNotHaveMoved(context, address);
  const there = lists.made(address);
  if (!there) {
    mustNotShadow(context, address);
    await mustNotBeLeft(context, address);
    const list = await telling(context, address, "list.created", {}, () =>
      lists.create(address, tableOf(settings)),
    );
    return { list, made: "made" };
  }
  const differ = differing(context, there, settings);
  if (differ.length === 0) return { list: there, made: "unchanged" };
  if (!into)
    throw new Failure(
      exit.cannotCreate,
      `${address}: this list exists already, and ${differ.slice(0, 5).join(", ")} ${differ.length === 1 ? "is" : "are"} not as imported; --into changes it, --list ADDRESS makes another one`,
    );
  const detail = { settings: differ };
  const list = await telling(
    context,
    there.address,
    "list.changed",
    detail,
    () => lists.set(address, ...settings),
  );
  return { list, made: "changed" };
}

/** The settings that are not what they shall be. */
function differing(
  { site }: Context,
  { dir }: List,
  settings: Fitted["settings"],
): string[] {
  const file = join(dir, "list.toml");
  const table = parseTable(readText(file) ?? "", file);
  const now = JSON.stringify(listSettingsOf(site, table, file, ""));
  return settings.flatMap(([key, value]) => {
    const [first = "", second] = key.split(".");
    const old = table[first];
    const one =
      second === undefined ? value : { ...(old as object), [second]: value };
    const then = listSettingsOf(site, { ...table, [first]: one }, file, "");
    return JSON.stringify(then) === now ? [] : [key];
  });
}

/** Members, a batch a transaction. */
export async function members(
  context: Context,
  list: string,
  found: AsyncIterable<FoundMember>,
) {
  const { roster } = context;
  const lines = new MemberLines(
    async (address) => (await roster.get(list, address))?.suspended,
  );
  const meter = new Meter(context.clock, "member", "members");
  let done: Awaited<ReturnType<typeof roster.import>>;
  try {
    const metered = withMeter(lines.of(found, context.clock.now()), meter);
    done = await roster.import(list, metered, actor("import"));
  } finally {
    meter.wipe();
  }
  const refused = [
    ...lines.refused,
    ...done.refused.map(({ text, why }) => ({
      where: "roster",
      address: text,
      why,
    })),
  ];
  const { added, changed, present } = done;
  const refusals = lines.refusals + done.refusals;
  return { added, changed, present, refusals, refused };
}

/** Only counts them. */
export async function counted(found: AsyncIterable<FoundMember>) {
  const lines = new MemberLines();
  for await (const _ of lines.of(found, 0));
  const { count, refusals, refused } = lines;
  return { found: count, refusals, refused };
}

async function* withMeter(
  lines: AsyncIterable<string>,
  meter: Meter,
): AsyncGenerator<string> {
  for await (const line of lines) {
    meter.add(1);
    yield line;
  }
}

/** Those who may post though they are no members. */
export async function posters(
  { roster }: Context,
  list: string,
  { roles }: Pick<Found, "roles">,
): Promise<void> {
  for (const { address, role } of roles)
    if (role === "poster")
      await roster.role(list, address, role, true, actor("import"));
}

/** Who gets nothing of the list. */
export async function suppressed(
  context: Context,
  list: string,
  { suppressed }: Pick<Found, "suppressed">,
) {
  const counts = { added: 0, changed: 0, present: 0 };
  const since = context.clock.now();
  const state = await stateOf(context.site.home);
  const done = await state.suppressed.add(
    suppressed.map(({ address, why }) => ({
      list,
      key: keyOf(address),
      address,
      reason: why,
      since,
    })),
  );
  for (const one of done) counts[one] += 1;
  return counts;
}

/** Texts into the list's folder; those that are there already stay. @returns the files */
export async function texts(
  { dir }: List,
  { texts }: Pick<Fitted, "texts">,
): Promise<string[]> {
  const written: string[] = [];
  for (const { name, language, text, how } of texts) {
    const folder = join(dir, "templates", language);
    const file = join(folder, `${name}.txt`);
    if (readText(file) !== undefined) continue;
    await mkdir(folder, { recursive: true });
    await replace(
      file,
      how === "instead" ? text : before(text, name, language),
    );
    written.push(file);
  }
  return written;
}

const packaged = { name: "package", dir: packageTexts } as const;

/** The package's own text, with more before its body. */
function before(text: string, name: string, language: string): string {
  const own =
    readText(fileOf(packaged, language, name)) ??
    readText(fileOf(packaged, "en", name)) ??
    "";
  const [head = "", ...body] = own.split(/\n\n/);
  return `${head}\n\n${text.trim()}\n\n${body.join("\n\n").trim()}\n`;
}
