/**
 * A transaction's commands before the content, in one write or, where the server lacks PIPELINING,
 * one by one; and the replies to them (RFC 5321 section 3.3, RFC 2920).
 */
import { mailCommand, rcptCommand } from "./command.ts";
import type { Letter, Naming } from "./letter.ts";
import type { Listener } from "./line.ts";
import type { Reply } from "./reply.ts";
import type { Conversation } from "./session.ts";
import { taken } from "./verdict.ts";

export class Envelope implements Listener {
  mail: Reply | undefined;
  /** One for each recipient that was named, as far as they came. */
  readonly recipients: Reply[] = [];
  data: Reply | undefined;
  /** How many of them were accepted. */
  accepted = 0;
  readonly #talk: Conversation;
  readonly #mailLine: string;
  /** One for each recipient. */
  readonly #rcptLines: readonly string[];
  readonly #answered: () => void;
  #last: "recipients" | "data" = "recipients";
  #reset = false;

  /**
   * @param answered called once all that was asked is answered, or will never be
   * Throws for an address that could end its line.
   */
  constructor(
    talk: Conversation,
    letter: Letter,
    naming: Naming,
    answered: () => void,
  ) {
    this.#talk = talk;
    const { named, utf8 } = naming;
    const { envid } = letter;
    this.#mailLine = mailCommand(letter, utf8, talk.offers);
    this.#rcptLines = named.map((it) => rcptCommand(it, envid, talk.offers));
    this.#answered = answered;
  }

  /** @param last the command that ends it; one by one DATA comes only with `askData` */
  send(last: "recipients" | "data"): void {
    const { line, offers } = this.#talk;
    line.await(this);
    this.#reset = this.#talk.dirty;
    this.#talk.dirty = false;
    if (!offers.pipelining) {
      line.send(this.#reset ? "RSET\r\n" : this.#mailLine);
      return;
    }
    this.#last = last;
    const commands = `${this.#mailLine}${this.#rcptLines.join("")}`;
    line.send(
      `${this.#reset ? "RSET\r\n" : ""}${commands}${last === "data" ? "DATA\r\n" : ""}`,
    );
  }

  /** After `answered`: asks for leave to send the content. */
  askData(): void {
    this.#last = "data";
    this.#talk.line.send("DATA\r\n");
    this.#talk.line.await(this);
  }

  heard(reply: Reply): boolean {
    if (this.#reset) return this.#heardReset(reply);
    const { line, offers } = this.#talk;
    if (this.mail === undefined) {
      this.mail = reply;
      if (offers.pipelining) return false;
      if (!taken(reply)) return this.#done();
      line.send(this.#nextRcpt());
      return false;
    }
    if (this.recipients.length < this.#rcptLines.length) {
      this.recipients.push(reply);
      if (taken(reply) && taken(this.mail)) this.accepted += 1;
      if (this.recipients.length < this.#rcptLines.length) {
        if (!offers.pipelining) line.send(this.#nextRcpt());
        return false;
      }
      return this.#last === "recipients" ? this.#done() : false;
    }
    this.data = reply;
    if (taken(reply))
      line.end({
        reply: `out of step at DATA: ${reply.text}`,
        trouble: "broken",
      });
    return this.#done();
  }

  lost(): void {
    this.#answered();
  }

  #heardReset(reply: Reply): boolean {
    const { line, offers } = this.#talk;
    this.#reset = false;
    if (!taken(reply)) {
      const words = `the relay does not reset: ${reply.text}`;
      line.end({ reply: words, trouble: "broken" });
    }
    if (!offers.pipelining) line.send(this.#mailLine);
    return false;
  }

  #done(): true {
    this.#answered();
    return true;
  }

  #nextRcpt(): string {
    return this.#rcptLines[this.recipients.length] as string;
  }
}
