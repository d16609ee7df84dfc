/**
 * How well reports are read, measured on a corpus of real ones with what is known of each: exactly
 * the failed recipients, whether it is for good, and what is no bounce. The corpus is not ours and
 * lies beside the source where there is one; its format is told in its own FORMAT.md.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type Failure,
  type Report,
  readReport,
} from "../../src/bounce/read.ts";
import { openMessage } from "../../src/mail/message.ts";
import { known } from "./misses.ts";

export const corpus = "../shared/corpus";
const FOLDERS = ["bounces", "reports"];
const HEADER = 256 * 1024;

/** A row of the corpus's table, as far as it counts here. */
interface Expected {
  readonly is_bounce: boolean | null;
  readonly failed: readonly string[] | null;
  readonly temporary: boolean | null;
  readonly reason?: string;
}

export type Measure = "recipients" | "class" | "negative";

export interface Outcome {
  /** Below the corpus: "bounces/flufl/dsn_01.txt". */
  readonly path: string;
  readonly source: string;
  /** As the report was read; "none" where it was taken for no bounce. */
  readonly family: string;
  readonly measure: Measure;
  readonly isRight: boolean;
  readonly wanted: string;
  readonly got: string;
  /** Why it is wrong and stays so. */
  readonly reason?: string;
}

/** Every row of the corpus that states something. Reads files, writes nothing. */
export async function* outcomes(): AsyncGenerator<Outcome> {
  for (const folder of FOLDERS) {
    const table = join(corpus, folder, "expected.json");
    if (!existsSync(table)) continue;
    const rows = JSON.parse(readFileSync(table, "utf8")) as Record<
      string,
      Expected
    >;
    for (const [name, expected] of Object.entries(rows)) {
      const path = `${folder}/${name}`;
      if (expected.is_bounce === null) continue;
      const report = await read(join(corpus, path));
      const source = name.split("/")[0] ?? "";
      const family = report.kind === "bounce" ? report.family : "none";
      for (const found of judged(expected, report)) {
        const reason = known[`${found.measure} ${path}`] ?? known[path];
        yield {
          path,
          source,
          family,
          ...found,
          ...(reason === undefined || found.isRight ? {} : { reason }),
        };
      }
    }
  }
}

export async function read(path: string): Promise<Report> {
  const piece = { path, start: 0, end: statSync(path).size };
  return readReport(await openMessage([piece], HEADER));
}

type Judged = Pick<Outcome, "measure" | "isRight" | "wanted" | "got">;

function* judged(expected: Expected, report: Report): Generator<Judged> {
  const got = told(report);
  if (expected.is_bounce === false) {
    const isRight = report.kind !== "bounce";
    yield { measure: "negative", isRight, wanted: "no bounce", got };
    return;
  }
  if (expected.failed !== null) {
    const wanted = [...new Set(expected.failed.map(lower))].sort();
    const isRight = areSame(wanted, report);
    yield { measure: "recipients", isRight, wanted: wanted.join(","), got };
  }
  if (expected.temporary !== null) {
    const wanted = expected.temporary ? "temporary" : "permanent";
    const durations = failuresIn(report).map(({ duration }) => duration);
    const isRight =
      durations.length > 0 && durations.every((one) => one === wanted);
    yield { measure: "class", isRight, wanted, got };
  }
}

/** The tables count notices of a delay among bounces: those who are waited for, for now. */
function failuresIn(report: Report): readonly Failure[] {
  return report.kind === "bounce" || report.kind === "delay"
    ? report.failures
    : [];
}

/** Tables name the recipient as it was mailed or as it was in the end: either is right. */
function areSame(wanted: readonly string[], report: Report): boolean {
  const failures = failuresIn(report);
  if (failures.length !== wanted.length) return false;
  const left = new Set(wanted);
  for (const { recipient, final } of failures)
    if (!left.delete(lower(recipient)) && !left.delete(lower(final ?? "")))
      return false;
  return true;
}

function lower(address: string): string {
  return address.toLowerCase();
}

function told(report: Report): string {
  if (report.kind !== "bounce" && report.kind !== "delay") return report.kind;
  const family = report.kind === "delay" ? "delay" : report.family;
  const failures = report.failures.map(
    ({ recipient, final, duration, reason, status }) =>
      [recipient, final && `(${final})`, duration, reason, status]
        .filter(Boolean)
        .join(" "),
  );
  return `${family}: ${failures.join("; ") || "nobody"}`;
}
