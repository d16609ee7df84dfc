/**
 * listmill check: whether this home can run, each trouble with what to do.
 */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { archiverTroubles } from "../archivers/trouble.ts";
import { host } from "../base/environment.ts";
import { exit, Failure, messageOf } from "../base/errors.ts";
import { brokerTroubles } from "../brokers/trouble.ts";
import { outbound } from "../engine/aftermath.ts";
import { type Hook, type Layer, listPipeline } from "../engine/layers.ts";
import { demandProblem } from "../lists/demand.ts";
import type { List } from "../lists/directory.ts";
import { Keyring } from "../lists/keyring.ts";
import type { Site } from "../lists/settings.ts";
import { layersOf } from "../mill.ts";
import { parseRelay } from "../outbound/smtp/dial.ts";
import { extendedBy } from "../receipt/door.ts";
import { mustBeThere } from "../spool/enqueue.ts";
import { parseName } from "../spool/name.ts";
import { probe } from "../spool/probe.ts";
import { frontDoor } from "../spool/queue.ts";
import { listFolder, restingQueues } from "../spool/spool.ts";
import { troubled, unknownObserved } from "./attention.ts";
import { type Context, parse, type Verb } from "./context.ts";
import { doorTrouble } from "./doorTrouble.ts";
import { hookQueues, passedOver } from "./hookqueues.ts";
import { hostTroubles, mountTroubles } from "./mounts.ts";
import { mannerOf, troubleOf } from "./programs.ts";
import { stateTrouble } from "./stateTrouble.ts";
import { homeTroubles } from "./template.ts";
import { unserved } from "./unserved.ts";

interface Finding {
  readonly level: "error" | "warning";
  readonly what: string;
}

const verb: Verb = {
  usage: `\
check
    Looks whether this home can run: settings, file system and its mount, hooks, members' database,
    keys, the MTA, and whether runners on other hosts see what is written here. Exits 78 where something
    must be mended first.`,
  async run(context, args) {
    parse(args, {}, 0);
    const findings: Finding[] = [];
    const error = (what: string) => findings.push({ level: "error", what });
    const warn = (what: string) => findings.push({ level: "warning", what });
    attempt(error, () => context.site);
    if (findings.length === 0) {
      for (const problem of fileSystem(context)) error(problem);
      findings.push(...mountTroubles(context));
      await stateTrouble(context.site, error, warn);
      attempt(error, () => new Keyring(context.home).all());
      doorTrouble(context, error, warn);
      archiverTroubles(context.site).forEach(warn);
      brokerTroubles(context.site).forEach(warn);
      const lists: List[] = [];
      attempt(error, () => {
        for (const address of namesOf(context, warn))
          attempt(error, () => lists.push(context.list(address)));
        for (const domain of context.lists.domains())
          attempt(error, () => {
            const shared = context.lists.domain(domain);
            if (!shared) return;
            lists.push(shared);
            const problem = demandProblem(shared);
            if (problem) error(problem);
          });
      });
      attempt(error, () => hooks(context, lists, warn).forEach(error));
      for (const folder of ["archive", "state"]) {
        const path = join(context.home, folder);
        if ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o007)
          warn(
            `${path}: other users of this host may enter it, and it is for the home's account: chmod o-rwx ${path}`,
          );
      }
      // Folders that are missing have been told.
      const nothing = () => {};
      attempt(nothing, () => {
        for (const { file, line, what } of homeTroubles(context))
          warn(`${file}:${line}: ${what}`);
      });
      const own = context.site.roles.get(host())?.queues;
      if (!own || own.includes(outbound))
        await mta(context).catch((reason) => warn(messageOf(reason)));
      findings.push(...(await hostTroubles(context)));
    }
    if (context.json) context.say(JSON.stringify(findings, undefined, 1));
    else if (findings.length === 0) context.say(`${context.home}: all is well`);
    else
      for (const { level, what } of findings) context.say(`${level}: ${what}`);
    return findings.some(({ level }) => level === "error")
      ? exit.config
      : exit.ok;
  },
};
export default verb;

function attempt(error: (what: string) => void, act: () => unknown): void {
  try {
    act();
  } catch (thrown) {
    for (const line of messageOf(thrown).split("\n")) error(line);
  }
}

/** The lists' addresses; a list that gets mail of another is worth a word. */
function namesOf(context: Context, warn: (what: string) => void): string[] {
  const names = context.lists.names();
  const all = new Set(names);
  for (const address of names) {
    const other = extendedBy(all, context.site.delimiters, address);
    if (other !== undefined)
      warn(
        `${address} and ${other}: the address of one is an extension of the other, and gets its mail`,
      );
  }
  return names;
}

