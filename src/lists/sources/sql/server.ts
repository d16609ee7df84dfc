/**
 * A database server as the settings name it. Its password is read where it is needed, and stands in
 * no URL, message or log.
 */
import { userInfo } from "node:os";
import type { Server } from "../../../state/postgres.ts";
import {
  certificatesOf,
  certificatesOfTheSystem,
  type Place,
  secretOf,
} from "../trust.ts";

/** What settings say of a server. */
interface ServerSettings {
  readonly url: string;
  readonly tls: boolean;
  readonly ca_file?: string | undefined;
  readonly password_file?: string | undefined;
  readonly timeout: number;
}

/**
 * The server of a URL; its parts may be percent-encoded, so that %2Frun%2Fmysqld.sock is a socket.
 * @param port without one in the URL
 * Throws where a file of the settings cannot be read.
 */
export function serverOf(
  settings: ServerSettings,
  place: Place,
  port: number,
): Server {
  const { tls, ca_file, password_file, timeout } = settings;
  const url = new URL(settings.url);
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || port),
    user: decodeURIComponent(url.username) || userInfo().username,
    database: decodeURIComponent(url.pathname.slice(1)),
    password:
      password_file === undefined
        ? undefined
        : secretOf("password_file", password_file, place),
    tls: tls
      ? { ca: certificatesOf(ca_file, place) ?? certificatesOfTheSystem() }
      : undefined,
    timeout,
  };
}

/**
 * Milliseconds that a server may work on one answer. Its own clock runs over all pages, so it is no
 * limit for a wait: it ends what nobody waits for any more. At most what an integer of theirs holds.
 */
export function wholeAnswer(timeout: number): number {
  return Math.min(10 * timeout, 2 ** 31 - 1);
}
