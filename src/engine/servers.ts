/**
 * The processes of all served hooks: started when the first message asks for them, ended with the
 * runner, after five minutes without a message, and when the file of the hook has changed: then
 * new processes take new messages, and the old ones finish theirs.
 */
import { stopwatch } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Hook } from "./layers.ts";
import type { Limits } from "./program.ts";
import type { Request } from "./protocol.ts";
import { type Program, Server } from "./server.ts";
import { sparing } from "./sparing.ts";
import { type Manner, startProgram } from "./start.ts";
import type { Served, Ticket } from "./ticket.ts";

const IDLE = 300_000;

/** All processes of one version of a hook. */
interface Service {
  readonly version: string;
  readonly servers: Server[];
  readonly program: Program;
  readonly end: () => void;
}

export class Servers {
  readonly #size: number;
  readonly #manner: Manner;
  readonly #log: Log;
  readonly #idle: number;
  readonly #seconds: () => number;
  readonly #services = new Map<string, Service>();
  readonly #retiring = new Set<Promise<void>>();

  /**
   * @param size processes of each hook
   * @param idle milliseconds without a message after which a process is ended
   * @param seconds a clock that never goes back
   */
  constructor(
    size: number,
    manner: Manner,
    log: Log,
    idle = IDLE,
    seconds: () => number = stopwatch(),
  ) {
    this.#idle = idle;
    this.#seconds = seconds;
    this.#size = size;
    this.#manner = manner;
    this.#log = log;
  }

  /** @param request makes what is asked; called again where it has to be asked again */
  ask(hook: Hook, limits: Limits, request: () => Request): Promise<Served> {
    const done = Promise.withResolvers<Served>();
    const ticket: Ticket = { request, limits, done, ended: 0 };
    this.#least(this.#service(hook)).ask(ticket);
    return done.promise;
  }

  /** Ends all of them; call it when none is asked any more. Resolves when they are gone. */
  async close(): Promise<void> {
    for (const service of this.#services.values()) this.#retire(service);
    this.#services.clear();
    await Promise.all(this.#retiring);
  }

  #service(hook: Hook): Service {
    const known = this.#services.get(hook.file);
    if (known?.version === hook.version) return known;
    if (known) this.#retire(known);
    const said = sparing((line) => this.#log(hook.path, line), this.#seconds);
    const program: Program = {
      file: hook.file,
      start: (file) => startProgram([file], this.#manner, { stderr: true }),
      tell: { happened: (text) => this.#log(hook.path, text), said },
      idle: this.#idle,
    };
    const service = {
      version: hook.version,
      servers: [],
      program,
      end: said.end,
    };
    this.#services.set(hook.file, service);
    return service;
  }

  /**
   * The one with the least to do; a new one rather than one that is at work. One that rests has
   * nothing to do, and takes none from those that answer.
   */
  #least({ servers, program }: Service): Server {
    const awake = servers.filter((server) => !server.rests);
    const [first, ...others] = awake.length > 0 ? awake : servers;
    let least = first;
    for (const server of others)
      if (least && server.load < least.load) least = server;
    if (least && (least.load === 0 || servers.length >= this.#size))
      return least;
    const server = new Server(program, this.#seconds);
    servers.push(server);
    return server;
  }

  #retire({ servers, end }: Service): void {
    const gone = Promise.all(servers.map((server) => server.retire())).then(
      () => {
        end();
        this.#retiring.delete(gone);
      },
    );
    this.#retiring.add(gone);
  }
}
