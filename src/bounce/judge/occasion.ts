/**
 * What the judging of bounces works with: the message that came, the list that it is for, and the ways to
 * write and to look something up.
 */
import type { List, Lists } from "../../lists/directory.ts";
import type { Emitter } from "../../lists/letter.ts";
import type { Site } from "../../lists/settings.ts";
import type { Message } from "../../mail/message.ts";
import type { Envelope } from "../../spool/envelope.ts";

export interface Asked extends Emitter {
  readonly site: Site;
  readonly lists: Pick<Lists, "get" | "names">;
  readonly list: List | undefined;
  readonly envelope: Envelope;
  readonly message: Message;
  /** Of the entry; the same in every try. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the mill made it itself. */
  readonly ours: boolean;
  log(text: string): void;
}

/** The same for a list that is known. */
export interface Occasion extends Asked {
  readonly list: List;
}
