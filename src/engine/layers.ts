/**
 * A queue's pipeline is the listing of its hook folders, layer over layer: package < site <
 * domain < list. The same path in a later layer replaces the earlier one; a link to /dev/null
 * removes it. The listing is remembered, and checked against the folders before each use.
 */
import { readdirSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { isQueueName } from "../spool/name.ts";
import {
  asSeen,
  asWay,
  isLink,
  isUnchanged,
  type Seen,
  signatureOf,
  statOf,
} from "./seen.ts";
import { distrust, usuallyTrusted, Ways } from "./trusted.ts";

export const verbs = [
  "approve",
  "route",
  "edit",
  "recipients",
  "refine",
  "emit",
  "deliver",
  "answer",
  "consume",
] as const;
export type Verb = (typeof verbs)[number];

/** A folder of hook folders, `<dir>/<queue>/<NN-verb>/<NN-name>`. */
export interface Layer {
  readonly name: "package" | "site" | "domain" | "list";
  readonly dir: string;
  /** The home that it lies in: what belongs to its owner is trusted. */
  readonly home?: string;
}

export interface Hook {
  /** `<queue>/<NN-verb>/<NN-name>`: what log lines and settings call it. */
  readonly path: string;
  readonly file: string;
  readonly layer: Layer["name"];
  readonly how: "forked" | "inline" | "served";
  /** Changes when the file does. */
  readonly version: string;
}

export interface Stage {
  readonly name: string;
  readonly verb: Verb;
  readonly hooks: readonly Hook[];
}

export interface Pipeline {
  readonly queue: string;
  readonly stages: readonly Stage[];
  /** Refused hooks and folders: while there is one, messages wait. */
  readonly problems: readonly string[];
  /** Files that are no hooks, and why. */
  readonly ignored: readonly string[];
}

const notHooks = /^\.|~$|\.bak$|\.dpkg-[a-z]+$|\.rpm[a-z]+$|\.swp$/;
const inlineHook = /\.hook\.(ts|mjs)$/;
/** Started once and asked about message after message. */
const servedHook = /\.serve(\.[^.]+)?$/;
const stageName = /^\d+-([a-z]+)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: such a name is refused
const controls = /[\u0000-\u001f\u007f]/;

/** Lists the pipeline of a queue anew. @param seen gets all that was looked at */
export function listPipeline(
  queue: string,
  layers: readonly Layer[],
  seen: Seen[] = [],
): Pipeline {
  const stages = new Map<string, Map<string, Hook>>();
  const problems: string[] = [];
  const ignored: string[] = [];
  const trusted = new Set([...usuallyTrusted(), ...ownersOf(layers)]);
  const ways = new Ways(trusted, (path) => seen.push(asWay(path)));
  const sight: Sight = { seen, problems, ways };
  for (const layer of layers) {
    const folder = join(layer.dir, queue);
    if (isOpen(layer.dir, sight) !== false) continue;
    // Who can write to the folder above can put other hooks in their place.
    if (isOpen(dirname(layer.dir), sight)) continue;
    for (const stage of namesIn(folder, sight)) {
      const stageFolder = join(folder, stage);
      if (notHooks.test(stage) || stage === "README.md") continue;
      if (isMask(stageFolder)) {
        stages.delete(stage);
        continue;
      }
      const verb = stageName.exec(stage)?.[1];
      const stat = statOf(stageFolder);
      if (!stat) seen.push(asSeen(stageFolder, stat));
      if (!stat?.isDirectory()) continue;
      if (!verbs.includes(verb as Verb)) {
        problems.push(
          `${stageFolder}: a stage is called NN-verb with one of ${verbs.join(", ")}`,
        );
        continue;
      }
      const hooks = stages.get(stage) ?? new Map<string, Hook>();
      stages.set(stage, hooks);
      for (const name of namesIn(stageFolder, sight)) {
        const file = join(stageFolder, name);
        const looked = look(file, name, seen);
        if (looked === "mask") hooks.delete(name);
        else if (typeof looked === "string") ignored.push(`${file}: ${looked}`);
        else {
          const problem =
            distrust(file, looked, trusted) ??
            (isLink(file) ? ways.problem(file) : undefined);
          hooks.delete(name);
          if (problem !== undefined) {
            problems.push(problem);
            continue;
          }
          hooks.set(name, {
            path: `${queue}/${stage}/${name}`,
            file,
            layer: layer.name,
            how: howOf(name),
            version: signatureOf(looked),
          });
        }
      }
    }
  }
  return {
    queue,
    stages: sorted(stages).map(([name, hooks]) => ({
      name,
      verb: name.slice(name.indexOf("-") + 1) as Verb,
      hooks: sorted(hooks).map(([, hook]) => hook),
    })),
    problems,
    ignored,
  };
}

/** Why no message can go through a pipeline now; undefined where it can. */
export function obstacleIn({
  queue,
  stages,
  problems,
}: Pipeline): string | undefined {
  if (problems.length > 0) return problems[0];
  return stages.length === 0
    ? `hooks.d/${queue} has no hooks for it`
    : undefined;
}

/** What an answer hook is asked for by: its file's name without the number before and what follows a dot. */
export function wordOf({ path }: Pick<Hook, "path">): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.replace(/^\d+-/, "").replace(/\..*$/, "").toLowerCase();
}

