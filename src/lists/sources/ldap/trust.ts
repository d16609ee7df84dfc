/**
 * Who is spoken to, and as whom: the certificates that count and the password of the bind. Files of
 * the settings are read anew for each connection.
 */
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { exit, Failure } from "../../../base/errors.ts";
import type { SourceSettings } from "../../schema/sources.ts";
import { certificatesOf, ofTheSystem, secretOf } from "../trust.ts";

type LdapSettings = SourceSettings<"ldap">;

/**
 * Whose certificates are good, and for which name (RFC 4513, 3.1.3).
 * @param home absolute: paths of the settings start there
 */
export function trust(
  url: URL,
  { ca_file }: LdapSettings,
  home: string,
): ConnectionOptions {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const ca = certificatesOf(ca_file, { home, section: "ldap" });
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
export function password(
  { password_file }: LdapSettings,
  home: string,
): string {
  const first = secretOf("password_file", password_file, {
    home,
    section: "ldap",
  });
  if (first !== "") return first;
  // RFC 4513 §5.1.2: without a password it would count as anonymous, and see less.
  throw new Failure(
    exit.tryLater,
    "[ldap] bind_dn needs a password_file with a password in it",
  );
}
