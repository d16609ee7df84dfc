/**
 * One command and its one reply, for the steps where time does not count.
 */
import type { Ending, Line, Listener } from "./line.ts";
import type { Reply } from "./reply.ts";

export class Question implements Listener {
  readonly #answer = Promise.withResolvers<Reply>();

  /** Sends a line, or nothing. @returns the next reply. Rejects when the line ends before. */
  static ask(line: Line, command?: string): Promise<Reply> {
    const question = new Question();
    if (line.ended !== undefined) question.lost(line.ended);
    else {
      line.await(question);
      if (command !== undefined) line.send(`${command}\r\n`);
    }
    return question.#answer.promise;
  }

  heard(reply: Reply): boolean {
    this.#answer.resolve(reply);
    return true;
  }

  lost(ending: Ending): void {
    this.#answer.reject(new Error(ending.reply));
  }
}
