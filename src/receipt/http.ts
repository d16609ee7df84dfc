/**
 * The door for bounces that an MTA brings by HTTP. What a client does ends its own connection at most, and
 * a client that is gone before its message was whole has brought none. On closing, requests in flight are
 * finished and new ones refused.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { errnoOf, messageOf } from "../base/errors.ts";
import type { Post } from "./conversation.ts";
import { type Gate, gateOf } from "./gate.ts";
import { listen, type OpenDoor } from "./listening.ts";
import { type Answer, answerTo, tooMany } from "./request.ts";

/** Milliseconds for requests that are in flight when the door closes. */
const PATIENCE = 30_000;

/** Most milliseconds that a connection may idle between two requests. */
const IDLE = 30_000;

/**
 * What is read of a message that is refused already, in bytes and milliseconds: a client that is cut off
 * while it sends does not see the answer.
 */
const REFUSED = { size: 2 ** 20, time: 5000 };

/** Opens the door. Throws Failure where it cannot listen, or has no token. */
export async function openHttp(post: Post): Promise<OpenDoor> {
  const { site, log } = post;
  const door = new HttpDoor(post, gateOf(site));
  const where = await listen(door.server, site.home, {
    section: "http",
    listen: site.http.listen,
    mode: site.http.socket_mode,
  });
  // What goes wrong before that is thrown.
  door.server.on("error", (error) => log("http", messageOf(error)));
  return { where, close: () => door.close() };
}

interface Client {
  /** Its address; "" where it has none. */
  readonly address: string;
  /** Whether there were enough already when it came. */
  readonly isTooMuch: boolean;
  /** Requests that are not answered yet. */
  atWork: number;
}

class HttpDoor {
  readonly server: Server;
  readonly #post: Post;
  readonly #gate: Gate;
  readonly #clients = new Map<Socket, Client>();
  #closing = false;

  constructor(post: Post, gate: Gate) {
    const { timeout, request, clients } = post.site.http;
    this.#post = post;
    this.#gate = gate;
    this.server = createServer({
      headersTimeout: Math.min(timeout, request),
      requestTimeout: request,
      connectionsCheckingInterval: Math.min(timeout / 4, 5000),
      keepAliveTimeout: Math.min(timeout, IDLE),
    });
    // Those beyond the first limit are told so, beyond the second they are cut off.
    this.server.maxConnections = 2 * clients;
    this.server.on("connection", (socket: Socket) => this.#met(socket));
    this.server.on("request", (...both) => void this.#serve(...both, false));
    // The word "continue" is for those whose message is wanted.
    this.server.on(
      "checkContinue",
      (...both) => void this.#serve(...both, true),
    );
    this.server.on("clientError", (error, socket) =>
      this.#misheard(error, socket as Socket),
    );
  }

  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((done) => this.server.close(() => done()));
    for (const [socket, { atWork }] of this.#clients)
      if (atWork === 0) socket.destroy();
    const end = setTimeout(() => this.server.closeAllConnections(), PATIENCE);
    await closed;
    clearTimeout(end);
  }

  #met(socket: Socket): void {
    this.#clients.set(socket, {
      address: socket.remoteAddress ?? "",
      isTooMuch: this.#clients.size >= this.#post.site.http.clients,
      atWork: 0,
    });
    socket.once("close", () => this.#clients.delete(socket));
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    waits: boolean,
  ): Promise<void> {
    const { socket } = request;
    const client = this.#clients.get(socket);
    if (!client) return;
    client.atWork += 1;
    response.once("close", () => {
      client.atWork -= 1;
      if (this.#closing && client.atWork === 0) socket.destroySoon();
    });
    // Only while it has to say something: what takes long after that is not its fault.
    socket.setTimeout(this.#post.site.http.timeout);
    // A request without a body ends behind its answer: then the time between two requests counts.
    request.once("end", () => {
      if (!response.writableFinished) socket.setTimeout(0);
    });
    let waiting = waits;
    const proceed = () => {
      if (waiting) response.writeContinue();
      waiting = false;
    };
    const { address } = client;
    const answer =
      this.#closing || client.isTooMuch
        ? this.#tooMany(address)
        : await answerTo(this.#post, this.#gate, { request, address, proceed });
    await this.#say(answer, request, response, waiting);
  }

  #tooMany(address: string): Answer {
    const answer = tooMany();
    const why = this.#closing ? "closing" : "too many connections";
    this.#post.log("http", `${address || "socket"}: ${answer.status} ${why}`);
    return answer;
  }

  /** @param waits whether the client has not been told to send its message */
  async #say(
    { status, headers, body }: Answer,
    request: IncomingMessage,
    response: ServerResponse,
    waits: boolean,
  ): Promise<void> {
    // Whoever is gone needs no answer; to write one all the same would be an error.
    if (response.destroyed) return;
    response.on("error", () => {});
    const isWhole = request.complete || !hasBody(request);
    response.writeHead(status, {
      ...headers,
      "Content-Length": Buffer.byteLength(body),
      "X-Content-Type-Options": "nosniff",
      ...((!isWhole || this.#closing) && { Connection: "close" }),
    });
    if (!isWhole && !waits) {
      response.write(body);
      await readOn(request);
      response.end();
    } else response.end(body);
  }

  /** What is no HTTP, or takes too long. */
  #misheard(error: Error, socket: Socket): void {
    const { address = "" } = this.#clients.get(socket) ?? {};
    const code = errnoOf(error) ?? "";
    if (code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const line = faults[code] ?? "400 Bad Request";
    this.#post.log("http", `${address || "socket"}: ${line}`);
    socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n`, () =>
      socket.destroy(),
    );
  }
}

const faults: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

function hasBody({ headers }: IncomingMessage): boolean {
  return (
    headers["transfer-encoding"] !== undefined ||
    Number(headers["content-length"] ?? 0) > 0
  );
}

/** Reads what a client goes on to send, within bounds. */
async function readOn(request: IncomingMessage): Promise<void> {
  const over = setTimeout(() => request.destroy(), REFUSED.time);
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > REFUSED.size) break;
    }
  } catch {
    // The client is gone, with the answer.
  } finally {
    clearTimeout(over);
  }
}