function fileSystem(context: Context): string[] {
  const { spool, site } = context;
  if (!statSync(spool.root, { throwIfNoEntry: false }))
    return [
      `${spool.root}: there is no spool; make it with: listmill init ${site.home}`,
    ];
  const problems: string[] = [];
  const error = (what: string) => problems.push(what);
  attempt(error, () => problems.push(...probe(spool.root)));
  attempt(error, () => mustBeThere(spool));
  const device = statSync(spool.root).dev;
  const archive = join(site.home, "archive");
  const other = statSync(archive, { throwIfNoEntry: false });
  if (other && other.dev !== device)
    problems.push(
      `${archive}: it must lie on the file system of the spool, for posts are linked into it`,
    );
  for (const queue of spool.queues())
    for (const folder of [spool.waiting(queue), spool.writing(queue)])
      try {
        accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
      } catch {
        problems.push(`${folder}: not there, or not writable for this user`);
      }
  return problems;
}

/** The layers that there are, each set of them once: most lists have no hooks of their own. */
function layersOfAll(site: Site, lists: readonly List[]): Iterable<Layer[]> {
  const all = new Map<string, Layer[]>();
  for (const list of [undefined, ...lists]) {
    const layers = layersOf(site, list).filter(({ dir }) => existsSync(dir));
    all.set(layers.map(({ dir }) => dir).join("\0"), layers);
  }
  return all.values();
}

/** Refused hooks are errors, what lies about unused is worth a word. */
function hooks(
  context: Context,
  lists: readonly List[],
  warn: (what: string) => void,
): string[] {
  const problems = new Set<string>();
  const ignored = new Set<string>();
  const all = new Map<string, Hook>();
  let programs = false;
  const known = hookQueues(context);
  for (const layers of layersOfAll(context.site, lists))
    for (const queue of known) {
      const pipeline = listPipeline(queue, layers);
      for (const problem of pipeline.problems) problems.add(problem);
      for (const file of pipeline.ignored) ignored.add(file);
      for (const { hooks } of pipeline.stages) {
        programs ||= hooks.some(({ how }) => how !== "inline");
        for (const hook of hooks) all.set(hook.path, hook);
      }
    }
  const idle = unserved(context);
  if (idle !== undefined) warn(idle);
  for (const [host, { queues }] of context.site.roles)
    passedOver(known, host, queues ?? []).forEach(warn);
  const manner = mannerOf(context.site);
  const trouble = troubleOf(manner, context.spool);
  // A runner under an account of its own may run them all the same.
  if (manner.refused !== undefined) {
    if (programs) warn(manner.refused);
  } else if (trouble !== undefined) problems.add(trouble);
  for (const file of ignored) warn(`${file}: ignored`);
  unknownObserved(context.site, lists, [...all.values()]).forEach(warn);
  const waiting = troubled(context.spool);
  if (waiting !== undefined) warn(waiting);
  for (const file of strangers(context))
    warn(`${file}: not an entry of the spool; it is left where it is`);
  const without = ["commands", "bounces", ...restingQueues];
  for (const queue of context.spool.queues())
    if (
      !known.includes(queue) &&
      !without.includes(queue) &&
      listFolder(context.spool.waiting(queue)).length > 0
    )
      warn(
        `spool/${queue}: entries wait, but hooks.d/${queue} has no hooks for them`,
      );
  return [...problems];
}

/** What lies in the queues and is nothing of ours. */
function strangers({ spool }: Context): string[] {
  return spool.queues().flatMap((queue) =>
    listFolder(spool.waiting(queue))
      .filter((name) => {
        const path = join(spool.waiting(queue), name);
        const stat = statSync(path, { throwIfNoEntry: false });
        if (!stat || parseName(name)) return stat?.isDirectory() === false;
        return queue !== frontDoor || !stat.isFile();
      })
      .map((name) => join(spool.waiting(queue), name)),
  );
}

/** Whether the MTA answers. */
function mta(context: Context): Promise<void> {
  const { host, port, path } = parseRelay(context.site.outbound.smtp);
  const where = path ? { path } : { host, port };
  return new Promise((resolve, reject) => {
    const socket = connect({ ...where, timeout: 5000 });
    const fail = (why: string) => {
      socket.destroy();
      reject(
        new Failure(
          exit.unavailable,
          `[outbound] smtp = "${context.site.outbound.smtp}": ${why}; mail will wait`,
        ),
      );
    };
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => fail("no answer within 5 s"));
    socket.once("error", (error) => fail(messageOf(error)));
  });
}
