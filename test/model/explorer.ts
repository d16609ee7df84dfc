/**
 * A model checker for the code that moves entries: it runs the real `src/spool`, and looks at every
 * order in which the system calls of some nodes can come, and at what may befall them on the way.
 *
 *   files      a file system in memory, which does one system call at a time
 *   journal    what of it is on disk
 *   shim       `node:fs` as the code under test sees it: it asks the model
 *   load       loads `src/spool` with that shim, or a mutant of it
 *   replay     a program up to its next system call, found by running it again
 *   explorer   all orders of these calls, depth first, each state once
 *   programs   what a node does: as the engine's turn, with hooks that are one line
 *   lineage    which messages the spool holds, and which may follow from which: the properties
 *   scenarios  some nodes, some entries, and how much may go wrong
 *   mutants    the same code with something broken, which the model must find
 *
 * A step is one system call of one node, as the file server does it. Beside that:
 *
 *   crash      a node never runs again; from then on the others know that it is dead
 *   suspicion  a node is taken for dead while it runs on: its lease says no from then on, but what it
 *              asked before that may be acted on at any later time. Where `deaf` it never learns of it
 *   loss       the reply to a rename, link, mkdir, unlink or rmdir is lost; it has happened, the client
 *              does the same again at any later time, and the node is told what that says
 *   power      it fails: all die, and what was not synced may be lost (`journal.ts`)
 *
 * At last, when all have ended or died, the janitor runs alone: it takes over from all of them and
 * works until nothing is left to do.
 */
import { hash } from "node:crypto";
import type { Answer, Files, Operation } from "./files.ts";
import type { Moment, Program, Replayer } from "./replay.ts";

/** A node, or somebody who brings mail. */
export interface Actor {
  readonly name: string;
  readonly program: Program;
  /** What may befall it. */
  readonly mayDie?: boolean;
  readonly maySeemDead?: boolean;
  /** Whether it may begin; at once without it. */
  readonly begins?: (world: World) => boolean;
}

/** Something of which there is a limited number in a run. */
export interface Budget {
  readonly crashes: number;
  readonly suspicions: number;
  readonly losses: number;
  readonly powerFailures: number;
}

type Status = "waits" | "runs" | "ended" | "crashed";

export interface Place {
  readonly status: Status;
  readonly moment: Moment;
  /** The reply to what it asks was lost: it asks again. */
  readonly asksAgain: boolean;
  readonly seemsDead: boolean;
}

/** Everything that there is. */
export interface World {
  readonly files: Files;
  readonly places: readonly Place[];
  readonly left: Budget;
}

/** One step of a schedule. */
export interface Step {
  readonly who: string;
  readonly what: string;
  readonly result: string;
}

export interface Model {
  readonly actors: readonly Actor[];
  readonly budget: Budget;
  /** Its lease never tells a node that others take it for dead. */
  readonly deaf?: boolean;
  /** Whether what concerns only the node itself is a step too, so that it may die in the middle. */
  readonly fine?: boolean;
  readonly files: Files;
  readonly replayers: readonly Replayer[];
  /** Throws where one of these must not follow from the other. */
  check(before: World, after: World): void;
  /** Throws where this must not be found after a power failure. */
  checkFound(before: World, after: World): void;
  /** Throws where this must not be how it ends. */
  checkEnd(last: World): void;
  /** Throws where a program must not end so. */
  checkWords(who: string, words: readonly string[]): void;
}

export interface Found {
  readonly states: number;
  readonly steps: number;
  /** How often the code under test was run. */
  readonly runs: number;
  /** Ends of schedules that differ. */
  readonly ends: number;
  readonly problem?: { readonly reason: string; readonly schedule: Step[] };
}

class Problem extends Error {}

/** Throws this to say that a property does not hold. */
export function broken(reason: string): never {
  throw new Problem(reason);
}

const losable = new Set(["rename", "link", "mkdir", "unlink", "rmdir"]);

