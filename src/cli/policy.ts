/**
 * listmill policy: what a list's policy says, line by line, and which line decides about somebody.
 * Nothing is changed, and nothing is counted.
 */
import { join, relative } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { readText } from "../base/settings.ts";
import { elementLines, places } from "../base/toml.ts";
import type { List } from "../lists/directory.ts";
import { type Line, linesOf } from "../lists/policy/decide.ts";
import { explained } from "../lists/policy/explain.ts";
import { type Deed, deeds } from "../lists/schema/people.ts";
import { actionOf } from "./actions.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { Workshop } from "./hooks/workshop.ts";
import { factsFor, type Given, options } from "./policy/asked.ts";

const verb: Verb = {
  usage: `\
policy show LIST [WHAT]
    The lines that decide who may do what, in order, with where they stand. WHAT is post, subscribe,
    unsubscribe, who, archive or command.
policy explain LIST WHAT --from ADDRESS [--sender ADDRESS] [--message FILE] [--size SIZE] [--at DATE]
    Which line decides about somebody, and why those before it do not. With a message its author is
    meant if no other is given; --at is a moment such as 2026-12-24T22:30, --size as if it were so large.`,
  async run(context, args) {
    const { values, positionals } = parse(args, options);
    const [action, address, ...rest] = positionals;
    const act = actionOf(actions, action);
    if (!act)
      throw new Failure(
        exit.usage,
        "policy takes show or explain; see: listmill help policy",
      );
    return act(context, context.list(address), rest, values);
  },
};
export default verb;

type Action = (
  context: Context,
  list: List,
  rest: readonly string[],
  given: Given,
) => Promise<number>;

const actions: Record<string, Action> = {
  async show(context, list, [what, ...more], given) {
    noMore(more, 0);
    const [option] = Object.keys(given);
    if (option !== undefined)
      throw new Failure(exit.usage, `policy show takes no --${option}`);
    const chosen = what === undefined ? deeds : [deedOf(what)];
    const rows = chosen.flatMap((deed) => {
      const places = placesOf(context, list, deed);
      return linesOf(deed, list.settings).map((line) => ({
        what: deed,
        where: whereIs(places, line),
        rule: line.line,
      }));
    });
    context.table(["what", "where", "rule"], rows);
    return exit.ok;
  },

  async explain(context, list, [what, ...more], given) {
    noMore(more, 0);
    if (what === undefined)
      throw new Failure(exit.usage, `explain what? ${listOfDeeds}`);
    const deed = deedOf(what);
    const outcomes = await Workshop.with(context, async (shop) => {
      const facts = await factsFor(context, shop, list, given);
      return explained(deed, list.settings, facts);
    });
    const places = placesOf(context, list, deed);
    const rows = outcomes.map((one) => ({
      where: whereIs(places, one),
      rule: one.line,
      decides: one.failed === undefined,
      ...(one.failed === undefined
        ? { action: one.rule.action, text: one.rule.text }
        : { failed: one.failed, because: one.because }),
    }));
    if (context.json) context.say(JSON.stringify(rows, undefined, 1));
    else
      for (const row of rows) for (const text of told(row)) context.say(text);
    const { frozen } = list.settings;
    if (frozen && (deed === "post" || deed === "subscribe"))
      process.stderr.write(
        `listmill: ${list.address} is frozen: whatever these say, ${deed === "post" ? "posts are" : "who wants to join is"} refused; listmill list thaw ${list.address} ends that\n`,
      );
    return exit.ok;
  },
};

const listOfDeeds = `There are ${deeds.join(", ")}`;

function deedOf(word: string): Deed {
  const found = deeds.find((deed) => deed === word);
  if (found) return found;
  const near = nearest(word, deeds);
  throw new Failure(
    exit.usage,
    `"${word}" is nothing that a policy is about${near ? `; did you mean ${near}?` : `. ${listOfDeeds}`}`,
  );
}

interface Told {
  readonly where: string;
  readonly rule: string;
  readonly action?: string;
  readonly failed?: string | undefined;
  readonly because?: string | undefined;
}

function told({ where, rule, action, failed, because }: Told): string[] {
  const why = because === undefined ? "" : `  (${printable(because)})`;
  return [
    `${where}: ${rule}`,
    failed === undefined
      ? `    decides: ${action}`
      : `    not so: ${failed}${why}`,
  ];
}

/** Text of strangers on a terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").slice(0, 500);
}

/** Where each of the list's own lines for a deed stands: "list.toml:12". */
function placesOf(context: Context, list: List, deed: Deed): readonly string[] {
  const { home } = context.site;
  const files = [
    [join(list.dir, "list.toml"), ["rules", deed]],
    [join(home, "listmill.toml"), ["list", "rules", deed]],
  ] as const;
  for (const [file, path] of files) {
    const text = readText(file) ?? "";
    const place = places(text).find(
      (one) => one.path.join("\0") === path.join("\0"),
    );
    if (place)
      return elementLines(text, place).map(
        (line) => `${relative(home, file)}:${line}`,
      );
  }
  return [];
}

function whereIs(places: readonly string[], line: Line): string {
  if (!line.own) return line.where;
  return places[line.number - 1] ?? line.where;
}
