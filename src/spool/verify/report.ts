/** Findings as they come, and how many they were. */
import { relative } from "node:path";
import { type Finding, type Kind, kinds } from "./finding.ts";

export class Report {
  broken = 0;
  repaired = 0;
  notes = 0;
  readonly #home: string;
  readonly #tell: (finding: Finding) => Promise<void>;

  constructor(home: string, tell: (finding: Finding) => Promise<void>) {
    this.#home = home;
    this.#tell = tell;
  }

  /** Something that is not whole. @param done what was done about it */
  async wrong(
    kind: Kind,
    path: string,
    what: string,
    done?: string,
  ): Promise<void> {
    if (done === undefined) this.broken += 1;
    else this.repaired += 1;
    await this.#say("broken", kind, path, what, done);
  }

  /**
   * Something worth knowing.
   * @param done what was done about it
   * @param cure instead of what is said of its kind
   */
  async note(
    kind: Kind,
    path: string,
    what: string,
    done?: string,
    cure?: string,
  ): Promise<void> {
    this.notes += 1;
    await this.#say("note", kind, path, what, done, cure);
  }

  /** A path as it is shown. */
  shown(path: string): string {
    return relative(this.#home, path);
  }

  #say(
    level: Finding["level"],
    kind: Kind,
    path: string,
    what: string,
    done: string | undefined,
    cure: string = kinds[kind],
  ): Promise<void> {
    const rest = done === undefined ? { cure } : { done };
    return this.#tell({ kind, level, path: this.shown(path), what, ...rest });
  }
}