/** How a hook of that name is run. */
function howOf(name: string): Hook["how"] {
  if (inlineHook.test(name)) return "inline";
  return servedHook.test(name) ? "served" : "forked";
}

/** A hook's file, "mask" for a removal, or why it is no hook. */
function look(file: string, name: string, seen: Seen[]): Stats | string {
  const stat = statOf(file);
  seen.push(asSeen(file, stat));
  if (notHooks.test(name)) return "not a hook's name";
  if (controls.test(name)) return "a control character in its name";
  if (isMask(file)) return "mask";
  if (!stat) return "a link to nothing";
  if (stat.isDirectory()) return "a folder, not a hook";
  if (!stat.isFile()) return "not a file";
  if (!(stat.mode & 0o111)) return "not executable";
  return stat;
}

/** What a listing collects on its way. */
interface Sight {
  readonly seen: Seen[];
  readonly problems: string[];
  readonly ways: Ways;
}

function namesIn(folder: string, sight: Sight): string[] {
  return isOpen(folder, sight) === false ? readdirSync(folder) : [];
}

/** Whether a folder cannot be trusted, which is a problem; undefined where it is none. */
function isOpen(
  folder: string,
  { seen, problems, ways }: Sight,
): boolean | undefined {
  const stat = statOf(folder);
  seen.push(asSeen(folder, stat));
  if (!stat?.isDirectory()) return undefined;
  // Hooks can be put into a sticky folder by others, though not changed there.
  const problem =
    stat.mode & 0o002
      ? `${folder}: refused, others can write to it (chmod o-w)`
      : ways.problem(folder);
  if (problem === undefined) return false;
  if (!problems.includes(problem)) problems.push(problem);
  return true;
}

/** Who owns the homes that layers lie in. */
function ownersOf(layers: readonly Layer[]): number[] {
  const homes = new Set(layers.flatMap(({ home }) => home ?? []));
  return [...homes].flatMap((home) => statOf(home)?.uid ?? []);
}

function isMask(path: string): boolean {
  return isLink(path) && readlinkSync(path) === "/dev/null";
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Two changes within one tick of a file system's clock look like one. */
const TICK = 100;
const REMEMBERED = 1000;
/** Milliseconds for which a check may do for others that wait. */
const MOMENT = 100;

/** What was looked at several times is checked once. */
function eachOnce(looks: readonly Seen[]): Seen[] {
  const found = new Map<string, Seen>();
  for (const look of looks)
    found.set(`${look.path} ${look.isWay} ${look.signature}`, look);
  return [...found.values()];
}

/** Whether a hook is named in a setting `observe`, with or without its `.hook.ts` or `.serve.py`. */
export function isObserved(hook: Hook, observe: readonly string[]): boolean {
  const bare = hook.path.replace(inlineHook, "").replace(servedHook, "");
  return observe.some((path) => path === hook.path || path === bare);
}

/** Names of queues in any layer. Folders only are looked at: a queue may have no hook that is to run. */
export function queuesIn(layers: readonly Layer[]): string[] {
  const found = new Set<string>();
  for (const { dir } of layers)
    if (statOf(dir)?.isDirectory())
      for (const name of readdirSync(dir))
        if (isQueueName(name)) found.add(name);
  return [...found].sort();
}

interface Known {
  readonly pipeline: Pipeline;
  readonly seen: readonly Seen[];
  /** When it was right, in milliseconds as `performance.now()` counts them. */
  checked: number;
}

/** Remembers listings; each is checked by a stat of all that it was made from. */
export class Pipelines {
  readonly #known = new Map<string, Known>();

  /**
   * The pipeline as it is now, or for a message that has been waiting, as it was a moment ago.
   * @param now milliseconds since 1970
   * @param since when the message was there, as `performance.now()` counts: who changes a hook and
   *   then sends a message has it go through the changed one
   */
  get(
    queue: string,
    layers: readonly Layer[],
    now: number,
    since = Number.POSITIVE_INFINITY,
  ): Pipeline {
    const key = [queue, ...layers.map((layer) => layer.dir)].join("\n");
    const known = this.#known.get(key);
    const checked = performance.now();
    if (known && known.checked >= Math.max(since, checked - MOMENT))
      return known.pipeline;
    if (known?.seen.every(isUnchanged)) {
      known.checked = checked;
      return known.pipeline;
    }
    const looks: Seen[] = [];
    const pipeline = listPipeline(queue, layers, looks);
    const seen = eachOnce(looks);
    this.#known.delete(key);
    if (!seen.some(({ changed }) => now - changed < TICK))
      this.#known.set(key, { pipeline, seen, checked });
    if (this.#known.size > REMEMBERED) {
      const oldest = this.#known.keys().next().value;
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return pipeline;
  }

  /** The queues called PREFIX-NAME that have a hook to run, by their names. */
  streams(prefix: string, layers: readonly Layer[], now: number): string[] {
    return queuesIn(layers).filter(
      (queue) =>
        queue.startsWith(`${prefix}-`) &&
        this.get(queue, layers, now).stages.some(
          ({ hooks }) => hooks.length > 0,
        ),
    );
  }
}
