/**
 * The relay: the MTA that takes our mail over SMTP or LMTP. Conversations are kept for the next
 * message while they are fresh. Every recipient given gets an outcome; whatever is unknown is
 * `later`, so a crash or a cut line may repeat one transaction and never loses a recipient.
 */
import { messageOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Piece } from "../base/pieces.ts";
import { parseRelay, type RelayAddress } from "./dial.ts";
import {
  isInternational,
  kindOf,
  type Outcome,
  outcome,
  refusal,
} from "./outcome.ts";
import { Session, type Transaction } from "./session.ts";

/** How long an idle conversation is kept, in milliseconds. */
const IDLE = 30_000;

export interface RelaySettings {
  /** `smtp://host:port`, `smtps://…`, `lmtp://…`, or `lmtp:///path` for a Unix socket. */
  readonly url: string;
  /** How we name ourselves to the relay. */
  readonly hostname: string;
  /** Milliseconds to connect, and of silence before a conversation is given up. */
  readonly timeout: number;
  readonly log: Log;
}

/** One message for some recipients. */
export interface Parcel {
  /** The envelope's sender; empty for the null sender of a bounce. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly content: readonly Piece[];
  /** Aborting cuts the conversation; the recipients are tried later, and may get it twice. */
  readonly signal?: AbortSignal | undefined;
}

export class Relay {
  readonly #settings: RelaySettings;
  readonly #address: RelayAddress;
  readonly #idle: { session: Session; timer: NodeJS.Timeout }[] = [];

  /** Throws Failure for a URL that names no relay. */
  constructor(settings: RelaySettings) {
    this.#settings = settings;
    this.#address = parseRelay(settings.url);
  }

  /**
   * Hands a message over, in one transaction.
   * @returns one outcome for each recipient, in their order. Throws when the message cannot be read.
   */
  async send(parcel: Parcel): Promise<Outcome[]> {
    const { sender, recipients } = parcel;
    const known = new Map<string, Outcome>();
    const senderRefused = sender === "" ? undefined : refusal(sender);
    for (const address of recipients) {
      const reply = senderRefused ?? refusal(address);
      if (reply !== undefined)
        known.set(address, outcome(address, "never", reply));
    }
    const offered = [...new Set(recipients)].filter((it) => !known.has(it));
    if (offered.length > 0)
      try {
        await this.#offer(parcel, offered, known);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        this.#settings.log("relay", error.message);
        for (const it of offered)
          known.set(it, outcome(it, "later", error.message, "unreachable"));
      }
    return recipients.map(
      (it) => known.get(it) ?? outcome(it, "later", "no reply"),
    );
  }

  /** Ends all idle conversations. */
  async close(): Promise<void> {
    await Promise.all(
      this.#idle.splice(0).map(({ session, timer }) => {
        clearTimeout(timer);
        return session.quit();
      }),
    );
  }

  async #offer(
    parcel: Parcel,
    offered: readonly string[],
    known: Map<string, Outcome>,
  ): Promise<void> {
    const { sender, content, signal } = parcel;
    const kept = this.#takeIdle();
    let session = kept ?? (await this.#open(signal));
    let named = nameable(session, sender, offered);
    let said = await transact(session, named);
    if (session === kept && wasDead(said) && !signal?.aborted) {
      session.close();
      session = await this.#open(signal);
      named = nameable(session, sender, offered);
      said = await transact(session, named);
    }
    if (session.alive) this.#keep(session);
    for (const it of offered)
      known.set(
        it,
        named.includes(it)
          ? judge(it, said)
          : outcome(it, "never", "550 5.6.7 the relay lacks SMTPUTF8"),
      );

    async function transact(on: Session, to: readonly string[]) {
      return to.length === 0
        ? NOTHING
        : await on.send(sender, to, content, signal);
    }
  }

  async #open(signal: AbortSignal | undefined): Promise<Session> {
    const { hostname, timeout, url } = this.#settings;
    try {
      return await Session.open(this.#address, hostname, timeout, signal);
    } catch (error) {
      throw new Unreachable(`no relay at ${url}: ${messageOf(error)}`);
    }
  }

  #takeIdle(): Session | undefined {
    for (let it = this.#idle.pop(); it !== undefined; it = this.#idle.pop()) {
      clearTimeout(it.timer);
      if (it.session.alive) return it.session;
    }
    return undefined;
  }

  #keep(session: Session): void {
    const timer = setTimeout(() => {
      const at = this.#idle.findIndex((it) => it.session === session);
      if (at >= 0) this.#idle.splice(at, 1);
      void session.quit();
    }, IDLE);
    timer.unref();
    this.#idle.push({ session, timer });
  }
}

class Unreachable extends Error {}

const NOTHING: Transaction = {
  accepted: new Map(),
  refused: new Map(),
  reply: undefined,
  broken: undefined,
  begun: false,
};

/** The recipients that can be named to this relay at all. */
function nameable(
  session: Session,
  sender: string,
  recipients: readonly string[],
): readonly string[] {
  if (session.supports("SMTPUTF8")) return recipients;
  if (isInternational(sender)) return [];
  return recipients.filter((it) => !isInternational(it));
}

/** Whether a kept conversation had ended before it heard of this message. */
function wasDead(said: Transaction): boolean {
  const cut = said.broken !== undefined || said.reply?.startsWith("421");
  return !said.begun && cut === true;
}

function judge(address: string, said: Transaction): Outcome {
  const refused = said.refused.get(address);
  if (refused !== undefined) return outcome(address, notSent(refused), refused);
  const accepted = said.accepted.get(address);
  if (accepted !== undefined) return outcome(address, "sent", accepted);
  if (said.reply !== undefined)
    return outcome(address, notSent(said.reply), said.reply);
  return outcome(address, "later", said.broken ?? "no reply", "broken");
}

/** A reply that refused is never `sent`, whatever its first digit. */
function notSent(reply: string): "later" | "never" {
  return kindOf(reply) === "never" ? "never" : "later";
}
