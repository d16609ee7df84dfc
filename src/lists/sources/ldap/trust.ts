/**
 * Who is spoken to, and as whom: the certificates that count and the password of the bind. Files of
 * the settings are read anew for each connection.
 */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import {
  type ConnectionOptions,
  createSecureContext,
  getCACertificates,
  type SecureContext,
} from "node:tls";
import { exit, Failure, messageOf } from "../../../base/errors.ts";
import type { SourceSettings } from "../../schema/sources.ts";

type LdapSettings = SourceSettings<"ldap">;

let system: SecureContext | undefined;

/** Node's own list is another one. Made once: it takes 60 ms. */
function ofTheSystem(): SecureContext {
  system ??= createSecureContext({ ca: getCACertificates("system") });
  return system;
}

/**
 * Whose certificates are good, and for which name (RFC 4513, 3.1.3).
 * @param home absolute: paths of the settings start there
 */
export function trust(
  url: URL,
  settings: LdapSettings,
  home: string,
): ConnectionOptions {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const { ca_file } = settings;
  const ca = ca_file === undefined ? undefined : read("ca_file", home, ca_file);
  // Node would trust the system's where there is none in it.
  if (ca !== undefined && !ca.includes("-----BEGIN CERTIFICATE-----"))
    throw wrong(`ca_file ${ca_file} holds no certificate (PEM)`);
  return {
    host,
    rejectUnauthorized: true,
    ...(ca === undefined ? { secureContext: ofTheSystem() } : { ca }),
    ...(isIP(host) === 0 && { servername: host }),
  };
}

/**
 * The password, from the first line of its file.
 * @param home absolute: paths of the settings start there
 */
export function password(settings: LdapSettings, home: string): string {
  const { password_file } = settings;
  const [first = ""] =
    password_file === undefined
      ? []
      : read("password_file", home, password_file).split(/\r?\n/, 1);
  // RFC 4513 §5.1.2: without a password it would count as anonymous, and see less.
  if (first === "")
    throw wrong("bind_dn needs a password_file with a password in it");
  return first;
}

function read(setting: string, home: string, path: string): string {
  try {
    return readFileSync(resolve(home, path), "utf8");
  } catch (error) {
    throw wrong(`${setting} cannot be read: ${messageOf(error)}`, error);
  }
}

function wrong(what: string, cause?: unknown): Failure {
  return new Failure(exit.tryLater, `[ldap] ${what}`, { cause });
}
