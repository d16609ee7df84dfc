/**
 * The process environment: the only reader of process.env.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { resolve } from "node:path";

/** A variable, or undefined where it is unset or empty. */
export function variable(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** The home that is meant: the one of an option, else LISTMILL_HOME, else the current directory. */
export function homeNamed(option: string | undefined): string {
  return resolve(option ?? variable("LISTMILL_HOME") ?? ".");
}

/** All LISTMILL_ variables, as a hook gets them. */
export function hookVariables(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (name.startsWith("LISTMILL_") && value !== undefined)
      found[name] = value;
  return found;
}

/** What a program of the user's own gets: the environment of this process, with other LISTMILL_ variables. */
export function inheritedWith(
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (!name.startsWith("LISTMILL_") && value !== undefined)
      found[name] = value;
  return { ...found, ...variables };
}

/** This host's name, the part before the first dot; LISTMILL_HOST overrides it. */
export function host(): string {
  const name = variable("LISTMILL_HOST") ?? hostname().split(".")[0] ?? "";
  return name.replace(/[^A-Za-z0-9_-]/g, "-") || "localhost";
}

/** This machine, to be told from others that share a file system with it. */
export interface Machine {
  /** For people. */
  readonly name: string;
  /** Letters and digits that stay the same when the machine starts again. */
  readonly id: string;
}

/**
 * By LISTMILL_MACHINE, else /etc/machine-id (machine-id(5)), else the host's name.
 * @param byName whether the name counts too: machines that start from one image may have one id
 */
export function machine(byName: boolean): Machine {
  const name = hostname();
  const named = variable("LISTMILL_MACHINE");
  const number = machineId() ?? name;
  const secret = named ?? (byName ? `${number}\0${name}` : number);
  // The number of a machine is not for others to read.
  const digest = createHash("sha256").update(`listmill\0${secret}`);
  return { name: named ?? name, id: digest.digest("hex").slice(0, 16) };
}

function machineId(): string | undefined {
  try {
    const text = readFileSync("/etc/machine-id", "utf8").trim();
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The account that this process runs under, by its name or else its number. */
export function account(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}
