/**
 * One conversation with the relay over SMTP (RFC 5321) or LMTP (RFC 2033): the only importer of
 * nodemailer's SMTP client. It tells what the relay said and judges nothing. A conversation that
 * broke off in the middle of a message ends without the final dot, so no half message is taken.
 */
import { Readable } from "node:stream";
import SMTPConnection, {
  type SMTPConnectionEnvelope,
  type SMTPError,
} from "nodemailer/lib/smtp-connection";
import { lengthOf, type Piece } from "../base/pieces.ts";
import { describe, dial, type RelayAddress } from "./dial.ts";
import { wire } from "./wire.ts";

/** How long a QUIT may take, in milliseconds. */
const FAREWELL = 1000;
/** A message up to this many bytes is sent in one piece: a stream costs more to set up. */
const SMALL = 64 * 1024;

/** What the relay said in one transaction. Recipients that stand nowhere got no reply of their own. */
export interface Transaction {
  /** Recipients that the relay took on, with its reply. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Recipients that it refused, with its reply to each. */
  readonly refused: ReadonlyMap<string, string>;
  /** The reply that ended the transaction for everybody else; undefined when it broke off. */
  readonly reply: string | undefined;
  /** Why it broke off. */
  readonly broken: string | undefined;
  /** Whether the relay answered for any recipient at all. */
  readonly begun: boolean;
}

export class Session {
  readonly #connection: SMTPConnection;
  readonly #lmtp: boolean;
  #ended = false;
  #trouble: Error | undefined;
  #needsReset = false;

  private constructor(connection: SMTPConnection, lmtp: boolean) {
    this.#connection = connection;
    this.#lmtp = lmtp;
    connection.on("error", (error: Error) => {
      this.#trouble ??= error;
    });
    connection.on("end", () => {
      this.#ended = true;
    });
  }