export class Explorer {
  readonly #model: Model;
  readonly #seen = new Set<string>();
  readonly #schedule: Step[] = [];
  #steps = 0;
  #ends = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Looks at all there is, until the first problem. */
  async explore(): Promise<Found> {
    const { files, budget, actors, replayers } = this.#model;
    const places = await Promise.all(
      actors.map(async (_, index): Promise<Place> => {
        const moment = await (replayers[index] as Replayer).begin(0);
        return { status: "waits", moment, asksAgain: false, seemsDead: false };
      }),
    );
    try {
      await this.#visit({ files, places, left: budget });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const problem = { reason: error.message, schedule: this.#schedule };
      return { ...this.#counts(), problem };
    }
    return this.#counts();
  }

  #counts(): Found {
    const runs = this.#model.replayers.reduce((sum, { runs }) => sum + runs, 0);
    const states = this.#seen.size;
    return { states, steps: this.#steps, runs, ends: this.#ends };
  }

  async #visit(world: World): Promise<void> {
    const key = keyOf(world);
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    let isEnd = true;
    for (const [index, place] of world.places.entries()) {
      if (!this.#goesOn(world, index, place)) continue;
      isEnd = false;
      for (const next of this.#befall(world, index, place))
        await this.#go(world, next.world, next.step);
      await this.#act(world, index, place);
    }
    await this.#failPower(world);
    if (!isEnd) return;
    this.#ends += 1;
    this.#model.checkEnd(world);
  }

  #goesOn(world: World, index: number, { status }: Place): boolean {
    if (status !== "waits") return status === "runs";
    return this.#actor(index).begins?.(world) ?? true;
  }

  #actor(index: number): Actor {
    return this.#model.actors[index] as Actor;
  }

  async #go(before: World, after: World, step: Step): Promise<void> {
    this.#steps += 1;
    this.#schedule.push(step);
    this.#model.check(before, after);
    await this.#visit(after);
    this.#schedule.pop();
  }

  /** All die at once, but for the janitor, who has not come yet. */
  async #failPower(world: World): Promise<void> {
    const { powerFailures } = world.left;
    if (powerFailures === 0 || world.places.at(-1)?.status !== "waits") return;
    const left = { ...world.left, powerFailures: powerFailures - 1 };
    const places = world.places.map((place, index) =>
      index < world.places.length - 1 && place.status !== "ended"
        ? { ...place, status: "crashed" as const }
        : place,
    );
    for (const files of world.files.afterPowerFailure()) {
      const after = { files, places, left };
      this.#schedule.push({ who: "-", what: "the power fails", result: "" });
      this.#steps += 1;
      this.#model.checkFound(world, after);
      await this.#visit(after);
      this.#schedule.pop();
    }
  }

  /** What may befall a node instead of its next step. */
  *#befall(
    world: World,
    index: number,
    place: Place,
  ): Generator<{ world: World; step: Step }> {
    const { name: who, mayDie, maySeemDead } = this.#actor(index);
    const { crashes, suspicions } = world.left;
    if (mayDie && crashes > 0 && place.status === "runs") {
      const files = world.files.clone();
      files.closeAll(who);
      const left = { ...world.left, crashes: crashes - 1 };
      const dead = { ...place, status: "crashed" } as const;
      yield {
        world: { files, left, places: world.places.with(index, dead) },
        step: { who, what: "dies", result: "" },
      };
    }
    if (maySeemDead && suspicions > 0 && !place.seemsDead) {
      const left = { ...world.left, suspicions: suspicions - 1 };
      const places = world.places.with(index, { ...place, seemsDead: true });
      yield {
        world: { ...world, left, places },
        step: { who, what: "is taken for dead", result: "" },
      };
    }
  }

  /** Its next system call, with its reply or without. */
  async #act(world: World, index: number, place: Place): Promise<void> {
    const { asks } = place.moment;
    const { name } = this.#actor(index);
    if (!asks) throw new Error(`${name} asks nothing`);
    const files = world.files.clone();
    const answer = this.#answer({ ...world, files }, index, asks);
    const step = { who: name, what: wordsOf(asks), result: resultOf(answer) };
    const { losses } = world.left;
    const hasHappened = "ok" in answer && losable.has(asks[0]);
    if (losses > 0 && hasHappened && !place.asksAgain) {
      const left = { ...world.left, losses: losses - 1 };
      const again = { ...place, status: "runs", asksAgain: true } as const;
      const places = world.places.with(index, again);
      const lost = { ...step, result: "(the reply is lost)" };
      await this.#go(world, { files, left, places }, lost);
    }
    const after = await this.#advance({ ...world, files }, index, answer);
    await this.#go(world, after, step);
  }

  #answer(world: World, index: number, asks: Operation): Answer {
    const [call, of] = asks;
    if (call === "holds") {
      const { seemsDead } = world.places[index] as Place;
      return { ok: this.#model.deaf === true || !seemsDead };
    }
    if (call === "isDead") return { ok: this.#isDead(world, String(of)) };
    return world.files.apply(this.#actor(index).name, asks);
  }

  #isDead({ places }: World, name: string): boolean {
    const index = this.#model.actors.findIndex((it) => it.name === name);
    const place = places[index];
    if (!place) return true;
    return place.seemsDead || !["waits", "runs"].includes(place.status);
  }

  /** Tells a program what it asked, and does at once what concerns nobody else. */
  async #advance(world: World, index: number, first: Answer): Promise<World> {
    const replayer = this.#model.replayers[index] as Replayer;
    const { name: who } = this.#actor(index);
    const { seemsDead, moment: start } = world.places[index] as Place;
    let found = replayer.after(start, first);
    let moment = found instanceof Promise ? await found : found;
    while (moment.asks && !this.#model.fine && isPrivate(moment.asks)) {
      found = replayer.after(moment, world.files.apply(who, moment.asks));
      moment = found instanceof Promise ? await found : found;
    }
    let status: Status = "runs";
    if (moment.outcome) {
      this.#model.checkWords(who, moment.outcome.words);
      world.files.closeAll(who);
      if (moment.outcome.again) moment = await replayer.begin(moment.round + 1);
      else status = "ended";
    }
    const place = { status, moment, asksAgain: false, seemsDead };
    return { ...world, places: world.places.with(index, place) };
  }
}

