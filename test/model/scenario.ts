/**
 * A scenario for the model: some entries, some nodes, and how much may go wrong.
 */
import {
  type Actor,
  type Budget,
  broken,
  Explorer,
  type Found,
  type Place,
  type World,
} from "./explorer.ts";
import { Files } from "./files.ts";
import { type Lineage, mustFollow, mustRest, wordsIn } from "./lineage.ts";
import { loadSpool, type Mutant, type SpoolCode } from "./load.ts";
import {
  bringer,
  envelope,
  type Hooks,
  named,
  person,
  runner,
  type Sight,
  type Work,
} from "./programs.ts";
import { Replayer } from "./replay.ts";
import { countFromZero } from "./shim.ts";

export interface Scenario {
  /** Entries that wait at first, `<text>@<queue>`. */
  readonly entries?: readonly string[];
  /** Files that an MTA delivered. */
  readonly delivered?: readonly string[];
  readonly lineage: Lineage;
  readonly hooks: Hooks;
  readonly nodes: readonly Part[];
  readonly budget: Partial<Budget>;
  readonly deaf?: boolean;
  readonly fine?: boolean;
  /** Errors that nodes may meet beside being fenced. */
  readonly errors?: RegExp;
}

/** A node's part in a scenario. */
export interface Part extends Work {
  readonly name: string;
  /** Queues that it runs; all without. */
  readonly queues?: readonly string[];
  readonly mayDie?: boolean;
  readonly maySeemDead?: boolean;
  /** It begins once this node is dead, or taken for dead. */
  readonly after?: string;
  /** It begins once something waits there. */
  readonly whenWaiting?: string;
  /** It brings this, `<text>@<queue>`, and does nothing else. */
  readonly brings?: string;
  /** It is a person's command, which does this to what it knows. */
  readonly does?: "drop" | "hold" | "release" | "retry";
}

/** The queues that something of a scenario is in at some time. */
function queuesOf({ lineage, hooks }: Scenario): string[] {
  const words = [...Object.keys(lineage), ...Object.values(lineage).flat(2)];
  const found = words.map((word) => word.split(/[@.]/)[1] ?? "");
  return [...new Set([...found, ...Object.keys(hooks)])].sort();
}

/** Explores a scenario, with the spool's code or a mutant of it. */
export async function explore(
  scenario: Scenario,
  mutant?: Mutant,
): Promise<Found> {
  const code = await loadSpool(mutant);
  const { lineage, errors = /^$/, hooks } = scenario;
  const nodes = scenario.nodes.map((part) => actorOf(code, scenario, part));
  const actors = [...nodes, janitor(code, hooks, nodes)];
  const start = filesOf(scenario);
  if (scenario.budget.powerFailures) start.beginJournal();
  return new Explorer({
    actors,
    budget: {
      crashes: 0,
      suspicions: 0,
      losses: 0,
      powerFailures: 0,
      ...scenario.budget,
    },
    deaf: scenario.deaf ?? false,
    fine: scenario.fine ?? false,
    files: start,
    replayers: actors.map(
      ({ name, program }) =>
        new Replayer(name, program, () => countFromZero(code.newId)),
    ),
    check: (before, after) => {
      if (before.files !== after.files)
        mustFollow(lineage, wordsIn(before.files), wordsIn(after.files));
    },
    checkFound: (before, after) =>
      checkFound(scenario, start, before.files, after.files),
    checkEnd: (last) => checkEnd(scenario, last),
    checkWords: (who, words) => {
      for (const word of words)
        if (word !== "taken" && !errors.test(word)) broken(`${who}: ${word}`);
    },
  }).explore();
}

function actorOf(code: SpoolCode, scenario: Scenario, part: Part): Actor {
  const { name, brings, mayDie, maySeemDead, after, whenWaiting } = part;
  const all = Object.entries(scenario.hooks);
  const mine = all.filter(([queue]) => part.queues?.includes(queue) ?? true);
  const program = () => {
    const [text = "", queue = ""] = brings?.split("@") ?? [];
    if (brings) return bringer(code, queue, text);
    if (part.does && part.knows) return person(code, part.knows, part.does);
    return runner(code, Object.fromEntries(mine), part);
  };
  return {
    name: nodeName(name),
    program: program(),
    mayDie: mayDie ?? false,
    maySeemDead: maySeemDead ?? false,
    begins: ({ places, files }) => {
      const index = scenario.nodes.findIndex((it) => it.name === after);
      const other = places[index];
      const isDead = other?.seemsDead || other?.status === "crashed";
      if (after !== undefined && !isDead) return false;
      if (whenWaiting === undefined) return true;
      return files.names(`/spool/${whenWaiting}/new`).length > 0;
    },
  };
}

