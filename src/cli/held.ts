/**
 * listmill held: what waits for a moderator, and deciding about it. What is decided here counts as
 * what moderators decide by mail does: the first decision stands, and the mill tells them.
 */
import { account } from "../base/environment.ts";
import { exit, Failure } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { hashOf } from "../lists/password.ts";
import { decide } from "../moderation/decide.ts";
import type { Verdict } from "../moderation/decision.ts";
import {
  findHeld,
  type Held,
  heldOf,
  isAuthors,
  sightOf,
  tailOf,
} from "../moderation/held.ts";
import { free } from "../moderation/moderator.ts";
import { mustBeThere } from "../spool/enqueue.ts";
import { find } from "../spool/operator.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { show } from "./queue/show.ts";

const verb: Verb = {
  usage: `\
held [LIST]                     what waits for a moderator, the oldest first
held show ENTRY                 what it is
held approve ENTRY...           let it go on
held reject ENTRY... [--reason TEXT]
                                refuse it; its author is told
held discard ENTRY...           drop it; nobody is told
held free ENTRY...              let it go on, and every further post of its author
held password                   reads a password from stdin, and prints what moderation.password takes`,
  async run(context, args) {
    const { values, positionals } = parse(args, { reason: { type: "string" } });
    const [word, ...entries] = positionals;
    if (values.reason !== undefined && word !== "reject")
      throw new Failure(exit.usage, "--reason goes with held reject");
    switch (word) {
      case "show": {
        const [entry] = entries;
        noMore(entries, 1);
        await show(context, find(context.spool, named(entry)));
        return exit.ok;
      }
      case "approve":
      case "reject":
      case "discard":
      case "free":
        named(entries[0]);
        return decideAll(context, word, entries, values.reason ?? "");
      case "password":
        noMore(entries, 0);
        context.say(await hashOf(await passwordFrom(process.stdin)));
        return exit.ok;
      default:
        noMore(entries, 0);
        return list(context, word);
    }
  },
};
export default verb;

function named(entry: string | undefined): string {
  if (entry !== undefined) return entry.includes("/") ? entry : `held/${entry}`;
  throw new Failure(exit.usage, "which entries? See: listmill held");
}

async function list(context: Context, typed?: string): Promise<number> {
  const only = typed === undefined ? undefined : context.list(typed).address;
  const rows: Row[] = [];
  for (const held of heldOf(looking(context), only)) {
    const row = await rowOf(held);
    if (row) rows.push(row);
  }
  rows.sort((a, b) => (a.since < b.since ? -1 : 1));
  if (rows.length === 0 && !context.json)
    context.say("nothing waits for a moderator");
  else
    context.table(
      ["entry", "list", "since", "author", "subject", "reason"],
      rows,
    );
  return exit.ok;
}

function looking({ site, spool, lists, clock }: Context) {
  return { site, spool, lists, now: clock.now() };
}

type Row = Record<
  "entry" | "list" | "since" | "author" | "subject" | "reason",
  string
>;

/** Undefined for what has been decided just now. */
async function rowOf(held: Held): Promise<Row | undefined> {
  try {
    const { author, subject } = await sightOf(held);
    return {
      entry: held.found.name.id,
      list: held.list,
      since: new Date(held.since).toISOString().slice(0, 19),
      author,
      subject: oneLine(subject, 60),
      reason: oneLine(held.reason, 100),
    };
  } catch {
    return undefined;
  }
}

async function decideAll(
  context: Context,
  verdict: Exclude<Verdict, "expire">,
  entries: readonly string[],
  reason: string,
): Promise<number> {
  mustBeThere(context.spool);
  let code: number = exit.ok;
  for (const entry of entries)
    try {
      await decideOne(context, verdict, entry, reason);
    } catch (error) {
      // Another one may have decided it a moment ago: that is no matter of the others.
      if (!(error instanceof Failure)) throw error;
      process.stderr.write(`listmill: ${error.message}\n`);
      code = error.exitCode;
    }
  return code;
}

async function decideOne(
  context: Context,
  verdict: Exclude<Verdict, "expire">,
  entry: string,
  reason: string,
): Promise<void> {
  const { site, spool } = context;
  const { name } = find(spool, named(entry));
  const at = looking(context);
  const held = findHeld(at, undefined, tailOf(name.id));
  if (!held || isAuthors(held, at))
    throw new Failure(
      exit.noInput,
      `${name.id} waits for no moderator; see: listmill queue show ${name.id}`,
    );
  const list = context.list(held.list);
  // Who says it again after a crash has decided it, and what was left undone is done.
  const id = `command-${verdict}-${held.stay}`;
  const how = "command";
  const by = account();
  const outcome = await decide(
    { ...at, list, id, by, reason, how },
    tailOf(name.id),
    verdict,
  );
  if (outcome.kind !== "done")
    throw new Failure(
      exit.dataError,
      `${name.id}: ${
        outcome.kind === "late"
          ? `${past[outcome.decision.verdict]} by ${outcome.decision.by} before`
          : "it does not wait any more"
      }`,
    );
  // The mill does this too when it tells people; here it counts at once.
  if (verdict === "free") await free({ site, list, how }, outcome.decision);
  context.say(`${name.id}: ${past[verdict]}`);
}

const past: Readonly<Record<Verdict, string>> = {
  approve: "accepted",
  reject: "rejected",
  discard: "discarded",
  free: "accepted, and its author is free",
  expire: "expired",
};

/** Longest password, in bytes. */
const LONGEST = 1000;

/** The first line; a terminal shows it, so a pipe is better. */
async function passwordFrom(input: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of input) {
    text += Buffer.from(chunk).toString();
    if (text.includes("\n") || text.length > LONGEST) break;
  }
  const [line = ""] = text.split("\n");
  if (line.trim() !== "" && line.length <= LONGEST) return line.trim();
  throw new Failure(
    exit.usage,
    "a password is one line on stdin: echo secret | listmill held password",
  );
}
