/**
 * One entry: which state of the table in spool/README.md it is in, and what of it is not whole.
 * Nothing is changed.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, messageOf } from "../../base/errors.ts";
import { isDraft } from "../claim.ts";
import { UNKNOWN } from "../envelope.ts";
import { isQueueName, type Name, parseChildName } from "../name.ts";
import { isKept } from "../nfs.ts";
import { frontDoor } from "../queue.ts";
import { isResting, listFolder } from "../spool.ts";
import { type Account, MOVE, may } from "./account.ts";
import type { Trouble } from "./finding.ts";
import {
  envelopeAt,
  givenTrouble,
  listTrouble,
  messageTrouble,
  notFor,
  progressTrouble,
} from "./parts.ts";

export interface Eye {
  readonly account: Account;
  /** Queues whose entries are nothing but distribution lists. */
  readonly listQueues: ReadonlySet<string>;
}

export interface Look {
  readonly state: "gone" | "empty" | "committed" | "entry";
  /** Worst first. Those of a child begin with `out/`. */
  readonly troubles: readonly Trouble[];
  /** What lies in it and is nothing of ours. */
  readonly strangers: readonly string[];
  /** Names in `out/` that are those of children. */
  readonly children: readonly string[];
}

const ours =
  /^(?:message|envelope\.json|envelope\.broken(?:\.[0-9a-z-]+)?|recipients|progress|given(?:\.\d+)?|out)$/;

function isOurs(file: string): boolean {
  return ours.test(file) || isDraft(file);
}

/** Looks at the entry in the folder `path`. */
export function lookAt(
  eye: Eye,
  { queue, name, path }: { queue: string; name: Name; path: string },
): Look {
  const nothing = { strangers: [], children: [] };
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return { state: "gone", troubles: [], ...nothing };
    if (!may(eye.account, path, stat, MOVE)) {
      const what = notFor(eye.account, stat);
      const closed = { kind: "unreachable", file: "", what } as const;
      return { state: "entry", troubles: [closed], ...nothing };
    }
    const all = listFolder(path);
    const strangers = all.filter((file) => !isOurs(file));
    const files = all.filter((file) => !isKept(file));
    if (files.length === 0)
      return { state: "empty", troubles: [], strangers, children: [] };
    if (files.includes("out")) {
      const out = childrenOf(eye, path);
      strangers.push(...out.strangers);
      return { state: "committed", ...out, strangers };
    }
    const troubles = wholeness(eye, { queue, name, path }, files);
    return { state: "entry", troubles, strangers, children: [] };
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    if (!isThere) return { state: "gone", troubles: [], ...nothing };
    const what = messageOf(error);
    const closed = { kind: "unreachable", file: "", what } as const;
    return { state: "entry", troubles: [closed], ...nothing };
  }
}

/** What is not whole of an entry that is not committed. */
function wholeness(
  { account, listQueues }: Eye,
  { queue, name, path }: { queue: string; name: Name; path: string },
  files: readonly string[],
): Trouble[] {
  const troubles: (Trouble | undefined)[] = [messageTrouble(path, account)];
  const found = envelopeAt(path, account);
  if ("kind" in found) troubles.push(found);
  else if (found.read.kind === "broken") {
    const { reason: what } = found.read;
    troubles.push({ kind: "bad-envelope", file: "envelope.json", what });
  } else if (found.read.kind === "missing") {
    const kind = "no-envelope";
    // There an MTA leaves messages without one.
    if (queue !== frontDoor)
      troubles.push({ kind, file: "envelope.json", what: "it is missing" });
  } else {
    const { envelope } = found.read;
    // Its own was lost when it was to be laid aside, and that was cut short.
    if (envelope.origin === UNKNOWN && !isResting(queue))
      troubles.push({
        kind: "lost-envelope",
        file: "envelope.json",
        what: "another took its place, which says nothing",
      });
    const needsList = listQueues.has(queue);
    troubles.push(
      listTrouble(path, name, envelope, account, files, needsList),
      progressTrouble(path, name, envelope, account, files),
      givenTrouble(path, envelope, account),
    );
  }
  return troubles.filter((trouble) => trouble !== undefined);
}

/** Children are as whole as they were when they were committed, or something befell the disk. */
function childrenOf(eye: Eye, entry: string) {
  const troubles: Trouble[] = [];
  const strangers: string[] = [];
  const children: string[] = [];
  const out = join(entry, "out");
  for (const file of listFolder(out)) {
    const child = parseChildName(file);
    const path = join(out, file);
    if (
      !child ||
      !isQueueName(child.queue) ||
      !lstatSync(path, { throwIfNoEntry: false })?.isDirectory()
    ) {
      const what =
        child && isQueueName(child.queue)
          ? "it is no folder"
          : "this is no child's name";
      if (isKept(file)) strangers.push(`out/${file}`);
      else troubles.push({ kind: "bad-child", file: `out/${file}`, what });
      continue;
    }
    children.push(file);
    const look = lookAt(eye, { ...child, path });
    if (look.state === "empty")
      troubles.push({
        kind: "no-message",
        file: `out/${file}`,
        what: "there is nothing in it",
      });
    for (const trouble of look.troubles)
      troubles.push({ ...trouble, file: join("out", file, trouble.file) });
  }
  return { troubles, strangers, children };
}
