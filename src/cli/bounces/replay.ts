/** `bounces replay FILE...`: reports out of files, as if they came just now. */
import { accessSync, constants, statSync } from "node:fs";
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { chunks, type Piece } from "../../base/pieces.ts";
import { kindOf } from "../../bounce/judge/entry.ts";
import { signedBy } from "../../bounce/judge/whom.ts";
import { type Report, readReport } from "../../bounce/read.ts";
import { extended } from "../../lists/marks.ts";
import { openMessage } from "../../mail/message.ts";
import { type Destination, reached } from "../../receipt/door.ts";
import { arrive } from "../../receipt/intake.ts";
import { bouncesAt } from "../../receipt/returned.ts";
import type { Context } from "../context.ts";

export async function replay(
  context: Context,
  files: readonly string[],
  dryRun: boolean,
  list: string | undefined,
): Promise<number> {
  if (files.length === 0 && process.stdin.isTTY)
    throw new Failure(exit.usage, "bounces replay: which files?");
  const given = list === undefined ? undefined : context.list(list);
  let code: number = exit.ok;
  const told: object[] = [];
  for (const file of files.length === 0 ? [STDIN] : files)
    try {
      const content = await contentOf(context, file);
      const reading = await readingOf(context, content, given);
      const id = dryRun
        ? undefined
        : await put(context, file, content, reading);
      const queued = id === undefined ? {} : { queued: `incoming/${id}` };
      if (context.json) told.push({ ...plain(file, reading), ...queued });
      else
        context.say(
          [
            ...linesOf(file, reading),
            ...Object.entries(queued).map(([what, as]) => `  ${what}: ${as}`),
          ].join("\n"),
        );
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      process.stderr.write(`listmill: ${error.message}\n`);
      code = error.exitCode;
    }
  if (context.json) context.say(JSON.stringify(told, undefined, 1));
  return code;
}

/** The name that stands for what is piped in. */
const STDIN = "-";

/** Throws a Failure, 66, where it cannot be read. */
async function contentOf(
  { site }: Context,
  file: string,
): Promise<readonly Piece[]> {
  if (file === STDIN) {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of process.stdin) {
      parts.push(part);
      size += part.length;
      if (size > site.limits.message)
        throw new Failure(exit.noPermission, "-: larger than limits.message");
    }
    return parts;
  }
  try {
    accessSync(file, constants.R_OK);
    const found = statSync(file);
    if (found.isFile()) return [{ path: file, start: 0, end: found.size }];
  } catch (error) {
    throw new Failure(exit.noInput, `${file}: ${messageOf(error)}`);
  }
  throw new Failure(exit.noInput, `${file}: it is no file`);
}

interface Reading {
  readonly report: Report;
  /** Where it belongs. */
  readonly destination: Destination | undefined;
  /** Whom a return path of ours names. */
  readonly signed: string | undefined;
}

async function readingOf(
  context: Context,
  content: readonly Piece[],
  given: Destination["list"] | undefined,
): Promise<Reading> {
  const { site, lists } = context;
  const message = await openMessage(content, site.limits.header);
  const report = await readReport(message);
  const addresses = "returned" in report ? report.returned.addresses : [];
  const find = (address: string) => reached(lists, site, address);
  const asked = { site, lists, now: context.clock.now(), log: () => {} };
  const signed = await signedBy(asked, addresses, find);
  let destination: Destination | undefined;
  if (given)
    destination = {
      list: given,
      extension: "bounces",
      recipient: extended(site, given, "bounces"),
    };
  else
    for (const address of addresses) {
      const at = await bouncesAt(context, address);
      if (!at) continue;
      destination = { ...at, recipient: address };
      break;
    }
  return { report, destination, signed: signed?.address };
}

async function put(
  context: Context,
  file: string,
  content: readonly Piece[],
  { destination }: Reading,
): Promise<string | undefined> {
  if (!destination)
    throw new Failure(
      exit.noUser,
      `${file}: it names no list of ours; say which one it is for with --list`,
    );
  const { site, spool, clock } = context;
  const [id] = await arrive(
    { site, spool, clock },
    chunks(content),
    (arrival) => arrival.take("", [destination]),
  );
  return id;
}

function linesOf(file: string, { report, signed, destination }: Reading) {
  const what =
    report.kind === "bounce"
      ? `bounce (${report.family})`
      : report.kind === "complaint"
        ? `complaint (${report.feedback}) of ${report.recipients.join(", ") || "nobody"}`
        : "why" in report
          ? `${report.kind}: ${report.why}`
          : report.kind;
  const lines = [`${file}: ${what}`];
  if (signed !== undefined) lines.push(`  signed: it was sent to ${signed}`);
  if (destination) lines.push(`  list: ${destination.list.address}`);
  if (report.kind === "bounce")
    for (const failure of report.failures) {
      const { recipient, reason, status, text } = failure;
      const words = [recipient, kindOf(failure), reason, status, text];
      lines.push(`  ${words.filter(Boolean).join("  ")}`);
    }
  return lines;
}

function plain(file: string, { report, signed, destination }: Reading) {
  const list = destination?.list.address ?? null;
  const found = { file, list, signed: signed ?? null, ...report };
  if (report.kind !== "bounce") return found;
  const failures = report.failures.map((failure) => ({
    ...failure,
    kind: kindOf(failure),
  }));
  return { ...found, failures };
}
