/**
 * Where a broker is, and as whom it is spoken to. Files of the settings are read anew for each
 * connection; a secret stands in no message and no log.
 */
import { exit, Failure } from "../base/errors.ts";
import { secretIn } from "../lists/secret.ts";
import {
  certificatesOf,
  certificatesOfTheSystem,
} from "../lists/sources/trust.ts";

/** What a section, or the command line, says of a broker. */
export interface Access {
  readonly url: string;
  readonly user?: string | undefined;
  readonly password_file?: string | undefined;
  readonly ca_file?: string | undefined;
}

export interface Address {
  readonly url: URL;
  /** Without brackets. */
  readonly host: string;
  /** undefined: the default one. */
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** PEM; undefined where the connection is not encrypted. */
  readonly ca: string | string[] | undefined;
}

/**
 * @param home absolute: paths start there
 * @param section such as "archive.amqp", for errors
 * Throws a Failure where a file is missing or open to others.
 */
export function addressOf(
  access: Access,
  home: string,
  section: string,
): Address {
  const url = new URL(access.url);
  const isEncrypted = ["amqps:", "rediss:"].includes(url.protocol);
  return {
    url,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? undefined : Number(url.port),
    user: access.user,
    password: passwordOf(access.password_file, home),
    ca: isEncrypted
      ? (certificatesOf(access.ca_file, { home, section }) ??
        certificatesOfTheSystem())
      : undefined,
  };
}

function passwordOf(
  path: string | undefined,
  home: string,
): string | undefined {
  if (path === undefined) return undefined;
  const found = secretIn(home, path);
  if (found) return found;
  throw new Failure(
    exit.config,
    `${path}: there is no such file, or no password on its first line`,
  );
}
