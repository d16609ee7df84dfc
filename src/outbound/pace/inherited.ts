/**
 * Where a runner keeps its pace: `state/pace/<node>.json`. A runner that starts takes over the
 * record of one that died or ended on this host, before a reboot or in another container too, so a
 * restart is no way round the limits. Two that start at once never take the same one.
 */
import {
  mkdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import {
  type Identity,
  isDead,
  isOfAnotherBoot,
  isOutOfSight,
  myIdentity,
} from "../../spool/identity.ts";
import { move } from "../../spool/nfs.ts";
import { listFolder } from "../../spool/spool.ts";

/** Milliseconds: what is older than the day that counts is of no use to anybody. */
const USELESS = 25 * 60 * 60 * 1000;
/** Milliseconds in which a runner that lives has written its record many times. */
const SILENT = 10 * 60 * 1000;

/** The node's file, with the record of a dead node of this host in it if there is one. */
export function inherited(folder: string, node: string, clock: Clock): string {
  mkdirSync(folder, { recursive: true });
  const mine = join(folder, `${node}.json`);
  writeFileSync(join(folder, `${node}.who`), JSON.stringify(myIdentity()));
  const others = nodesIn(folder)
    .filter((name) => name !== node)
    .map((name) => ({ name, at: changed(join(folder, `${name}.json`)) }))
    .sort((a, b) => b.at - a.at);
  let taken = false;
  for (const { name, at } of others) {
    const theirs = join(folder, `${name}.json`);
    const who = join(folder, `${name}.who`);
    const age = clock.now() - Math.max(at, changed(who));
    const over = isOver(whoIs(who), age);
    if (at > 0 && clock.now() - at > USELESS) remove(theirs);
    else if (at > 0 && over && !taken) taken = move(theirs, mine);
    if (over && changed(theirs) === 0) remove(who);
  }
  return mine;
}

/** Tells the others that a runner has ended in order, wherever they are. @param file its record */
export function bequeathed(file: string): void {
  const who: Who = { ...myIdentity(), ended: true };
  try {
    writeFileSync(`${file.slice(0, -".json".length)}.who`, JSON.stringify(who));
  } catch {
    // Then they find out like of one that died.
  }
}

interface Who extends Identity {
  readonly ended?: boolean;
}

/** Whether a runner is gone. The folder is this host's alone, so one of another boot is. */
function isOver(who: Who, age: number): boolean {
  if (who.ended || isOfAnotherBoot(who)) return true;
  return isOutOfSight(who) ? age > SILENT : isDead(who);
}

function nodesIn(folder: string): string[] {
  const names = listFolder(folder).flatMap(
    (name) => /^(.+)\.(?:who|json)$/.exec(name)?.[1] ?? [],
  );
  return [...new Set(names)];
}

function whoIs(path: string): Who {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Who;
  } catch {
    return { pid: 0, started: "", machine: "" };
  }
}

/** Milliseconds since 1970; 0 where there is no such file. */
function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Another runner was faster.
  }
}
