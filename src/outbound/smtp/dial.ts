/**
 * Where the relay is, and a connected socket to it. It keeps nothing.
 */
import { connect, type Socket } from "node:net";
import { errnoOf, exit, Failure, messageOf } from "../../base/errors.ts";

const PORTS: Record<string, number> = {
  "smtp:": 25,
  "smtps:": 465,
  "lmtp:": 24,
};

/** Where the relay listens. */
export interface RelayAddress {
  readonly host: string;
  readonly port: number;
  /** A Unix socket, instead of host and port. */
  readonly path?: string;
  readonly lmtp: boolean;
  /** `none`; `offered`: STARTTLS where the relay offers it, unauthenticated; `always`: from the start. */
  readonly tls: "none" | "offered" | "always";
}

/** Reads a relay's URL. Throws Failure for one that names no relay. */
export function parseRelay(text: string): RelayAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const port = url && PORTS[url.protocol];
  if (url === undefined || port === undefined)
    throw refused(text, "write smtp://host:port, smtps:// or lmtp://");
  if (url.username !== "" || url.password !== "")
    throw refused(url.host, "it has a login: let a local MTA log in elsewhere");
  const lmtp = url.protocol === "lmtp:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (host === "") {
    const path = lmtp ? url.pathname.replaceAll("%20", " ") : "";
    if (path.length < 2) throw refused(text, "it names no host");
    return { host: "localhost", port, path, lmtp, tls: "none" };
  }
  const tls =
    url.protocol === "smtps:"
      ? "always"
      : isLoopback(host)
        ? "none"
        : "offered";
  return { host, port: Number(url.port || port), lmtp, tls };
}

/** Whether what goes there stays on this host. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.[\d.]+|::1)$/.test(host);
}

function refused(url: string, advice: string): Failure {
  return new Failure(exit.config, `relay "${url}" cannot be used: ${advice}`);
}

/** Bytes that are read at once: a reply is far shorter. */
const READ = 16 * 1024;

/** What the caller may want of a connection. */
interface Dialling {
  /** Milliseconds to connect. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Gets all bytes that come, in a buffer that is used again: the socket has no "data" events. */
  readonly read: (bytes: Buffer) => void;
}

/**
 * A connected socket that sends at once what it is given (TCP_NODELAY). The system's resolver is
 * asked, so /etc/hosts counts. Throws with words for a person.
 */
export async function dial(
  address: RelayAddress,
  { timeout, signal, read }: Dialling,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  if (signal?.aborted) throw new Error(ABORTED);
  const buffer = Buffer.allocUnsafeSlow(READ);
  const onread = {
    buffer,
    callback: (length: number) => {
      read(buffer.subarray(0, length));
      return true;
    },
  };
  const { host, port, path } = address;
  const socket = connect(
    path === undefined
      ? { host, port, noDelay: true, onread }
      : { path, onread },
  );
  const aborted = () => reject(new Error(ABORTED));
  const timer = setTimeout(
    () => reject(new Error("no connection in time")),
    timeout,
  );
  signal?.addEventListener("abort", aborted, { once: true });
  socket.once("connect", () => resolve(socket)).once("error", reject);
  try {
    return await promise;
  } catch (error) {
    socket.on("error", () => {}).destroy();
    throw new Error(describe(error), { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
    socket.off("error", reject);
  }
}

const ABORTED = "sending was aborted";

/** A connection tried on several addresses fails without words, but with a code. */
export function describe(error: unknown): string {
  return messageOf(error) || (errnoOf(error) ?? "unknown trouble");
}
