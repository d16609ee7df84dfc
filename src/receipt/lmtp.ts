/**
 * The door for an MTA that speaks LMTP (RFC 2033), on loopback or a socket. What a client does ends
 * its own connection at most. On closing, transactions in flight are finished and new ones refused.
 */
import { SMTPServer } from "smtp-server";
import { SMTPConnection } from "smtp-server/lib/smtp-connection.js";
import { messageOf } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { type Post, Refusal, Transaction } from "./conversation.ts";
import { listen, type OpenDoor } from "./listening.ts";

/** Milliseconds for transactions that are in flight when the door closes. */
const PATIENCE = 30_000;

/** Opens the door. Throws Failure where it cannot listen. */
export async function openLmtp(post: Post): Promise<OpenDoor> {
  const { site, log } = post;
  const server = new LmtpServer(post);
  let isOpen = false;
  server.on("error", (error) => {
    // What goes wrong before that is thrown.
    if (isOpen) log("lmtp", messageOf(error));
  });
  const where = await listen(server.server, site.home, {
    section: "lmtp",
    listen: site.lmtp.listen,
    mode: site.lmtp.socket_mode,
  });
  isOpen = true;
  return { where, close: () => server.end() };
}

class LmtpServer extends SMTPServer {
  readonly log: Post["log"];
  readonly #transactions = new Map<string, Transaction>();
  #ending = false;

  constructor(post: Post) {
    const { site } = post;
    super({
      lmtp: true,
      name: site.hostname,
      size: site.limits.message,
      maxClients: site.lmtp.clients,
      socketTimeout: site.lmtp.timeout,
      closeTimeout: PATIENCE,
      hideENHANCEDSTATUSCODES: false,
      // Which addresses can be used is decided with the words of mail/address.ts.
      lenientAddressParsing: true,
      // Exim says QUIT with the end of the message and shuts its side: it still wants the reply.
      allowHalfOpen: true,
      disableReverseLookup: true,
      disabledCommands: ["AUTH", "STARTTLS", "WIZ", "SHELL", "KILL"],
      authOptional: true,
      logger: false,
      onMailFrom: ({ address, args }, { id, remoteAddress }, done) =>
        answer(done, async () => {
          const size = args ? Number(args.SIZE ?? 0) : 0;
          const client = remoteAddress || "socket";
          const begun = new Transaction(post, client, address, size);
          this.#transactions.set(id, begun);
        }),
      onRcptTo: ({ address }, { id }, done) =>
        answer(done, async () => this.#transactions.get(id)?.to(address)),
      onData: (stream, { id }, done) => {
        const transaction = this.#transactions.get(id);
        this.#transactions.delete(id);
        transaction?.data(stream).then((replies) => {
          done(null, replies);
          if (this.#ending) this.#dismiss();
        }, done);
      },
      onClose: ({ id }) => void this.#transactions.delete(id),
    });
    this.log = post.log;
  }

  override connect(...[socket, options]: Parameters<SMTPServer["connect"]>) {
    const connection = new LmtpConnection(this, socket, options);
    this.connections.add(connection);
    connection.on("error", (error) => this._onError(error));
    connection.init();
  }

  async end(): Promise<void> {
    this.#ending = true;
    const closed = new Promise<void>((done) => this.close(() => done()));
    this.#dismiss();
    await closed;
  }

  /** Says goodbye to those who are in no transaction; an MTA keeps idle connections for a while. */
  #dismiss(): void {
    for (const { session, _socket: socket } of this.connections)
      if (!session.envelope?.mailFrom)
        socket.end("421 4.3.2 closing\r\n", () => socket.destroy());
  }
}

class LmtpConnection extends SMTPConnection {
  readonly #log: Post["log"];

  constructor(server: LmtpServer, ...rest: Parameters<SMTPServer["connect"]>) {
    super(server, ...rest);
    this.#log = server.log;
  }

  /** Greets at once: the package waits for robots that talk too soon, and MTAs are none. */
  override init() {
    this._setListeners(() => {
      const most = this._server.options.maxClients ?? Number.POSITIVE_INFINITY;
      if (this._server.connections.size > most)
        this.send(421, "4.3.2 too many connections, try again later");
      else this.connectionReady();
    });
  }

  /** A reply that brings its enhanced status code keeps it; the package would add one of its own. */
  override send(...[code, text, context]: Parameters<SMTPConnection["send"]>) {
    // The package decides by the size that MAIL announces, and asks nobody.
    if (context === "MESSAGE_TOO_BIG")
      this.#log(
        "lmtp",
        `${this.session.remoteAddress || "socket"}: ${code} ${oneLine(String(text))}`,
      );
    const has = typeof text === "string" && /^[245]\.\d+\.\d+ /.test(text);
    const kind = has ? false : context;
    if (this._socket.readyState !== "writeOnly")
      return super.send(code, text, kind);
    // The package writes nothing to a client that has shut its side.
    const status = this._getEnhancedStatusCode(code, kind);
    const line = [code, status, oneLine(String(text ?? ""))].filter(Boolean);
    this._socket.write(`${line.join(" ")}\r\n`);
  }

  /** A client that has shut its side gets the replies to what it said, and is then let go. */
  override _createParser() {
    const parser = super._createParser();
    return parser.once("finish", () => this.close());
  }
}

/** Calls back with a Refusal, or with none. */
async function answer(
  done: (error?: Error | null) => void,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    const refusal =
      error instanceof Refusal
        ? error
        : new Refusal(451, `4.3.0 ${messageOf(error)}`);
    return done(refusal);
  }
  done();
}
