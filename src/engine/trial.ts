/**
 * Hooks tried out on a message, asked as the mill asks them: by a Pass on a scratch entry in the
 * system's folder for temporary files. Nothing of the home is written; what hooks do to the world
 * is their own affair, and they are told that it is a trial. The scratch folder is removed by
 * `remove`; after a crash it is left there, and can be deleted.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import type { Piece } from "../base/pieces.ts";
import type { Claim } from "../spool/claim.ts";
import { type Content as Bytes, writeNew } from "../spool/durable.ts";
import type { Envelope } from "../spool/envelope.ts";
import { freshName } from "../spool/name.ts";
import type { Equipment, Report } from "./asker.ts";
import type { Given } from "./distribution.ts";
import type { End } from "./end.ts";
import { type Follows, follows } from "./foresight.ts";
import type { Hook, Pipeline, Stage, Verb } from "./layers.ts";
import { Pass } from "./pass.ts";
import { wholeOf } from "./program.ts";
import type { Content, Emission } from "./question.ts";
import type { Place } from "./trade.ts";

/** What a trial has in common with a mill. */
export type Gear<C extends Content> = Omit<
  Equipment<C>,
  "witness" | "log" | "holds"
>;

/** What is tried. */
export interface Sample {
  readonly queue: string;
  readonly envelope: Envelope;
  /** A file with LF line ends; only looked at. */
  readonly message: string;
  /** The recipients of an outbound entry. */
  readonly recipients?: Bytes;
}

/** What came of a hook. */
export interface Tried<C extends Content> extends Report {
  readonly asked: true;
  /** The message before and after; the same object where it was not changed. */
  readonly before: C;
  readonly after: C;
  /** The distribution list before and after, and what this hook gave to it. */
  readonly addressesBefore: readonly Piece[];
  readonly addressesAfter: readonly Piece[];
  readonly given: readonly Piece[];
  readonly emissions: readonly Emission[];
  /** What it said in the log. */
  readonly said: readonly string[];
}

/** A hook that was not asked. */
export interface NotAsked {
  readonly asked: false;
  readonly hook: Hook;
  readonly stage: Stage;
  readonly why: string;
}

/** Verbs that do something to the world: they are not run but by name. */
const acting: readonly Verb[] = ["deliver", "answer", "consume"];
/** Most log lines of a hook that are kept. */
const SAID = 1000;

export function acts(verb: Verb): boolean {
  return acting.includes(verb);
}

/** A folder for scratch entries. */
export class Scratch {
  readonly folder: string;
  #entries = 0;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "listmill-trial-"));
  }

  entry(): string {
    this.#entries += 1;
    const path = join(this.folder, String(this.#entries));
    mkdirSync(path);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Trial<C extends Content> {
  readonly pass: Pass<C>;
  /** What ended the way so far. */
  end: End = { kind: "done" };
  readonly #claim: Claim;
  readonly #gear: Gear<C>;
  #said: string[] = [];
  #report: Report | undefined;

  private constructor(
    claim: Claim,
    envelope: Envelope,
    message: C,
    place: Place,
    gear: Gear<C>,
  ) {
    this.#claim = claim;
    this.#gear = gear;
    this.pass = new Pass(claim, envelope, message, place, {
      ...gear,
      holds: () => true,
      log: (_where, what) => {
        if (this.#said.length < SAID) this.#said.push(what);
      },
      witness: (report) => {
        this.#report = report;
      },
      sample: true,
    });
  }

  /** Lays out the sample. Throws Failure where it is no message. */
  static async open<C extends Content>(
    scratch: Scratch,
    { queue, envelope, message, recipients }: Sample,
    place: Place,
    gear: Gear<C>,
  ): Promise<Trial<C>> {
    const path = scratch.entry();
    const now = gear.clock.now();
    const file = join(path, "message");
    symlinkSync(message, file);
    if (recipients !== undefined)
      await writeNew(join(path, "recipients"), recipients);
    const opened = await gear.trade.open(wholeOf(file));
    if ("noMessage" in opened)
      throw new Failure(exit.dataError, `no message: ${opened.noMessage}`);
    const name = freshName(now);
    return new Trial({ queue, name, path }, envelope, opened, place, gear);
  }

  /**
   * Asks the hooks of a pipeline in order, until a verdict ends it; `end` then tells which.
   * @param really hooks that deliver and consume too
   */
  async *walk(
    pipeline: Pipeline,
    really = false,
  ): AsyncGenerator<Tried<C> | NotAsked> {
    for (const stage of pipeline.stages)
      for (const hook of stage.hooks) {
        if (acts(stage.verb) && !really) {
          const why = `${stage.verb} hooks are not run in a trial`;
          yield { asked: false, hook, stage, why };
          continue;
        }
        const tried = await this.#ask(hook, stage);
        yield tried ?? { asked: false, hook, stage, why: whyNot(stage.verb) };
        if (this.end.kind !== "done") return;
        if (tried?.verdict.kind === "skip" && !tried.observed) break;
      }
  }

  /** What would become of the message now. */
  follows(): Promise<Follows> {
    return follows(this.pass, this.end, this.#gear);
  }

  /** Removes the scratch entry. */
  remove(): void {
    rmSync(this.#claim.path, { recursive: true, force: true });
  }

  async #ask(hook: Hook, stage: Stage): Promise<Tried<C> | undefined> {
    const { pass } = this;
    this.#said = [];
    this.#report = undefined;
    const before = pass.message;
    const addressesBefore = filed(pass.distribution.file);
    const counts = [pass.emissions, pass.settled].map(({ length }) => length);
    const gifts = pass.distribution.given.length;
    this.end = await pass.run({
      queue: this.#claim.queue,
      stages: [{ ...stage, hooks: [hook] }],
      problems: [],
      ignored: [],
    });
    // The pass has it called from elsewhere, which the compiler cannot see.
    const report = this.#report as Report | undefined;
    if (!report) return undefined;
    const given = pass.distribution.given[gifts];
    return {
      ...report,
      asked: true,
      before,
      after: pass.message,
      addressesBefore,
      addressesAfter: filed(pass.distribution.file),
      given: given ? [partOf(given)] : [],
      emissions: [
        ...pass.emissions.slice(counts[0]),
        ...pass.settled.slice(counts[1]),
      ],
      said: this.#said.map((line) => bare(line, hook)),
    };
  }
}

function partOf({ file, start, end }: Given): Piece {
  return { path: file, start, end };
}

function filed(path: string | undefined): Piece[] {
  return path === undefined ? [] : wholeOf(path);
}

/** A log line of a hook without its name. */
function bare(line: string, hook: Hook): string {
  const name = `${hook.path}: `;
  return line.startsWith(name) ? line.slice(name.length) : line;
}

function whyNot(verb: Verb): string {
  switch (verb) {
    case "route":
      return "a hook before it has named the queue";
    case "refine":
      return "there is no distribution list";
    case "deliver":
      return "no recipients are left";
    case "answer":
      return "the message does not ask for it";
    default:
      return "it was not asked";
  }
}
