/**
 * listmill member: who is on a list.
 */
import { type FileHandle, open } from "node:fs/promises";
import { exit, Failure, messageOf } from "../base/errors.ts";
import { linesOf } from "../base/lines.ts";
import type { Delivery, Member } from "../state/member.ts";
import { actionOf } from "./actions.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { write, writeJson } from "./output.ts";

const verb: Verb = {
  usage: `\
member add LIST ADDRESS... [--name NAME] [--posts | --digest | --digest-plain | --nomail]
    Adds members, or changes how they get posts: singly, as MIME or plain digests, not at all.
member remove LIST ADDRESS...
member list LIST
member import LIST [FILE]       one a line: ADDRESS, Name <ADDRESS> or ADDRESS,delivery,name
member export LIST              as lines that import reads`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      name: { type: "string" },
      digest: { type: "boolean" },
      "digest-plain": { type: "boolean" },
      posts: { type: "boolean" },
      nomail: { type: "boolean" },
    });
    const [action, address, ...rest] = positionals;
    const act = actionOf(actions, action);
    if (!act)
      throw new Failure(
        exit.usage,
        "member takes add, remove, list, import or export; see: listmill help member",
      );
    const wanted: Record<string, Delivery> = {
      digest: "digest-mime",
      "digest-plain": "digest-plain",
      posts: "posts",
      nomail: "nomail",
    };
    const chosen = Object.keys(wanted).filter(
      (name) => values[name as keyof typeof values],
    );
    if (chosen.length > 1)
      throw new Failure(
        exit.usage,
        `--${chosen.join(" and --")} cannot both hold`,
      );
    if (action !== "add" && (chosen.length > 0 || values.name !== undefined))
      throw new Failure(
        exit.usage,
        `member ${action} takes no --${chosen[0] ?? "name"}`,
      );
    const delivery = wanted[chosen[0] ?? ""];
    return act(context, context.list(address).address, rest, {
      ...(values.name === undefined ? {} : { name: values.name }),
      ...(delivery ? { delivery } : {}),
    });
  },
};
export default verb;

interface Wishes {
  readonly name?: string;
  readonly delivery?: Delivery;
}

type Action = (
  context: Context,
  list: string,
  rest: readonly string[],
  wishes: Wishes,
) => Promise<number>;

const actions: Record<string, Action> = {
  async add(context, list, rest, wishes) {
    some(rest);
    let code: number = exit.ok;
    for (const address of rest) {
      const added = await context.roster.add(list, address, wishes);
      if (added === "refused") {
        process.stderr.write(
          `listmill: ${address}: not an address that can get mail\n`,
        );
        code = exit.dataError;
      } else context.say(`${address}: ${added}`);
    }
    return code;
  },
  async remove(context, list, rest) {
    some(rest);
    let code: number = exit.ok;
    for (const address of rest)
      if (await context.roster.remove(list, address))
        context.say(`${address}: removed`);
      else {
        process.stderr.write(`listmill: ${address}: not a member of ${list}\n`);
        code = exit.noUser;
      }
    return code;
  },
  async list(context, list, rest) {
    noMore(rest, 0);
    if (context.json) {
      await writeJson(allOf(context, list));
      return exit.ok;
    }
    for await (const { address, delivery, name } of allOf(context, list))
      await write(
        `${address}${delivery === "posts" ? "" : `  ${delivery}`}${name ? `  ${name}` : ""}\n`,
      );
    return exit.ok;
  },
  async import(context, list, [file, ...rest]) {
    noMore(rest, 0);
    const input =
      file === undefined || file === "-"
        ? process.stdin
        : (await readable(file)).createReadStream();
    const progress = process.stderr.isTTY ? counter : <T>(lines: T) => lines;
    const { added, changed, present, refused } = await context.roster.import(
      list,
      progress(linesOf(input as AsyncIterable<Buffer>)),
    );
    for (const { line, text, why } of refused.slice(0, 100))
      process.stderr.write(`listmill: line ${line}: ${text}: ${why}\n`);
    if (refused.length > 100)
      process.stderr.write(
        `listmill: … and ${refused.length - 100} more lines\n`,
      );
    if (context.json)
      context.say(JSON.stringify({ added, changed, present, refused }));
    else
      context.say(
        `${list}: ${added} added, ${changed} changed, ${present} there already, ${refused.length} refused`,
      );
    return refused.length > 0 ? exit.dataError : exit.ok;
  },
  async export(context, list, rest) {
    noMore(rest, 0);
    for await (const line of context.roster.export(list))
      await write(`${line}\n`);
    return exit.ok;
  },
};

function some(addresses: readonly string[]): void {
  if (addresses.length === 0)
    throw new Failure(
      exit.usage,
      "which addresses? Give them behind the list's address",
    );
}

async function* allOf(context: Context, list: string) {
  for await (const member of context.roster.members(list)) yield shown(member);
}

function shown({ address, name, delivery, joined }: Member) {
  return { address, name, delivery, joined: new Date(joined).toISOString() };
}

async function readable(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (error) {
    throw new Failure(
      exit.noInput,
      `${file} cannot be read: ${messageOf(error)}`,
    );
  }
}

/** Counts lines on a terminal. */
async function* counter(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let count = 0;
  for await (const line of lines) {
    count += 1;
    if (count % 5000 === 0) process.stderr.write(`\r${count} lines`);
    yield line;
  }
  process.stderr.write("\r\x1b[K");
}
