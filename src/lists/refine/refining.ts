/**
 * What the refine hooks share: a list comes as a file, and goes on as another one, or as it is
 * where nothing changed.
 */
import { keyOf } from "../../mail/address.ts";
import { distinct } from "./distinct.ts";
import { eachLine } from "./filter.ts";
import { Key } from "./key.ts";
import { KeySet } from "./keySet.ts";
import { ordered, type Rank } from "./ordered.ts";
import { Sieve } from "./sieve.ts";

/** What a refine hook is asked with. */
export interface Asked {
  /** The list, an address a line. */
  recipientsFile(): Promise<string>;
  /** The path of a file to write. */
  scratch(): string;
  log(text: string): void;
}

/** The new list; undefined: it stays as it is. */
export type Refined = { readonly file: string } | undefined;

/** Each address once. @param localPart "exact": only domains are compared without case */
export async function once(
  asked: Asked,
  localPart: "exact" | "any-case",
): Promise<Refined> {
  const file = asked.scratch();
  const from = await asked.recipientsFile();
  const { dropped } = await distinct(from, file, localPart, asked.scratch);
  return dropped > 0 ? { file } : undefined;
}

/** Without some addresses, compared without case. */
export async function without(
  asked: Asked,
  addresses: readonly string[],
): Promise<Refined> {
  const sieve = new Sieve();
  try {
    for (const address of addresses) sieve.add(keyOf(address));
    const file = asked.scratch();
    const from = await asked.recipientsFile();
    const { dropped } = await sieve.shaken(from, file);
    return dropped > 0 ? { file } : undefined;
  } finally {
    sieve.free();
  }
}

/** Sorted by domain. */
export async function byDomain(
  asked: Asked,
  rank: Rank = (domain) => domain,
): Promise<Refined> {
  const file = asked.scratch();
  const from = await asked.recipientsFile();
  await ordered(from, file, rank, asked.scratch);
  return { file };
}

/** How many addresses there are. */
export async function counted(asked: Asked): Promise<number> {
  let count = 0;
  await eachLine(await asked.recipientsFile(), () => {
    count += 1;
  });
  return count;
}

/**
 * The domains of a list with how many addresses each has, the one with the most first.
 * @param most domains that are told apart; further ones are left out
 */
export async function domainsOf(asked: Asked, most: number): Promise<string[]> {
  const key = new Key("domain");
  const domains = new KeySet(64 * 1024);
  const counts: number[] = [];
  await eachLine(await asked.recipientsFile(), (block, start, end) => {
    key.read(block, start, end);
    if (domains.size >= most ? !domains.has(key) : false) return;
    if (domains.add(key)) counts.push(0);
    (counts[domains.entry] as number) += 1;
  });
  const entries = counts.map((count, entry) => ({ count, entry }));
  entries.sort((a, b) => b.count - a.count);
  const found = entries.map(({ entry }) => domains.text(entry));
  domains.free();
  return found;
}
