/**
 * The exit codes of sysexits(3) and the one error class that carries one.
 * A Failure is a sentence for a person: what is wrong, where, and what to do. Anything
 * else that is thrown is a bug or a broken machine. Pure.
 */

/** Exit codes, sysexits(3). */
export const exit = {
  ok: 0,
  usage: 64,
  dataError: 65,
  noInput: 66,
  noUser: 67,
  unavailable: 69,
  software: 70,
  osError: 71,
  cannotCreate: 73,
  ioError: 74,
  tryLater: 75,
  noPermission: 77,
  config: 78,
} as const;

/** An expected failure of a command, told to a person on stderr. */
export class Failure extends Error {
  readonly exitCode: number;

  /**
   * @param exitCode one of `exit`
   * @param message names the file, line or setting, and says what to do
   */
  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Failure";
    this.exitCode = exitCode;
  }
}

/** ESTALE, from NFS: Node has no name for it. */
const STALE = -116;

/** The errno name of a failed system call ("ENOENT"), or undefined for any other value. */
export function errnoOf(error: unknown): string | undefined {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException;
  if (errno === STALE) return "ESTALE";
  return typeof code === "string" ? code : undefined;
}

/** Whatever was thrown, as one line. */
export function messageOf(error: unknown): string {
  // What connects to a name tries all of its addresses, and has no words for all of them.
  if (error instanceof AggregateError && error.message === "")
    return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
