/**
 * The opening of a conversation: connection, greeting, EHLO, TLS, login (RFC 5321 section 3.1, 3207,
 * 4954). Bytes that come in clear text behind the leave to begin TLS end it: they may be anybody's.
 */
import { isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as secure } from "node:tls";
import { messageOf } from "../../base/errors.ts";
import { describe, dial, isLoopback, type RelayAddress } from "./dial.ts";
import { type Extensions, extensionsOf, NOTHING } from "./extensions.ts";
import type { Line } from "./line.ts";
import { type Login, logIn } from "./login.ts";
import { Question } from "./question.ts";
import type { Reply } from "./reply.ts";

export interface Opening {
  readonly address: RelayAddress;
  /** How we name ourselves to the server. */
  readonly hostname: string;
  /** Milliseconds to connect, and of silence, while something is awaited, afterwards. */
  readonly timeout: number;
  readonly login?: Login | undefined;
  /** For certificates that are verified: those of smtps, and of STARTTLS where there is a login. */
  readonly tls?: Pick<ConnectionOptions, "ca" | "secureContext"> | undefined;
}

/** No conversation came about: others would fare no better just now. */
export class Unreachable extends Error {
  /** What the server said, where it turned us away. */
  readonly reply: string | undefined;

  constructor(message: string, reply?: Reply, options?: ErrorOptions) {
    super(message, options);
    this.name = "Unreachable";
    this.reply = reply?.text;
  }
}

/** @returns what the server offers. Throws Unreachable, and the line has ended then. */
export async function greet(
  line: Line,
  opening: Opening,
  signal: AbortSignal | undefined,
): Promise<Extensions> {
  const aborted = () => giveUp(line, "sending was aborted");
  signal?.addEventListener("abort", aborted, { once: true });
  try {
    if (signal?.aborted) aborted();
    return await new Greeting(line, opening).all(signal);
  } catch (error) {
    const reason = line.ended?.reply ?? messageOf(error);
    giveUp(line, reason);
    throw error instanceof Unreachable
      ? error
      : new Unreachable(reason, undefined, { cause: error });
  } finally {
    signal?.removeEventListener("abort", aborted);
  }
}

function giveUp(line: Line, reply: string): void {
  line.end({ reply, trouble: "broken" });
}

class Greeting {
  readonly #line: Line;
  readonly #opening: Opening;
  #secret: boolean;

  constructor(line: Line, opening: Opening) {
    this.#line = line;
    this.#opening = opening;
    this.#secret = isLoopback(opening.address.host);
  }

  async all(signal: AbortSignal | undefined): Promise<Extensions> {
    const { address, timeout, login } = this.#opening;
    const first = Question.ask(this.#line);
    // Met below, however the connecting ends.
    first.catch(() => {});
    const read = (bytes: Buffer) => this.#line.read(bytes);
    const socket = await dial(address, { timeout, signal, read });
    if (address.tls === "always") await this.#encrypt(socket);
    else this.#line.attach(socket);
    const greeting = await first;
    if (greeting.code !== 220) throw turnedAway(greeting);
    let offers = await this.#hello();
    if (offers.startTls && address.tls === "offered") {
      const leave = await this.#ask("STARTTLS");
      if (leave.code === 220) {
        await this.#encrypt(this.#line.bare());
        offers = await this.#hello();
      }
    }
    if (login !== undefined) {
      const ask = (text: string) => this.#ask(text);
      const trouble = await logIn(login, offers.auth, this.#secret, ask);
      if (trouble !== undefined) throw new Unreachable(trouble);
    }
    return offers;
  }

  async #hello(): Promise<Extensions> {
    const { hostname, address } = this.#opening;
    const reply = await this.#ask(
      `${address.lmtp ? "LHLO" : "EHLO"} ${hostname}`,
    );
    if (reply.code === 250) return extensionsOf(reply.lines);
    if (address.lmtp || reply.code < 500) throw turnedAway(reply);
    // RFC 5321 section 3.2: a server of before 1995.
    const old = await this.#ask(`HELO ${hostname}`);
    if (old.code !== 250) throw turnedAway(old);
    return NOTHING;
  }

  #ask(command: string): Promise<Reply> {
    return Question.ask(this.#line, command);
  }

  /** A relay that merely offers TLS is not known by its certificate, unless it gets a password. */
  async #encrypt(socket: Socket): Promise<void> {
    const { address, tls, login } = this.#opening;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const encrypted = secure({
      ...tls,
      socket,
      // Not for connecting: the certificate must be this host's.
      host: address.host,
      ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
      rejectUnauthorized: address.tls === "always" || login !== undefined,
    });
    encrypted
      .once("secureConnect", resolve)
      .once("error", (error) => reject(new Error(describe(error))))
      .once("timeout", () => reject(new Error("no answer in time")))
      .once("close", () => reject(new Error("the relay closed the connection")))
      .on("data", (bytes: Buffer) => this.#line.read(bytes));
    this.#line.attach(encrypted);
    await promise;
    this.#secret = true;
  }
}

function turnedAway(reply: Reply): Unreachable {
  return new Unreachable(reply.text, reply);
}
