/** The folders of a queue, one after the other. */
import { type Dirent, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import { plural } from "../../base/log.ts";
import { DROPPED, GRAVE } from "../commit.ts";
import { freshName, type Name, parseName } from "../name.ts";
import { frontDoor } from "../queue.ts";
import { isSwept } from "../sweep.ts";
import { MOVE, may } from "./account.ts";
import { isEntry, meetEntry, tellStranger } from "./meeting.ts";
import { messageTrouble, notFor } from "./parts.ts";
import { isClosed, namesIn } from "./stream.ts";
import type { Survey } from "./survey.ts";

const DAY = 24 * 60 * 60 * 1000;
/** What may lie beside the three folders. */
const BESIDE = ["bell", "rate"];
const FOLDERS = ["tmp", "new", "cur"];

/** Whether a folder of the spool is a queue: some part of it is there, or nothing of anybody else. */
export function isQueue(folder: string): boolean {
  let isEmpty = true;
  for (const { name } of namesIn(folder)) {
    if (FOLDERS.includes(name)) return true;
    if (!BESIDE.includes(name)) isEmpty = false;
  }
  return isEmpty;
}

export async function lookOverQueue(
  survey: Survey,
  queue: string,
): Promise<void> {
  const { spool, report } = survey.given;
  const root = join(spool.root, queue);
  await folders(survey, root);
  for (const { name } of namesIn(root))
    if (!FOLDERS.includes(name) && !BESIDE.includes(name))
      await tellStranger(survey, join(root, name));
  for (const part of [claims, waiting, drafts])
    try {
      await part(survey, queue);
    } catch (error) {
      if (!isClosed(error)) throw error;
      await report.wrong("unreachable", root, messageOf(error));
    }
}

async function folders(survey: Survey, root: string): Promise<void> {
  const { report, account } = survey.given;
  for (const folder of FOLDERS) {
    const path = join(root, folder);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat && !may(account, path, stat, MOVE))
      await report.wrong("unreachable", path, notFor(account, stat));
    if (stat) continue;
    const { done, trouble } = await survey.act((hand) =>
      hand.makeFolder(path, report.shown(path)),
    );
    const what = trouble ?? "this folder of the queue is missing";
    await report.wrong("missing-folder", path, what, done);
  }
}

async function claims(survey: Survey, queue: string): Promise<void> {
  const { spool } = survey.given;
  for (const found of namesIn(spool.claimed(queue))) {
    const node = found.name;
    if (!found.isDirectory())
      await tellStranger(survey, spool.claimed(queue, node));
    else if (await survey.isDead(node)) await left(survey, queue, node);
    else await atWork(survey, queue, node);
  }
}

async function atWork(
  survey: Survey,
  queue: string,
  node: string,
): Promise<void> {
  for (const found of namesIn(survey.given.spool.claimed(queue, node))) {
    const name = parseName(found.name);
    if (!name) continue;
    survey.meet(name.id);
    survey.count();
    survey.atWork += 1;
    await survey.pause();
  }
}

/** What a dead node left: looked at where it lies, and taken over in the end. */
async function left(
  survey: Survey,
  queue: string,
  node: string,
): Promise<void> {
  const { spool, report, account } = survey.given;
  const folder = spool.claimed(queue, node);
  const stat = lstatSync(folder);
  if (!may(account, folder, stat, MOVE)) {
    const what = `${notFor(account, stat)}: no runner can take over what is in it`;
    return report.wrong("stuck-claims", folder, what);
  }
  let count = 0;
  for (const found of namesIn(folder)) {
    const path = join(folder, found.name);
    const name = parseName(found.name);
    if (name && found.isDirectory()) {
      count += 1;
      await meetEntry(survey, { queue, name, path, node });
    } else if (name) await meetFile(survey, queue, name, path);
    else await tellStranger(survey, path);
    await survey.pause();
  }
  if (count > 0) survey.dead.push({ queue, node, count });
}

async function waiting(survey: Survey, queue: string): Promise<void> {
  const folder = survey.given.spool.waiting(queue);
  for (const found of namesIn(folder)) {
    await meet(survey, queue, found, join(folder, found.name));
    await survey.pause();
  }
}

async function meet(
  survey: Survey,
  queue: string,
  found: Dirent,
  path: string,
): Promise<void> {
  const name = parseName(found.name);
  if (name && found.isDirectory())
    return meetEntry(survey, { queue, name, path, node: undefined });
  if (queue === frontDoor && found.isFile() && !found.name.startsWith("."))
    return meetMaildir(survey, join(path, ".."), found.name);
  if (name && found.isFile()) return meetFile(survey, queue, name, path);
  if (name || !found.isDirectory() || !isEntry(path, false))
    return tellStranger(survey, path);
  const { done, trouble } = await survey.act((hand) => hand.adopt(queue, path));
  const what =
    trouble ?? "an entry under a name that is none: it waits for ever";
  await survey.given.report.wrong("misnamed", path, what, done);
}

/** What an MTA delivered. */
async function meetMaildir(
  survey: Survey,
  folder: string,
  file: string,
): Promise<void> {
  const { account, report, now } = survey.given;
  const path = join(folder, file);
  const wrong = messageTrouble(folder, account, file);
  if (!lstatSync(path, { throwIfNoEntry: false })) return;
  survey.count();
  if (wrong?.kind === "unreachable")
    await report.wrong(wrong.kind, path, wrong.what);
  else if (wrong) {
    const name = freshName(now());
    const entry = { queue: frontDoor, name, path };
    const act = await survey.act((hand) => hand.wrap(entry, wrong.what));
    await report.wrong(wrong.kind, path, act.trouble ?? wrong.what, act.done);
  }
}

async function meetFile(
  survey: Survey,
  queue: string,
  name: Name,
  path: string,
): Promise<void> {
  const what = "a file has the name of an entry, which is a folder";
  const { done, trouble } = await survey.act((hand) =>
    hand.wrap({ queue, name, path }, what),
  );
  await survey.given.report.wrong("file-as-entry", path, trouble ?? what, done);
}

/** Only what runners remove: younger ones are being written. */
async function drafts(survey: Survey, queue: string): Promise<void> {
  const { spool, report, now } = survey.given;
  const folder = spool.writing(queue);
  let old = 0;
  let graves = 0;
  for (const { name } of namesIn(folder)) {
    if (name.startsWith(".") || !isSwept(queue, name)) {
      await tellStranger(survey, join(folder, name));
      continue;
    }
    if (name.endsWith(GRAVE) || name.endsWith(DROPPED)) graves += 1;
    else {
      const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
      if (stat && now() - stat.mtimeMs > DAY) old += 1;
    }
    await survey.pause();
  }
  const told = (count: number, what: string) =>
    `${plural(count, "entry", "entries")} ${what}`;
  if (old > 0)
    await report.note("drafts", folder, told(old, "not written to the end"));
  if (graves > 0)
    await report.note("graves", folder, told(graves, "done with or dropped"));
}