  /**
   * Connects and greets.
   * @param hostname how we name ourselves to the relay
   * @param timeout milliseconds to connect, and of silence afterwards
   * Throws when the relay cannot be reached or turns us away.
   */
  static async open(
    address: RelayAddress,
    hostname: string,
    timeout: number,
    signal?: AbortSignal,
  ): Promise<Session> {
    const connection = new SMTPConnection({
      connection: await dial(address, timeout, signal),
      host: address.host,
      port: address.port,
      name: hostname,
      lmtp: address.lmtp,
      secure: address.tls === "always",
      ignoreTLS: address.tls === "none",
      opportunisticTLS: address.tls === "offered",
      tls: { rejectUnauthorized: address.tls === "always" },
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      socketCloseTimeout: 0,
    });
    const session = new Session(connection, address.lmtp);
    await session.#finished<void>(
      (done) => connection.connect(done),
      signal,
      () => undefined,
    );
    return session;
  }

  /** Whether another transaction may be tried. */
  get alive(): boolean {
    return !this.#ended;
  }

  /** Whether the relay announced an extension. */
  supports(extension: "SMTPUTF8" | "SIZE"): boolean {
    const announced = this.#connection as unknown as {
      _supportedExtensions?: unknown;
    };
    const list = announced._supportedExtensions;
    return Array.isArray(list) && list.includes(extension);
  }

  /**
   * Offers one message to some recipients, each named once. Throws only what reading the message
   * throws; the conversation is over then.
   */
  async send(
    sender: string,
    recipients: readonly string[],
    content: readonly Piece[],
    signal?: AbortSignal,
  ): Promise<Transaction> {
    const size = lengthOf(content);
    const envelope = {
      from: sender,
      to: [...recipients],
      size,
      use8BitMime: true,
    } as SMTPConnectionEnvelope;
    let readError: unknown;
    let allRead = false;
    async function* body() {
      try {
        yield* wire(content);
        allRead = true;
      } catch (error) {
        // The client changes the error that it meets, so it gets one of its own.
        readError = error;
        throw new Error("the message cannot be read", { cause: error });
      }
    }
    try {
      if (this.#needsReset) await this.#reset(signal);
      const message =
        size <= SMALL
          ? Buffer.concat(await Array.fromAsync(body()))
          : Readable.from(body(), { objectMode: false });
      this.#needsReset = true;
      const last = await this.#finished<string>(
        (done) =>
          this.#connection.send(envelope, message, (error, info) =>
            error ? done(error) : done(undefined, info.response),
          ),
        signal,
        () => "",
      );
      if (!allRead) throw new Error("the relay answered before the end");
      this.#needsReset = false;
      return this.#took(envelope, last);
    } catch (error) {
      if (readError !== undefined) {
        this.close();
        throw readError;
      }
      return this.#failed(envelope, error as SMTPError);
    }
  }

  /** Ends the conversation at once. */
  close(): void {
    this.#connection.close();
  }

  /** Says goodbye, and does not wait long for an answer. */
  async quit(): Promise<void> {
    if (this.#ended) return;
    const ended = new Promise<void>((resolve) => {
      this.#connection.once("end", resolve);
    });
    const timer = setTimeout(() => this.close(), FAREWELL);
    this.#connection.quit();
    await ended;
    clearTimeout(timer);
  }

  async #reset(signal: AbortSignal | undefined): Promise<void> {
    await this.#finished<void>(
      (done) => this.#connection.reset((error) => done(error ?? undefined)),
      signal,
      () => undefined,
    );
    this.#needsReset = false;
  }

  #took(envelope: SMTPConnectionEnvelope, last: string): Transaction {
    // With LMTP the last reply speaks of the last recipient only.
    const reply = this.#lmtp && !last.startsWith("2") ? "250 accepted" : last;
    return {
      accepted: new Map(envelope.accepted.map((address) => [address, reply])),
      refused: refusedIn(envelope),
      reply,
      broken: undefined,
      begun: true,
    };
  }

  #failed(envelope: SMTPConnectionEnvelope, error: SMTPError): Transaction {
    const own = typeof error.response === "string" ? error.response : undefined;
    const atMail = error.command === "MAIL FROM";
    if (error.code === "EMESSAGE" && atMail)
      return ended(NOBODY, "552 5.3.4 larger than the relay takes", false);
    const begun = answered(envelope.accepted) || answered(envelope.rejected);
    const refused = atMail ? NOBODY : refusedIn(envelope);
    if (own !== undefined && error.code === "EENVELOPE")
      return ended(refused, own, begun);
    // A relay that refused the message may still be reading it: this line is not used again.
    this.close();
    if (own !== undefined && error.code === "EMESSAGE")
      return ended(refused, own, begun);
    return { ...ended(refused, undefined, begun), broken: describe(error) };
  }

  /** Waits for a callback of the client, or for the end of the conversation without one. */
  async #finished<Value>(
    start: (done: (error?: Error, value?: Value) => void) => void,
    signal: AbortSignal | undefined,
    nothing: () => Value,
  ): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    // The client reports an error first here and then to its callback, which knows more.
    const ended = () =>
      setImmediate(() =>
        reject(this.#trouble ?? new Error("the relay closed the connection")),
      );
    const aborted = () => {
      reject(new Error("sending was aborted"));
      this.close();
    };
    this.#connection.on("end", ended);
    signal?.addEventListener("abort", aborted, { once: true });
    try {
      if (signal?.aborted) aborted();
      else
        start((error, value) =>
          error ? reject(error) : resolve(value ?? nothing()),
        );
      return await promise;
    } finally {
      this.#connection.off("end", ended);
      signal?.removeEventListener("abort", aborted);
    }
  }
}

const NOBODY: ReadonlyMap<string, string> = new Map();

function ended(
  refused: ReadonlyMap<string, string>,
  reply: string | undefined,
  begun: boolean,
): Transaction {
  return { accepted: NOBODY, refused, reply, broken: undefined, begun };
}

/** The client's lists are missing where it failed before it made them. */
function answered(list: readonly string[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

function refusedIn(envelope: SMTPConnectionEnvelope): Map<string, string> {
  const found = new Map<string, string>();
  for (const error of envelope.rejectedErrors ?? [])
    if (typeof error.recipient === "string")
      found.set(error.recipient, error.response ?? error.message);
  return found;
}
