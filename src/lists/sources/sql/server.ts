/**
 * A database server as the settings name it. Its password is read where it is needed, and stands in
 * no URL, message or log.
 */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { exit, Failure } from "../../../base/errors.ts";
import type { SourceSettings } from "../../schema/sources.ts";
import { pathIn, type SourceContext } from "../context.ts";

export interface Server {
  /** A name, an IP address, or the path of a socket (for PostgreSQL of its folder). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
  /** Whose certificates are trusted; undefined: no TLS. */
  readonly tls: { readonly ca: string | undefined } | undefined;
  /** Milliseconds for each wait. */
  readonly timeout: number;
}

/**
 * The server of a URL; its parts may be percent-encoded, so that %2Frun%2Fmysqld.sock is a socket.
 * @param port without one in the URL
 * Throws where a file of the settings cannot be read.
 */
export function serverOf(
  settings: SourceSettings<"sql">,
  context: SourceContext,
  port: number,
): Server {
  const { tls, ca_file, password_file, timeout } = settings;
  if (ca_file !== undefined && !tls)
    throw new Failure(exit.tryLater, "[sql] ca_file needs tls = true");
  const url = new URL(settings.url);
  const read = (path: string) => readFileSync(pathIn(context, path), "utf8");
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || port),
    user: decodeURIComponent(url.username) || userInfo().username,
    database: decodeURIComponent(url.pathname.slice(1)),
    password:
      password_file === undefined
        ? ""
        : (read(password_file).split(/\r?\n/, 1)[0] ?? ""),
    tls: tls ? { ca: ca_file && read(ca_file) } : undefined,
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
