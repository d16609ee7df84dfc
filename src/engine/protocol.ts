/**
 * What a served hook is asked and what it answers: one JSON object a line, UTF-8, both ways.
 * docs/served-hooks.md is its description for authors. Pure.
 */
import type { Verb } from "./layers.ts";

export interface Request {
  readonly verb: Verb;
  /** What a forked hook has as environment, but for what every hook of the runner has. */
  readonly variables: Readonly<Record<string, string>>;
  /** The path of the message. */
  readonly message: string;
  /** The path of the distribution list, or of those to be served. */
  readonly recipients: string | null;
  /** The folder for messages that follow. */
  readonly emit: string | null;
  /** Where it may write an answer that is too large for a line, or not UTF-8. */
  readonly output: string;
}

export interface Reply {
  readonly id: string;
  /** The verdict, as an exit code. */
  readonly code: number;
  readonly reason?: string;
  /** The output; without it and `output` there is none, so `refine` leaves the list as it is. */
  readonly stdout?: string;
  /** Whether the output is in the file. */
  readonly output?: boolean;
}

/** Longest line of an answer, in bytes; more goes into the file. */
export const LONGEST = 1024 * 1024;

/** A question as a line. @param id one that no other unanswered question of the process has */
export function formatRequest(id: string, request: Request): string {
  return `${JSON.stringify({ id, ...request })}\n`;
}

/** What is wrong with a line, as text that ends "it answered …". */
export interface Malformed {
  readonly malformed: string;
}

/** An answer, from a line without its line end. */
export function parseReply(line: string): Reply | Malformed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { malformed: `what is not JSON: ${line}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { malformed: `what is no object: ${line}` };
  const { id, code, reason, stdout, output } = value as Record<string, unknown>;
  if (typeof id !== "string") return wrong("id", "the question's text", line);
  if (!isCode(code)) return wrong("code", "a whole number, 0 to 255", line);
  if (!isMaybe(reason, "string")) return wrong("reason", "text", line);
  if (!isMaybe(stdout, "string")) return wrong("stdout", "text", line);
  if (!isMaybe(output, "boolean")) return wrong("output", "true", line);
  return {
    id,
    code,
    ...(reason ? { reason } : {}),
    ...(typeof stdout === "string" ? { stdout } : {}),
    ...(output ? { output } : {}),
  };
}

function wrong(name: string, wanted: string, line: string): Malformed {
  return { malformed: `without a proper "${name}" (${wanted}): ${line}` };
}

function isCode(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;
}

/** Nothing, in JSON's way or by leaving it out, is fine too. */
function isMaybe<T extends "string" | "boolean">(
  value: unknown,
  type: T,
): value is (T extends "string" ? string : boolean) | undefined | null {
  return value === undefined || value === null || typeof value === type;
}
