/** `bounces show ADDRESS`: all that came back from an address, and the last report. */

import { exit, Failure } from "../../base/errors.ts";
import { bytes } from "../../base/pieces.ts";
import { scoresOf } from "../../bounce/judge/judge.ts";
import { reportAt, reportsOf } from "../../bounce/judge/reports.ts";
import { memberKey } from "../../lists/people.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import type { Bounce } from "../../state/bounce.ts";
import type { Probe } from "../../state/probes.ts";
import type { Context } from "../context.ts";

/** Most bytes of a report that are shown. */
const SHOWN = 256 * 1024;

interface Record {
  readonly list: string;
  readonly bounces: readonly Bounce[];
  readonly trial: Probe | undefined;
  readonly score: number;
}

export async function show(
  context: Context,
  typed: string,
  list?: string,
): Promise<number> {
  const { key, only } = asked(context, typed, list);
  const records: Record[] = [];
  for (const name of await listsOf(context, key, only)) {
    const record = await recordOf(context, name, key);
    if (record.bounces.length > 0 || record.trial) records.push(record);
  }
  if (records.length === 0) throw nothing(typed, only);
  if (context.json) {
    context.say(
      JSON.stringify(
        records.map((one) => plain(context, one)),
        undefined,
        1,
      ),
    );
    return exit.ok;
  }
  for (const record of records) await print(context, record);
  return exit.ok;
}

/** Whom it is about, and of which list alone. Throws a Failure where there is no such list or address. */
export function asked(context: Context, typed: string, list?: string) {
  const key = memberKey(typed);
  const only = list === undefined ? undefined : context.list(list).address;
  return { key, only };
}

export function nothing(typed: string, only: string | undefined): Failure {
  const to = only ? ` to ${only}` : "";
  return new Failure(exit.noUser, `${typed}: nothing came back${to}`);
}

/** Those lists of which something came back from an address. */
export async function listsOf(
  context: Context,
  key: string,
  only: string | undefined,
): Promise<string[]> {
  if (only !== undefined) return [keyOf(only)];
  const { bounces, probes } = await stateOf(context.site.home);
  const lists = [...(await bounces.lists(key)), ...(await probes.lists(key))];
  return [...new Set(lists)].sort();
}

async function recordOf(
  context: Context,
  list: string,
  key: string,
): Promise<Record> {
  const { site, lists, clock } = context;
  const state = await stateOf(site.home);
  const now = clock.now();
  const bounces = await state.bounces.about(list, [key], 0);
  const trial = await state.probes.get(list, key);
  const there = lists.get(list);
  const standing =
    there && (await scoresOf({ site, list: there, now }, [key])).get(key);
  return { list, bounces, trial, score: standing?.score ?? 0 };
}

async function print(
  context: Context,
  { list, bounces, trial, score }: Record,
): Promise<void> {
  context.say(`${list}  score ${score.toFixed(1)}`);
  if (trial) {
    const { since, sent, failed, ended, reason } = trial;
    const end = ended || (failed >= sent ? "the last one came back" : "");
    context.say(
      `  suspended ${dayText(since)} (${reason}), trials sent: ${sent}${end && `, ${end}`}`,
    );
  }
  for (const { at, kind, trust, status, reason, detail } of bounces)
    context.say(
      `  ${dayText(at)}  ${kind}  ${trust}  ${reason}  ${[status, detail].filter(Boolean).join("  ")}`.trimEnd(),
    );
  const last = bounces.findLast(({ report }) => report !== "");
  const kept =
    last && reportAt(reportsOf(context.site.home, list), last.report);
  if (!kept) return;
  context.say(`\nthe last report, ${kept.path}:\n`);
  const text = (await bytes([kept], SHOWN)).toString();
  context.say(text.replace(/[^\P{Cc}\n\t]/gu, "?").trimEnd());
}

function plain({ site }: Context, { list, bounces, trial, score }: Record) {
  const place = reportsOf(site.home, list);
  return {
    list,
    score: Number(score.toFixed(2)),
    trial: trial ?? null,
    bounces: bounces.map(({ at, report, ...one }) => ({
      at: new Date(at).toISOString(),
      ...one,
      report: reportAt(place, report)?.path ?? null,
    })),
  };
}

function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}