/**
 * Whether it makes no difference when this is done: what is written into a file that its writer alone
 * has open, a bell, or a folder that is there always.
 */
function isPrivate([call, path]: Operation): boolean {
  if (["write", "fsync", "close", "pread", "fstat", "utimes"].includes(call))
    return true;
  if (call === "mkdir")
    return /^\/spool\/[a-z]+\/(tmp|new|cur)$/.test(`${path}`);
  return call === "list" && path === "/spool";
}

function keyOf({ files, places, left }: World): string {
  const nodes = places.map(({ status, moment, asksAgain, seemsDead }) =>
    status === "runs"
      ? `${moment.id}${asksAgain ? "?" : ""}${seemsDead ? "!" : ""}`
      : `${status}${seemsDead ? "!" : ""}`,
  );
  const text = [files.key(), nodes.join(), ...Object.values(left)].join(" ");
  return hash("sha256", text, "base64");
}

function wordsOf([call, ...args]: Operation): string {
  const words = args.map((arg) => {
    const text = String(arg);
    return text.startsWith("/") ? text.slice(1) : JSON.stringify(text);
  });
  return [call, ...words].join(" ");
}

function resultOf(answer: Answer): string {
  if ("error" in answer) return answer.error;
  return answer.ok === undefined ? "" : JSON.stringify(answer.ok);
}

/** A schedule as people read it: a step a line. */
export function show({ problem }: Found): string {
  if (!problem) return "";
  const lines = problem.schedule.map(
    ({ who, what, result }) =>
      `  ${who}  ${what}${result === "" ? "" : `  -> ${result}`}`,
  );
  // What is the same in all names only hides what differs.
  return [problem.reason, ...lines]
    .join("\n")
    .replaceAll(/\b\d{10}\.(\d+)\.[0-9a-z]{9}-0*/g, "$1.")
    .replaceAll(/\.1\.0{9}\b/g, "");
}
