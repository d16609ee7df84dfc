/**
 * A place to try hooks in: a scratch folder, the home's trade, launchers and servers, and an
 * envelope for the sample. All of it is put away at the end, by a signal too. What fails in it ends
 * with a code that no verdict has.
 */
import { createReadStream, statSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { chunks } from "../../base/pieces.ts";
import { letEnter } from "../../engine/handover.ts";
import { type Layer, type Pipeline, Pipelines } from "../../engine/layers.ts";
import { type Gear, Scratch, Trial } from "../../engine/trial.ts";
import type { List } from "../../lists/directory.ts";
import { authorOf, type Message, openMessage } from "../../mail/message.ts";
import { layersOf, mailTrade } from "../../mill.ts";
import { rest } from "../../outbound/carry.ts";
import { found } from "../../receipt/door.ts";
import type { Content } from "../../spool/durable.ts";
import { replace, writeNew } from "../../spool/durable.ts";
import type { Envelope } from "../../spool/envelope.ts";
import { hasCrlf, withoutCrlf } from "../../spool/lineends.ts";
import type { Context } from "../context.ts";
import { launchersOf, serversOf } from "../programs.ts";

/** What is said of the envelope on the command line. */
export interface Addressing {
  readonly list?: string | undefined;
  readonly sender?: string | undefined;
  readonly recipient?: string | undefined;
}

/** The options that choose a sample and its envelope. */
export const sampleOptions = {
  list: { type: "string" },
  message: { type: "string" },
  sender: { type: "string" },
  recipient: { type: "string" },
} as const;

/** How a sample is tried. */
interface Setting {
  readonly queue: string;
  readonly envelope: Envelope;
  /** A file with LF line ends; only looked at. */
  readonly file: string;
  readonly recipients?: Content;
  /** Whether observed hooks are only observed. */
  readonly observes: boolean;
  /** Hooks are told that it is no trial. */
  readonly really?: boolean;
}

export class Workshop {
  readonly scratch: Scratch;
  /** Lines that served hooks wrote to stderr so far, with the hook's path. */
  readonly said: { readonly hook: string; readonly line: string }[] = [];
  readonly #context: Context;
  readonly #gear: Gear<Message>;

  private constructor(context: Context, stopped: AbortSignal) {
    this.#context = context;
    const { site, lists, clock } = context;
    const launchers = launchersOf(site);
    this.#gear = {
      trade: mailTrade(site, lists, "trial"),
      pipelines: new Pipelines(),
      launchers,
      servers: serversOf(site, launchers.manner, (hook, line) => {
        if (this.said.length < SAID) this.said.push({ hook, line });
      }),
      limits: site.hooks,
      clock,
      signal: stopped,
    };
    // Last: where anything before it fails, nothing is left behind.
    this.scratch = new Scratch();
    const { account } = this.#gear.launchers.manner;
    if (account) letEnter(account, this.scratch.folder);
  }

  /**
   * Opens a workshop, works in it, and puts it away. Throws Failure with 64 to 67 or 78, and 69 for
   * whatever has none of these codes.
   */
  static async with<T>(
    context: Context,
    work: (shop: Workshop) => Promise<T>,
  ): Promise<T> {
    try {
      return await Workshop.#with(context, work);
    } catch (error) {
      throw untried(error);
    }
  }

  static async #with<T>(
    context: Context,
    work: (shop: Workshop) => Promise<T>,
  ): Promise<T> {
    const stop = new AbortController();
    const shop = new Workshop(context, stop.signal);
    const remove = () => shop.scratch.remove();
    const end = (signal: NodeJS.Signals) =>
      process.exit(128 + constants.signals[signal]);
    process.once("SIGINT", end).once("SIGTERM", end).once("exit", remove);
    try {
      return await work(shop);
    } finally {
      process.off("SIGINT", end).off("SIGTERM", end).off("exit", remove);
      stop.abort();
      shop.#gear.launchers.close();
      await shop.#gear.servers.close();
      await rest();
      shop.scratch.remove();
    }
  }

  /** Keeps a message. @param path a file; "-" or nothing: stdin @returns the file that it is in now */
  async keep(path: string | undefined): Promise<string> {
    if (path !== undefined && path !== "-" && !isFile(path))
      throw new Failure(exit.noInput, `${path}: there is no such message`);
    const source =
      path === undefined || path === "-"
        ? process.stdin
        : (createReadStream(path) as AsyncIterable<Buffer>);
    return this.keepContent(source);
  }

  async keepContent(content: Content): Promise<string> {
    const file = join(this.scratch.entry(), "sample");
    await writeNew(file, content);
    if (hasCrlf(file)) await replace(file, withoutCrlf(chunks(whole(file))));
    return file;
  }

  /** An envelope as the message would have it from outside. */
  async envelope(file: string, given: Addressing): Promise<Envelope> {
    const { site, lists, clock } = this.#context;
    const list =
      given.list === undefined ? undefined : this.#context.list(given.list);
    const recipient = given.recipient ?? list?.address;
    if (recipient === undefined)
      throw new Failure(exit.usage, "which list? Give --list or --recipient");
    const door = await found(lists, site, recipient);
    const { header } = await openMessage(whole(file), site.limits.header);
    const belongs = list ?? door?.list;
    return {
      sender: given.sender ?? authorOf(header) ?? "",
      recipient,
      ...(belongs
        ? { list: belongs.address, extension: door?.extension ?? "" }
        : {}),
      origin: "mta",
      received: new Date(clock.now()).toISOString(),
      history: [],
    };
  }

  /** The pipeline that the message would go through. */
  pipeline(queue: string, envelope: Envelope): Pipeline {
    return this.#pipeline(queue, this.#gear.trade.place(envelope).layers);
  }

  /** The pipeline of a list. */
  pipelineOf(queue: string, list: List): Pipeline {
    return this.#pipeline(queue, layersOf(this.#context.site, list));
  }

  #pipeline(queue: string, layers: readonly Layer[]): Pipeline {
    const now = this.#context.clock.now();
    return this.#gear.pipelines.get(queue, layers, now);
  }

  /** Lays out a sample. Throws Failure where it is no message. */
  trial(setting: Setting): Promise<Trial<Message>> {
    const { queue, envelope, file, recipients, observes } = setting;
    const place = this.#gear.trade.place(envelope);
    return Trial.open(
      this.scratch,
      {
        queue,
        envelope,
        message: file,
        ...(recipients === undefined ? {} : { recipients }),
      },
      observes ? place : { ...place, observe: [] },
      { ...this.#gear, trial: setting.really !== true },
    );
  }
}

/** Codes of what is wrong with a trial itself. */
const wrong: readonly number[] = [
  exit.usage,
  exit.dataError,
  exit.noInput,
  exit.noUser,
  exit.config,
];

/** What is no verdict must not look like one: a database that is missing would be 75, "later". */
function untried(error: unknown): Failure {
  if (error instanceof Failure && wrong.includes(error.exitCode)) return error;
  return new Failure(exit.unavailable, messageOf(error), { cause: error });
}

/** Most lines of served hooks that are kept. */
const SAID = 1000;

/** A file as content. */
export function whole(path: string) {
  return [{ path, start: 0, end: statSync(path).size }];
}

function isFile(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  // A pipe of the shell's will do, too.
  return stat !== undefined && !stat.isDirectory();
}
