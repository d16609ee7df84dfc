/**
 * listmill policy: what a list's policy says, line by line, and which line decides about somebody.
 * Nothing is changed, and nothing is counted.
 */
import { join, relative } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { readText } from "../base/settings.ts";
import { elementLines, places } from "../base/toml.ts";
import { byteCount } from "../base/units.ts";
import type { List } from "../lists/directory.ts";
import { explained, type Line, linesOf } from "../lists/policy/decide.ts";
import { factsOf } from "../lists/policy/facts.ts";
import { type Deed, deeds } from "../lists/schema/people.ts";
import { canonical } from "../mail/address.ts";
import { Header } from "../mail/header.ts";
import { Message, openMessage } from "../mail/message.ts";
import { actionOf } from "./actions.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { Workshop, whole } from "./hooks/workshop.ts";
import { recipientsOf } from "./policy/recipients.ts";

const options = {
  from: { type: "string" },
  sender: { type: "string" },
  message: { type: "string" },
  size: { type: "string" },
  at: { type: "string" },
} as const;

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

interface Given {
  readonly from?: string | undefined;
  readonly sender?: string | undefined;
  readonly message?: string | undefined;
  readonly size?: string | undefined;
  readonly at?: string | undefined;
}

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
    const outcomes = await Workshop.with(context, (shop) =>
      tried(context, shop, list, deed, given),
    );
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

async function tried(
  context: Context,
  shop: Workshop,
  list: List,
  deed: Deed,
  given: Given,
) {
  const { site, lists } = context;
  const message = await messageOf(context, shop, list, given);
  const sender = addressIn(given.sender, "--sender");
  const facts = factsOf({
    site,
    lists,
    list,
    message,
    id: "explain",
    trial: true,
    now: momentOf(context, given.at),
    envelope: {
      sender: sender ?? addressIn(given.from, "--from") ?? "",
      recipient: list.address,
    },
    log: (text) => process.stderr.write(`listmill: ${text}\n`),
    scratch: () => join(shop.scratch.entry(), "answer"),
    recipientsOf: (other) => recipientsOf(context, shop, other),
  });
  const size = given.size === undefined ? undefined : sizeOf(given.size);
  if (facts.author === "")
    throw new Failure(
      exit.usage,
      "of whom? Give --from ADDRESS, or a message with an author",
    );
  return explained(
    deed,
    list.settings,
    size === undefined ? facts : { ...facts, size },
  );
}

/** The message that was given, or one that has nothing but an author. */
async function messageOf(
  context: Context,
  shop: Workshop,
  list: List,
  { message, from }: Given,
): Promise<Message> {
  const author = addressIn(from, "--from");
  if (message === undefined) {
    const header = new Header()
      .add("From", author ?? "")
      .add("To", list.address);
    return new Message(author === undefined ? new Header() : header, []);
  }
  const file = await shop.keep(message);
  const opened = await openMessage(whole(file), context.site.limits.header);
  return author === undefined
    ? opened
    : opened.with({ header: opened.header.set("From", author) });
}

function addressIn(
  text: string | undefined,
  option: string,
): string | undefined {
  if (text === undefined || (text === "" && option === "--sender")) return text;
  const found = canonical(text);
  if (found !== undefined) return found;
  throw new Failure(exit.usage, `${option} takes an address, not "${text}"`);
}

function sizeOf(text: string): number {
  const found = byteCount(text);
  if (found !== undefined) return found;
  throw new Failure(
    exit.usage,
    `--size takes a size such as 256KB or a number of bytes, not "${text}"`,
  );
}

function momentOf(context: Context, text: string | undefined): number {
  if (text === undefined) return context.clock.now();
  // A day alone begins at midnight on this host.
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text;
  const found = /^\d{4}-/.test(whole) ? Date.parse(whole) : Number.NaN;
  if (Number.isFinite(found)) return found;
  throw new Failure(
    exit.usage,
    `--at takes a moment such as 2026-12-24 or 2026-12-24T22:30, not "${text}"`,
  );
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
