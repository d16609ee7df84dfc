/**
 * One message on a line, from its first command to the outcomes of its recipients (RFC 5321, 2920,
 * 3030, 2033). Whatever happens each of them has one outcome, and is `sent` only where the server
 * took on the recipient and the content.
 */
import type { Outcome } from "../outcome.ts";
import { type Author, Content } from "./content.ts";
import { Envelope } from "./envelope.ts";
import { type Letter, type Naming, naming } from "./letter.ts";
import type { Conversation } from "./session.ts";
import {
  goesAhead,
  outcomesOf,
  type Said,
  taken,
  wasBegun,
} from "./verdict.ts";
import { type Way, wayOf } from "./way.ts";

export interface Transaction {
  /** In the order of Letter.recipients, one each. */
  readonly outcomes: readonly Outcome[];
  /**
   * The relay may have taken something: it answered for a recipient, or had content. Where not,
   * nobody was tried, and somebody else may be asked at once.
   */
  readonly begun: boolean;
  /** From the last byte of content written to the final reply; 0 where there was none. */
  readonly replySeconds: number;
}

export interface Offer {
  /** Settles once the relay has answered all that comes before the content. Never rejects. */
  readonly open: Promise<void>;
  /**
   * Sends the content if anybody was accepted, else cleans up. Rejects only for a message that
   * cannot be read; the conversation is over then.
   */
  complete(): Promise<Transaction>;
  /** Instead of `complete`: gives up before any content is sent. Nobody was tried. */
  withdraw(): Promise<void>;
}

export class Exchange implements Offer, Author {
  readonly #talk: Conversation;
  readonly #letter: Letter;
  readonly #naming: Naming;
  readonly #way: Way;
  readonly #envelope: Envelope;
  readonly #opened = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<Transaction>();
  #content: Content | undefined;
  /** The content went out, and not to nobody. */
  #given = false;
  #isOpen = false;
  #wanted = false;
  #withdrawn = false;
  #settled = false;
  #passed = false;
  #onward: (() => void) | undefined;

  constructor(talk: Conversation, letter: Letter) {
    this.#talk = talk;
    this.#letter = letter;
    this.#naming = naming(letter, talk.offers);
    this.#envelope = new Envelope(talk, letter, this.#naming, () =>
      this.#envelopeAnswered(),
    );
    this.#way = wayOf(talk.offers, letter.content);
  }

  get open(): Promise<void> {
    return this.#opened.promise;
  }

  /** Whether `complete` or `withdraw` was called. */
  get claimed(): boolean {
    return this.#wanted || this.#withdrawn;
  }

  /** Settles when nothing of it is under way; for one that was claimed. */
  get over(): Promise<unknown> {
    return this.#withdrawn ? this.open : this.#done.promise.catch(() => {});
  }

  /** Calls back, maybe at once, when the next transaction may write its first command. */
  whenPassed(onward: () => void): void {
    if (this.#passed) onward();
    else this.#onward = onward;
  }

  /** The line is free for the first command. */
  start(): void {
    const { line } = this.#talk;
    if (
      line.ended !== undefined ||
      this.#naming.named.length === 0 ||
      this.#way === "burst"
    )
      this.#open();
    else this.#envelope.send(this.#way === "data" ? "data" : "recipients");
  }

  complete(): Promise<Transaction> {
    if (!this.claimed) {
      this.#wanted = true;
      if (this.#isOpen) this.#proceed();
    }
    return this.#done.promise;
  }

  async withdraw(): Promise<void> {
    if (this.claimed) return;
    this.#withdrawn = true;
    await this.open;
    const { mail, data } = this.#envelope;
    // After 354 all that follows is content: even the dot alone would be a message.
    if (goesAhead(data))
      this.#talk.line.end({ reply: "sending was given up", trouble: "broken" });
    else this.#talk.dirty ||= taken(mail);
    this.#pass();
  }

  written(): void {
    // With DATA alone nothing that the next transaction says depends on how this one ends.
    if (this.#way === "data") this.#pass();
  }

  answered(): void {
    this.#settle();
  }

  #envelopeAnswered(): void {
    if (this.#way === "burst") return;
    if (!this.#isOpen) this.#open();
    else if (this.#wanted) this.#sendAfterData();
  }

  #open(): void {
    this.#isOpen = true;
    this.#opened.resolve();
    if (this.#wanted) this.#proceed();
  }

  /** What `complete` does, once all that comes before is answered. */
  #proceed(): void {
    const { line } = this.#talk;
    if (line.ended !== undefined || this.#naming.named.length === 0) {
      this.#settle();
      return;
    }
    const { plain, size } = this.#letter.content;
    switch (this.#way) {
      case "burst":
        this.#envelope.send("recipients");
        this.#give().sendPlain(plain, size);
        return;
      case "data":
        this.#sendAfterData();
        return;
      case "chunks":
        if (this.#envelope.accepted === 0) this.#settle();
        else this.#give().sendPlain(plain, size);
        return;
      case "steps":
        if (this.#envelope.accepted === 0) this.#settle();
        else this.#envelope.askData();
    }
  }

  #sendAfterData(): void {
    const { line, lmtp } = this.#talk;
    if (line.ended !== undefined || !goesAhead(this.#envelope.data))
      this.#settle();
    else if (this.#envelope.accepted > 0)
      this.#give().sendStuffed(this.#letter.content.stuffed);
    else if (lmtp) {
      // There is no reply to a dot for nobody.
      line.end({ reply: "DATA taken for nobody", trouble: "broken" });
      this.#settle();
    } else {
      // RFC 2920 section 3.1: the dot alone, and whatever is said to it.
      this.#content = new Content(line, this, () => 1);
      this.#content.sendStuffed([]);
    }
  }

  #give(): Content {
    const { line, lmtp } = this.#talk;
    this.#given = true;
    this.#content = new Content(line, this, () =>
      lmtp ? Math.max(this.#envelope.accepted, 1) : 1,
    );
    return this.#content;
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    const content = this.#content;
    this.#talk.dirty ||= this.#leftOpen();
    this.#pass();
    if (content?.unreadable) {
      this.#done.reject(content.unreadable.error);
      return;
    }
    const { mail, recipients, data } = this.#envelope;
    const said: Said = {
      mail,
      recipients,
      data,
      content: this.#given ? content?.replies : undefined,
      cutShort: content?.cutShort,
      lmtp: this.#talk.lmtp,
      ending: this.#talk.line.ended,
    };
    this.#done.resolve({
      outcomes: this.#outcomes(said),
      begun: wasBegun(said),
      replySeconds: (this.#given && content?.seconds) || 0,
    });
  }

  /** Whether the server waits for more of this transaction. */
  #leftOpen(): boolean {
    if (!taken(this.#envelope.mail)) return false;
    if (this.#content === undefined) return true;
    // After a BDAT that failed nobody knows (RFC 3030 section 4.2).
    return this.#way === "burst" || this.#way === "chunks"
      ? !this.#content.replies.every(taken)
      : false;
  }

  /** @param said of those who were named */
  #outcomes(said: Said): Outcome[] {
    const { named, spared } = this.#naming;
    const outcomes = outcomesOf(named, said);
    if (spared === undefined) return outcomes;
    let next = 0;
    return this.#letter.recipients.map(
      (_, place) => spared.get(place) ?? (outcomes[next++] as Outcome),
    );
  }

  #pass(): void {
    if (this.#passed) return;
    this.#passed = true;
    this.#onward?.();
  }
}
