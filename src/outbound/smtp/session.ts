/**
 * A conversation with a server over SMTP (RFC 5321) or LMTP (RFC 2033), one message after the other.
 * It knows no queues and no pace. However it ends, every recipient that was offered has an outcome.
 */
import type { Extensions } from "./extensions.ts";
import { greet, type Opening } from "./greeting.ts";
import type { Letter } from "./letter.ts";
import { Line } from "./line.ts";
import { Question } from "./question.ts";
import { Exchange, type Offer } from "./transaction.ts";

/** How long a QUIT may take, in milliseconds. */
const FAREWELL = 1000;

/** What the transactions of a conversation share. */
export interface Conversation {
  readonly line: Line;
  readonly offers: Extensions;
  readonly lmtp: boolean;
  /** The server still has a transaction open: RSET comes before the next. */
  dirty: boolean;
}

export class Session {
  /** What the server announced. */
  readonly offers: Extensions;
  readonly #talk: Conversation;
  #last: Exchange | undefined;
  #count = 0;

  private constructor(line: Line, offers: Extensions, lmtp: boolean) {
    this.offers = offers;
    this.#talk = { line, offers, lmtp, dirty: false };
  }

  /**
   * Connects, greets, and logs in where there is a login.
   * @param signal gives up the opening; later it has no say
   * Throws Unreachable when the server cannot be reached or turns us away.
   */
  static async open(opening: Opening, signal?: AbortSignal): Promise<Session> {
    const line = new Line(opening.timeout);
    const offers = await greet(line, opening, signal);
    return new Session(line, offers, opening.address.lmtp);
  }

  /** Whether another transaction may be tried. */
  get alive(): boolean {
    return this.#talk.line.ended === undefined;
  }

  /** Transactions so far. */
  get transactions(): number {
    return this.#count;
  }

  /**
   * Offers a message. That may be done as soon as the offer before was completed or withdrawn,
   * without waiting for its end: the commands then go out together with its content.
   */
  offer(letter: Letter): Offer {
    const before = this.#last;
    if (before?.claimed === false)
      throw new Error("the offer before is neither completed nor withdrawn");
    const exchange = new Exchange(this.#talk, letter);
    this.#last = exchange;
    this.#count += 1;
    if (before === undefined) exchange.start();
    else before.whenPassed(() => exchange.start());
    return exchange;
  }

  /** Says goodbye once the last transaction has ended, and does not wait long for an answer. */
  async quit(): Promise<void> {
    const { line } = this.#talk;
    if (this.#last?.claimed === false) this.close();
    else await this.#last?.over;
    if (line.ended !== undefined) return;
    const timer = setTimeout(() => this.close(), FAREWELL);
    await Question.ask(line, "QUIT").catch(() => {});
    clearTimeout(timer);
    this.close();
  }

  /** Ends the conversation at once, with whatever is under way. */
  close(): void {
    this.#talk.line.end({
      reply: "the conversation was cut",
      trouble: "broken",
    });
  }
}
