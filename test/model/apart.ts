/**
 * Explores in a thread of its own: in tap's, each promise costs its hooks as much as the model's work.
 */
import { once } from "node:events";
import { parentPort, Worker } from "node:worker_threads";
import type { Found } from "./explorer.ts";
import type { Mutant } from "./load.ts";
import { explore, type Scenario } from "./scenario.ts";
import { scopes } from "./scopes.ts";

/** One of `scopes.ts`. */
export type ScopeName = keyof typeof scopes;

interface Question {
  readonly scope: ScopeName;
  readonly name: string;
  readonly mutant: Mutant | undefined;
}

type Reply = { readonly found: Found } | { readonly error: string };

/** A thread that explores one scenario after the other; it does not keep the process from ending. */
export class Apart {
  readonly #worker = new Worker(new URL(import.meta.url));

  constructor() {
    this.#worker.unref();
  }

  /** As `explore` does. @param name the scenario's */
  async explore(
    scope: ScopeName,
    name: string,
    mutant?: Mutant,
  ): Promise<Found> {
    this.#worker.ref();
    const question: Question = { scope, name, mutant };
    this.#worker.postMessage(question);
    const [reply] = (await once(this.#worker, "message")) as [Reply];
    this.#worker.unref();
    if ("error" in reply) throw new Error(reply.error);
    return reply.found;
  }
}

parentPort?.on("message", async ({ scope, name, mutant }: Question) => {
  const reply = await explore(scopes[scope][name] as Scenario, mutant).then(
    (found): Reply => ({ found }),
    (error): Reply => ({ error: String(error.message) }),
  );
  parentPort?.postMessage(reply);
});