/** It runs alone in the end, when nobody else goes on. */
function janitor(
  code: SpoolCode,
  hooks: Hooks,
  others: readonly Actor[],
): Actor {
  const goesOn = (world: World, { begins }: Actor, index: number) => {
    const { status } = world.places[index] as Place;
    return status === "waits" ? begins?.(world) !== false : status === "runs";
  };
  return {
    name: nodeName("z"),
    program: runner(code, hooks, { takesOver: true, sweeps: true }),
    begins: (world) =>
      !others.some((actor, index) => goesOn(world, actor, index)),
  };
}

export function nodeName(letter: string): string {
  return `${letter}.1.000000000`;
}

function filesOf(scenario: Scenario): Files {
  const { entries = [], delivered = [], nodes } = scenario;
  const files = new Files();
  for (const queue of queuesOf(scenario))
    for (const folder of ["new", "cur", "tmp"])
      files.put(`/spool/${queue}/${folder}`);
  for (const { name } of nodes) files.put(`/spool/nodes/${nodeName(name)}`);
  for (const entry of entries) {
    const [message = "", queue = ""] = entry.split("@");
    const at = `/spool/${queue}/new/${nameOf(message)}`;
    const rest = queue === "held" ? { rest: { queue: "posts" } } : {};
    const text = JSON.stringify({ ...envelope, ...rest });
    files.put(`${at}/envelope.json`, `${text}\n`);
    files.put(`${at}/message`, message);
  }
  for (const text of delivered) files.put(`/spool/incoming/new/${text}`, text);
  return files;
}

function nameOf(text: string): string {
  const { due, attempt, id } = named(text);
  return `${due}.${attempt}.${id}`;
}

/** A waiting entry with this text. */
export function entry(text: string, queue = "posts"): Sight {
  return { queue, waiting: { kind: "entry", name: named(text) } };
}

/** A file that an MTA delivered. */
export function delivered(file: string): Sight {
  return { queue: "incoming", waiting: { kind: "maildir", file } };
}

/** What was not synced begins anew: it is somewhere between the beginning and where it was. */
function checkFound(
  { lineage, nodes }: Scenario,
  start: Files,
  before: Files,
  after: Files,
): void {
  const brought = nodes.flatMap(({ brings }) => brings && `${brings}.draft`);
  const found = wordsIn(after);
  if (found.join() === wordsIn(before).join()) return;
  const outside = brought.filter((word) => word !== undefined);
  mustFollow(lineage, [...wordsIn(start), ...outside], found);
  mustFollow(lineage, [...found, ...outside], wordsIn(before), true);
}

function checkEnd(scenario: Scenario, last: World): void {
  const { lineage, nodes } = scenario;
  const { files, places } = last;
  if (places.at(-1)?.status !== "ended") broken("nobody goes on");
  mustRest(Object.keys(scenario.hooks), files);
  for (const [index, { brings }] of nodes.entries())
    if (brings && places[index]?.moment.outcome?.words.includes("taken"))
      mustFollow(lineage, [brings], wordsIn(files));
  for (const queue of queuesOf(scenario)) {
    const at = `/spool/${queue}`;
    for (const node of files.names(`${at}/cur`))
      for (const name of files.names(`${at}/cur/${node}`))
        broken(`${at}/cur/${node}/${name} is left behind`);
    // What somebody leaves there who died is removed after a day.
    const leaves = nodes.some(({ brings, does }) => brings ?? does);
    for (const name of files.names(`${at}/tmp`))
      if (!leaves) broken(`${at}/tmp/${name} is left behind`);
    for (const name of files.names(`${at}/new`))
      if (
        files.names(`${at}/new/${name}`).length === 0 &&
        files.text(`${at}/new/${name}`) === undefined
      )
        broken(`${at}/new/${name} is empty`);
  }
}
