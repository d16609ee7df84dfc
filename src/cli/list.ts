/**
 * listmill list: the lists of a home.
 */
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import type { Table } from "../base/settings.ts";
import { type Change, pathOf } from "../lists/change.ts";
import { fromText } from "../lists/schema/rows.ts";
import { shadow } from "../receipt/door.ts";
import { writeNew } from "../spool/durable.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
list
    All lists, with the number of their members.
list create ADDRESS [KEY=VALUE...]     make a list, with settings of list.toml
list set ADDRESS KEY=VALUE...          change settings; KEY= goes back to the default
list show ADDRESS                      the settings that hold
list remove ADDRESS                    take it away; its folder is kept aside, with its members in
                                       members.csv, roles.csv and journal.csv`,
  async run(context, args) {
    const { positionals } = parse(args, {});
    const [action, address, ...rest] = positionals;
    switch (action) {
      case undefined:
        return all(context);
      case "create": {
        if (!address)
          throw new Failure(exit.usage, "list create takes an address");
        const values = tableOf(changes(rest));
        const other = shadow(
          context.lists.names(),
          context.site.delimiters,
          address.toLowerCase(),
        );
        if (other)
          throw new Failure(
            exit.usage,
            `${address}: it would be mistaken for an address of the list ${other}, or that for one of it`,
          );
        const list = await context.lists.create(address, values);
        context.say(`${list.address}: made in ${list.dir}`);
        return exit.ok;
      }
      case "set": {
        const list = context.list(address);
        if (rest.length === 0)
          throw new Failure(
            exit.usage,
            "list set takes KEY=VALUE; see docs/settings.md",
          );
        await context.lists.set(list.address, ...changes(rest));
        context.say(`${list.address}: ${rest.join(" ")}`);
        return exit.ok;
      }
      case "show":
        noMore(rest, 0);
        return show(context, address);
      case "remove": {
        noMore(rest, 0);
        const list = context.list(address);
        // Before anything is moved: the state may not be there.
        await context.roster.count(list.address);
        const aside = await context.lists.remove(list.address);
        for (const [name, lines] of context.roster.tables(list.address))
          await writeNew(join(aside, name), linesToBytes(lines));
        await context.roster.clear(list.address);
        context.say(`${list.address}: kept aside in ${aside}`);
        return exit.ok;
      }
      default:
        throw new Failure(
          exit.usage,
          `unknown action "${action}"; see: listmill help list`,
        );
    }
  },
};
export default verb;

async function* linesToBytes(lines: AsyncIterable<string>) {
  for await (const line of lines) yield Buffer.from(`${line}\n`);
}

/** What was typed as KEY=VALUE, each setting once. */
function changes(texts: readonly string[]): Change[] {
  const found = new Map<string, unknown>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) throw new Failure(exit.usage, `"${text}" is not KEY=VALUE`);
    const key = text.slice(0, at);
    const typed = text.slice(at + 1);
    pathOf(key);
    if (found.has(key)) throw new Failure(exit.usage, `${key}: is given twice`);
    found.set(key, typed === "" ? undefined : fromText(key, typed));
  }
  for (const key of found.keys()) {
    const [section = ""] = pathOf(key);
    if (section !== key && found.has(section))
      throw new Failure(
        exit.usage,
        `${section}: is a section and has no value of its own besides ${key}`,
      );
  }
  return [...found];
}

/** The same as TOML has it. */
function tableOf(changes: readonly Change[]): Table {
  const table: Table = Object.create(null);
  for (const [key, value] of changes) {
    if (value === undefined) continue;
    const [first = "", second] = pathOf(key);
    if (second === undefined) table[first] = value;
    else {
      table[first] ??= Object.create(null);
      (table[first] as Table)[second] = value;
    }
  }
  return table;
}

type Row = Record<
  "list" | "members" | "policy" | "description",
  number | string
>;

/** All lists of a domain on demand: how many there are only their source knows. */
function onDemand(context: Context, domain: string): Row {
  const row = { list: `@${domain}`, members: "on demand" };
  try {
    const shared = context.lists.domain(domain);
    const { description = "", policy = "" } = shared?.settings ?? {};
    return { ...row, policy, description };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ...row, policy: "", description: `broken: ${error.message}` };
  }
}

async function all(context: Context): Promise<number> {
  const rows: Row[] = [];
  for (const address of context.lists.names())
    rows.push(await rowOf(context, address));
  for (const domain of context.lists.domains())
    rows.push(onDemand(context, domain));
  if (rows.length === 0 && !context.json)
    context.say(
      "no lists yet; make one with: listmill list create news@lists.example.org",
    );
  else context.table(["list", "members", "policy", "description"], rows);
  return exit.ok;
}

async function rowOf(context: Context, address: string): Promise<Row> {
  try {
    const list = context.lists.get(address);
    const { description = "", policy = "" } = list?.settings ?? {};
    return {
      list: address,
      members: await context.roster.count(address),
      policy,
      description,
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return {
      list: address,
      members: 0,
      policy: "",
      description: `broken: ${error.message}`,
    };
  }
}

async function show(
  context: Context,
  address: string | undefined,
): Promise<number> {
  const list = context.list(address);
  const members = await context.roster.count(list.address);
  if (context.json)
    context.say(
      JSON.stringify(
        { list: list.address, dir: list.dir, members, settings: list.settings },
        undefined,
        1,
      ),
    );
  else {
    context.say(`${list.address}: ${members} members, in ${list.dir}`);
    for (const [name, value] of Object.entries(list.environment))
      context.say(
        `  ${name.replace("LISTMILL_SETTING_", "").toLowerCase()} = ${value}`,
      );
  }
  return exit.ok;
}
