/**
 * The folders of an inbox of public-inbox, version 2 (public-inbox-v2-format(5)), as its own programs make
 * them: git/0.git, git/1.git … with the messages, and all.git, which has the objects of all of them.
 * Only who has locked inbox.lock changes anything.
 */
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isFile } from "../../base/files.ts";
import { makeFolder, replace, writeNew } from "../../spool/durable.ts";

const bare = `[core]
\trepositoryFormatVersion = 0
\tfilemode = true
\tbare = true
`;
const all = `${bare}[repack]
\twriteBitmaps = true
`;
const epoch = `${bare}[include]
\tpath = ../../all.git/config
`;

const alternates = (inbox: string) =>
  join(inbox, "all.git/objects/info/alternates");

/** Whether an inbox is there, whoever has made it. */
export function isInbox(inbox: string): boolean {
  return isFile(alternates(inbox));
}

/** Makes an inbox that has no message. */
export async function makeInbox(inbox: string): Promise<void> {
  await makeRepository(join(inbox, "all.git"), all);
  await addEpoch(inbox, 0);
}

/** The numbers of the repositories with messages, ascending. */
export function epochsOf(inbox: string): number[] {
  return readdirSync(join(inbox, "git"))
    .flatMap((name) => /^(\d{1,6})\.git$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** A repository with messages. */
export function epochOf(inbox: string, number: number): string {
  return join(inbox, "git", `${number}.git`);
}

/** Makes the next repository, and again what a crash has left of it. */
export async function addEpoch(inbox: string, number: number): Promise<void> {
  await makeRepository(epochOf(inbox, number), epoch);
  const named = alternatesOf(inbox);
  const lacking = epochsOf(inbox)
    .map(objectsOf)
    .filter((line) => !named.includes(line));
  const lines = [...lacking.reverse(), ...named].map((line) => `${line}\n`);
  await replace(alternates(inbox), lines.join(""));
}

/** Whether a repository is made whole: what all.git knows of it comes last. */
export function hasEpoch(inbox: string, number: number): boolean {
  return alternatesOf(inbox).includes(objectsOf(number));
}

const objectsOf = (number: number) => `../../git/${number}.git/objects`;

function alternatesOf(inbox: string): string[] {
  if (!isInbox(inbox)) return [];
  const text = readFileSync(alternates(inbox), "utf8");
  return text.split("\n").filter((line) => line !== "");
}

async function makeRepository(path: string, config: string): Promise<void> {
  await makeFolder(join(path, "objects/info"));
  await makeFolder(join(path, "refs/heads"));
  for (const [name, content] of [
    ["config", config],
    ["HEAD", "ref: refs/heads/master\n"],
  ] as const) {
    const file = join(path, name);
    if (statSync(file, { throwIfNoEntry: false })?.size) continue;
    rmSync(file, { force: true });
    await writeNew(file, content, 0o644);
  }
}

/** Bytes of a repository's packs. */
export function packedBytes(repository: string): number {
  const folder = join(repository, "objects/pack");
  let total = 0;
  for (const name of names(folder))
    if (name.endsWith(".pack"))
      total +=
        statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return total;
}

function names(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false }) ? readdirSync(folder) : [];
}
