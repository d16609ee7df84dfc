/**
 * listmill member: who is on a list.
 */
import { exit, Failure } from "../base/errors.ts";
import { isSuppressed } from "../lists/refine/suppress.ts";
import type { Wishes } from "../lists/roster.ts";
import { actionOf } from "./actions.ts";
import { actor } from "./actor.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { importMembers } from "./member/import.ts";
import {
  entryJson,
  entryText,
  memberJson,
  memberPage,
  memberText,
} from "./member/shown.ts";
import { wishesOf, wishOptions } from "./member/wishes.ts";
import { writeJson, writeLines } from "./output.ts";

const verb: Verb = {
  usage: `\
member add LIST ADDRESS... [--name NAME] [--posts | --digest | --digest-plain | --nomail]
           [--moderated | --free | --default] [--language xx] [--away DATE | --back]
           [--own-copy yes|no|-] [--duplicates yes|no|-] [--acknowledge yes|no|-]
    Adds members, or changes them: how they get posts (singly, as MIME or plain digests, not at all),
    whether theirs wait for a moderator, their language, and whether they are away: no mail before DATE
    begins (UTC), so that day is the first one with mail; - is as the list has it.
member remove LIST ADDRESS...
member suspend LIST ADDRESS... [--reason TEXT]
    No mail to these until they are resumed.
member resume LIST ADDRESS...
member list LIST
member show LIST ADDRESS        all of one, with the roles
member history LIST [ADDRESS]   who joined, left or was changed, when, and who did it
member import LIST [FILE]       one a line: ADDRESS, Name <ADDRESS>, ADDRESS,delivery,name, or CSV with
                                a header; see docs/members.md
member export LIST [--addresses]
                                as CSV that import reads; or the addresses, one a line`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      ...wishOptions,
      reason: { type: "string" },
      addresses: { type: "boolean" },
    });
    const [action = "", address, ...rest] = positionals;
    const act = actionOf(actions, action);
    if (!act)
      throw new Failure(
        exit.usage,
        "member takes add, remove, suspend, resume, list, show, history, import or export; see: listmill help member",
      );
    const takes = Object.keys(options[action] ?? {});
    const extra = Object.keys(values).find((name) => !takes.includes(name));
    if (extra !== undefined)
      throw new Failure(exit.usage, `member ${action} takes no --${extra}`);
    const { reason = "", addresses = false, ...given } = values;
    const wishes = wishesOf(given, context.clock.now());
    const list = context.list(address).address;
    return act({ context, list, rest, wishes, reason, addresses });
  },
};
export default verb;

/** What each action takes. */
const options: Readonly<Record<string, object>> = {
  add: wishOptions,
  suspend: { reason: true },
  export: { addresses: true },
};

interface Order {
  readonly context: Context;
  readonly list: string;
  readonly rest: readonly string[];
  readonly wishes: Wishes;
  readonly reason: string;
  readonly addresses: boolean;
}

type Action = (order: Order) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  add: ({ context, list, rest, wishes }) =>
    each(rest, async (address) => {
      const { roster } = context;
      const added = await roster.add(list, address, wishes, actor());
      if (added === "refused")
        return complain(address, "not an address that can get mail");
      context.say(`${address}: ${added}`);
      return exit.ok;
    }),
  remove: ({ context, list, rest }) =>
    each(rest, async (address) => {
      if (!(await context.roster.remove(list, address, actor())))
        return noMember(address, list);
      context.say(`${address}: removed`);
      return exit.ok;
    }),
  suspend: ({ context, list, rest, reason }) =>
    each(rest, async (address) => {
      const { roster } = context;
      const done = await roster.suspend(list, address, reason, actor());
      if (done === "absent") return noMember(address, list);
      context.say(`${address}: suspended`);
      return exit.ok;
    }),
  resume: ({ context, list, rest }) =>
    each(rest, async (address) => {
      const done = await context.roster.resume(list, address, actor());
      if (done === "absent") return noMember(address, list);
      context.say(
        `${address}: ${done === "present" ? "not suspended" : "resumed"}`,
      );
      return exit.ok;
    }),
  async list({ context, list, rest }) {
    noMore(rest, 0);
    const members = context.roster.members(list);
    if (context.json) await writeJson(mapped(members, memberJson));
    else {
      const now = context.clock.now();
      await writeLines(mapped(members, (one) => memberText(one, now)));
    }
    return exit.ok;
  },
  async show({ context, list, rest: [address, ...more] }) {
    noMore(more, 0);
    if (address === undefined)
      throw new Failure(exit.usage, "which member? Give the address");
    const member = await context.roster.get(list, address);
    if (!member) return noMember(address, list);
    const roles = [...(await context.roster.roles(list, address))].sort();
    const place = { home: context.site.home, list: context.list(list) };
    const suppressed = await isSuppressed({ log: noLine }, place, address);
    context.say(
      context.json
        ? JSON.stringify(
            { ...memberJson(member), roles, suppressed },
            undefined,
            1,
          )
        : memberPage(member, roles, suppressed, context.clock.now()),
    );
    return exit.ok;
  },
  async history({ context, list, rest: [address, ...more] }) {
    noMore(more, 0);
    let count = 0;
    const entries = mapped(context.roster.history(list, address), (entry) => {
      count += 1;
      return entry;
    });
    if (context.json) await writeJson(mapped(entries, entryJson));
    else await writeLines(mapped(entries, entryText));
    if (address === undefined || count > 0) return exit.ok;
    complain(address, `nothing has happened to it on ${list}`);
    return exit.noUser;
  },
  async import({ context, list, rest: [file, ...more] }) {
    noMore(more, 0);
    return importMembers(context, list, file);
  },
  async export({ context, list, rest, addresses }) {
    noMore(rest, 0);
    const { roster } = context;
    await writeLines(
      addresses
        ? mapped(roster.members(list), ({ address }) => address)
        : roster.export(list),
    );
    return exit.ok;
  },
};

/** Does it to each. @returns the last exit code that is not 0 */
async function each(
  addresses: readonly string[],
  act: (address: string) => Promise<number>,
): Promise<number> {
  if (addresses.length === 0)
    throw new Failure(
      exit.usage,
      "which addresses? Give them behind the list's address",
    );
  let code: number = exit.ok;
  for (const address of addresses) code = (await act(address)) || code;
  return code;
}

const noLine = () => {};

function complain(address: string, why: string): number {
  process.stderr.write(`listmill: ${address}: ${why}\n`);
  return exit.dataError;
}

function noMember(address: string, list: string): number {
  complain(address, `not a member of ${list}`);
  return exit.noUser;
}

async function* mapped<T, R>(
  all: AsyncIterable<T>,
  to: (one: T) => R,
): AsyncGenerator<R> {
  for await (const one of all) yield to(one);
}
