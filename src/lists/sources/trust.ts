/**
 * Whom a source trusts, and the secrets that it shows: the same for all that speak to a server. Files of
 * the settings are read anew for each connection; a secret stands in no message and no log.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
} from "node:tls";
import { exit, Failure, messageOf } from "../../base/errors.ts";

/** Where a file of the settings is named. */
export interface Place {
  /** Absolute: other paths start there. */
  readonly home: string;
  /** "ldap", for errors. */
  readonly section: string;
}

let system: SecureContext | undefined;

/** Those that the system trusts; Node's own list is another one. Made once: it takes 60 ms. */
export function ofTheSystem(): SecureContext {
  system ??= createSecureContext({ ca: certificatesOfTheSystem() });
  return system;
}

/** The same as PEM texts, for packages that make a context of their own. */
export function certificatesOfTheSystem(): string[] {
  return getCACertificates("system");
}

/**
 * The certificates of a ca_file, PEM; undefined without one: those of the system count.
 * Throws a Failure (try later) where there is none in it, for then everybody's would do.
 */
export function certificatesOf(
  ca_file: string | undefined,
  place: Place,
): string | undefined {
  if (ca_file === undefined) return undefined;
  const text = read("ca_file", ca_file, place);
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw wrong(place, `ca_file ${ca_file} holds no certificate (PEM)`);
}

/** The first line of a secret's file, "" without a file. @param setting such as "password_file" */
export function secretOf(
  setting: string,
  path: string | undefined,
  place: Place,
): string {
  if (path === undefined) return "";
  return read(setting, path, place).split(/\r?\n/, 1)[0] ?? "";
}

function read(setting: string, path: string, place: Place): string {
  try {
    return readFileSync(resolve(place.home, path), "utf8");
  } catch (error) {
    throw wrong(place, `${setting} cannot be read: ${messageOf(error)}`, error);
  }
}

function wrong({ section }: Place, what: string, cause?: unknown): Failure {
  return new Failure(exit.tryLater, `[${section}] ${what}`, { cause });
}
