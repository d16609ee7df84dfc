/**
 * What a client that speaks LMTP is answered (RFC 2033): at RCPT whether there is such a list, and
 * after DATA a reply for each recipient that was taken, 250 only when its entry is on disk. Where
 * something cannot be told or stored it is 4xx, and the MTA keeps the message.
 */
import type { Readable } from "node:stream";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";
import { type Log, oneLine } from "../base/log.ts";
import type { Lists } from "../lists/directory.ts";
import { canonical } from "../mail/address.ts";
import { type Destination, doorFor } from "./door.ts";
import { type Arrival, arrive, type Intake } from "./intake.ts";

export interface Post extends Intake {
  readonly lists: Lists;
  readonly log: Log;
}

/** A refusal as it goes over the wire. */
export class Refusal extends Error {
  readonly responseCode: number;

  /** @param text begins with an enhanced status code, RFC 3463 */
  constructor(responseCode: number, text: string) {
    super(oneLine(text, LINE));
    this.responseCode = responseCode;
  }
}

/** A reply line has at most 512 octets, RFC 5321 §4.5.3.1.5. */
const LINE = 400;

/** Recipients of one transaction; RFC 5321 §4.5.3.1.8 asks for 100. */
const RECIPIENTS = 1000;

/** What is announced counts two bytes for a line's end, and what Exim adds to be on the safe side. */
const MARGIN = 1024;

/** One transaction, from MAIL to the replies after DATA. */
export class Transaction {
  readonly #post: Post;
  readonly #client: string;
  readonly #sender: string;
  readonly #announced: number;
  /** In the order of RCPT: each has its reply after DATA, one that came twice has two. */
  readonly #destinations: Destination[] = [];

  /**
   * @param client its name for the log
   * @param sender as it came in MAIL; "" is the null sender
   * @param announced bytes, SIZE of RFC 1870; 0: not said
   * Throws Refusal.
   */
  constructor(post: Post, client: string, sender: string, announced: number) {
    const usable = sender === "" ? "" : canonical(sender);
    if (usable === undefined)
      throw new Refusal(553, `5.1.7 <${sender}>: not an address`);
    this.#post = post;
    this.#client = client;
    this.#sender = usable;
    this.#announced = announced;
  }

  /** A recipient. Throws Refusal. */
  async to(recipient: string): Promise<void> {
    if (this.#destinations.length >= RECIPIENTS)
      throw new Refusal(452, "4.5.3 too many recipients");
    let destination: Destination;
    try {
      destination = await doorFor(this.#post, recipient);
    } catch (error) {
      throw this.#refusal(error, `<${recipient}>`, doors);
    }
    const limit = limitOf(destination);
    if (limit !== undefined && this.#announced > 2 * limit + MARGIN)
      throw this.#tooLarge(destination, limit, this.#announced);
    this.#destinations.push(destination);
  }

  /** The message. @returns for each recipient what it is told, in order; it never throws */
  async data(stream: Readable): Promise<(string | Refusal)[]> {
    const input = stream.iterator({ destroyOnReturn: false });
    let replies: (string | Refusal)[];
    try {
      replies = await arrive(this.#post, input, (it) => this.#settle(it));
    } catch (error) {
      const refusal = this.#refusal(error, `from=<${this.#sender}>`, messages);
      replies = this.#destinations.map(() => refusal);
    }
    await rest(stream);
    return replies;
  }

  async #settle(arrival: Arrival): Promise<(string | Refusal)[]> {
    const { size } = arrival;
    const fits = (one: Destination) => size <= (limitOf(one) ?? size);
    const ids = await arrival.take(
      this.#sender,
      this.#destinations.filter(fits),
    );
    let next = 0;
    return this.#destinations.map((one) => {
      if (!fits(one)) return this.#tooLarge(one, limitOf(one) ?? 0, size);
      const id = ids[next] ?? "";
      next += 1;
      this.#post.log(
        "lmtp",
        `incoming/${id}: from=<${this.#sender}> to=<${one.recipient}> size=${size}`,
      );
      return `${id} taken for ${one.list.address}`;
    });
  }

  /** @param size bytes, announced or counted */
  #tooLarge({ recipient }: Destination, limit: number, size: number): Refusal {
    const text = `5.3.4 <${recipient}>: the message is larger than ${limit} bytes, the limit of this list`;
    this.#post.log(
      "lmtp",
      `${this.#client}: 552 ${text} (from=<${this.#sender}> size=${size})`,
    );
    return new Refusal(552, text);
  }

  /**
   * What is decided about the mail is told as it is. Of any other trouble the log tells: a stranger
   * may get to read the reply, and need not know of paths and servers.
   */
  #refusal(
    error: unknown,
    about: string,
    decided: Readonly<Record<number, string>>,
  ): Refusal {
    const why = messageOf(error);
    const code = error instanceof Failure ? decided[error.exitCode] : undefined;
    if (code !== undefined) {
      this.#post.log("lmtp", `${this.#client}: ${code} ${why}`);
      return new Refusal(Number(code.slice(0, 3)), `${code.slice(4)} ${why}`);
    }
    const refusal = new Refusal(
      451,
      decided === doors
        ? `4.3.0 ${about}: whether there is such a list cannot be told now`
        : `${status(error)} the message cannot be stored now`,
    );
    this.#post.log("lmtp", `${this.#client}: ${about}: 451 not now: ${why}`);
    return refusal;
  }
}

/** Replies for what is decided about a recipient, by exit code. */
const doors = { [exit.noUser]: "550 5.1.1", [exit.noPermission]: "550 5.7.1" };
/** The same about a message. */
const messages = {
  [exit.noPermission]: "552 5.3.4",
  [exit.dataError]: "554 5.6.0",
};

/** 4.3.1: the spool takes nothing; 4.3.0: any other trouble. */
function status(error: unknown): string {
  const trouble = error instanceof Failure ? error.cause : error;
  return errnoOf(trouble) === undefined ? "4.3.0" : "4.3.1";
}

function limitOf({ list }: Destination): number | undefined {
  return list.settings.message_limit;
}

/** Reads what is left: a client expects its replies when all was sent, and not before. */
async function rest(stream: Readable): Promise<void> {
  try {
    for await (const _ of stream);
  } catch {
    // The client is gone; there is nobody to reply to.
  }
}
