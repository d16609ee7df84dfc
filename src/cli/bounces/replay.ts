/** `bounces replay FILE...`: reports out of files, as if they came just now. */
import { createReadStream, statSync } from "node:fs";
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { signedBy } from "../../bounce/judge/whom.ts";
import { type Report, readReport } from "../../bounce/read.ts";
import { extended } from "../../lists/marks.ts";
import { openMessage } from "../../mail/message.ts";
import { type Destination, reached } from "../../receipt/door.ts";
import { arrive } from "../../receipt/intake.ts";
import type { Context } from "../context.ts";

export async function replay(
  context: Context,
  files: readonly string[],
  dryRun: boolean,
  list: string | undefined,
): Promise<number> {
  if (files.length === 0)
    throw new Failure(exit.usage, "bounces replay: which files?");
  const given = list === undefined ? undefined : context.list(list);
  let code: number = exit.ok;
  const told: object[] = [];
  for (const file of files)
    try {
      const reading = await readingOf(context, file, given);
      if (!dryRun) await put(context, file, reading);
      if (context.json) told.push(plain(file, reading));
      else context.say(linesOf(file, reading).join("\n"));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      process.stderr.write(`listmill: ${error.message}\n`);
      code = error.exitCode;
    }
  if (context.json) context.say(JSON.stringify(told, undefined, 1));
  return code;
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
  file: string,
  given: Destination["list"] | undefined,
): Promise<Reading> {
  const { site, lists } = context;
  let size: number;
  try {
    size = statSync(file).size;
  } catch (error) {
    throw new Failure(exit.noInput, `${file}: ${messageOf(error)}`);
  }
  const content = [{ path: file, start: 0, end: size }];
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
      const at = await find(address);
      if (!at || !/^(bounces|probe)\b/.test(at.extension)) continue;
      destination = { ...at, recipient: address };
      break;
    }
  return { report, destination, signed: signed?.address };
}

async function put(
  context: Context,
  file: string,
  { destination }: Reading,
): Promise<void> {
  if (!destination)
    throw new Failure(
      exit.noUser,
      `${file}: it names no list of ours; say which one it is for with --list`,
    );
  const { site, spool, clock } = context;
  const input = createReadStream(file);
  await arrive({ site, spool, clock }, input, (arrival) =>
    arrival.take("", [destination]),
  );
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
    for (const {
      recipient,
      duration,
      about,
      reason,
      status,
      text,
    } of report.failures)
      lines.push(
        `  ${recipient}  ${about === "message" ? "the message" : duration}  ${[reason, status, text].filter(Boolean).join("  ")}`,
      );
  return lines;
}

function plain(file: string, { report, signed, destination }: Reading) {
  const list = destination?.list.address ?? null;
  return { file, list, signed: signed ?? null, ...report };
}
