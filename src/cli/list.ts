/**
 * listmill list: the lists of a home.
 */
import { exit, Failure } from "../base/errors.ts";
import type { Table } from "../base/settings.ts";
import { type Change, pathOf } from "../lists/change.ts";
import { calm } from "../lists/policy/flood.ts";
import { windowsOf } from "../lists/policy/windows.ts";
import { fromText } from "../lists/schema/rows.ts";
import { mustBeThere } from "../spool/enqueue.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { freeze } from "./list/freeze.ts";
import { remove } from "./list/remove.ts";
import { rename } from "./list/rename.ts";
import { restore } from "./list/restore.ts";
import { mustNotHaveMoved, mustNotShadow } from "./list/shadowed.ts";
import { tell } from "./list/tell.ts";

const verb: Verb = {
  usage: `\
list
    All lists, with the number of their members.
list create ADDRESS [KEY=VALUE...]     make a list, with settings of list.toml
list set ADDRESS KEY=VALUE...          change settings; KEY= goes back to the default
list show ADDRESS                      the settings that hold
list rename ADDRESS NEW-ADDRESS        give it another address; mail for the old one goes there. Cut
                                       short, it is said again
list freeze ADDRESS, list thaw ADDRESS
                                       nothing is posted, nobody joins, all can be read; and again
list calm ADDRESS                      end a flood: posts are let through again ([flood])
list remove ADDRESS                    take it away; its folder, with its members in members.csv,
                                       roles.csv and journal.csv, is kept aside, the archive stays
                                       where it is. Of a list that has moved: nothing leads there
                                       any more
list restore [ADDRESS|FOLDER]          bring back what was kept aside last, with its members; without
                                       an address: what there is`,
  async run(context, args) {
    const { positionals } = parse(args, {});
    const [action, address, ...rest] = positionals;
    // Nothing is done that could not be told.
    if (action !== undefined && action !== "show") mustBeThere(context.spool);
    switch (action) {
      case undefined:
        return all(context);
      case "create": {
        if (!address)
          throw new Failure(exit.usage, "list create takes an address");
        const values = tableOf(changes(rest));
        mustNotHaveMoved(context, address.toLowerCase());
        mustNotShadow(context, address.toLowerCase());
        const list = await context.lists.create(address, values);
        await tell(context, list, "created");
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
        const wanted = changes(rest);
        await context.lists.set(list.address, ...wanted);
        // No values: there are secrets among them.
        await tell(context, list, "changed", {
          settings: wanted.map(([key]) => key),
        });
        context.say(`${list.address}: ${rest.join(" ")}`);
        return exit.ok;
      }
      case "show":
        noMore(rest, 0);
        return show(context, address);
      case "calm": {
        noMore(rest, 0);
        const list = context.list(address);
        const windows = await windowsOf(context.site.home);
        const wasFlooded = await calm(windows, list.address);
        context.say(
          `${list.address}: ${wasFlooded ? "the flood is over, posts are let through again" : "there was no flood"}`,
        );
        return exit.ok;
      }
      case "rename": {
        const [to, ...more] = rest;
        noMore(more, 0);
        if (!address || !to)
          throw new Failure(exit.usage, "list rename takes two addresses");
        await rename(context, address, to);
        return exit.ok;
      }
      case "freeze":
      case "thaw":
        noMore(rest, 0);
        await freeze(context, context.list(address), action === "freeze");
        return exit.ok;
      case "remove":
        noMore(rest, 0);
        await remove(context, address);
        return exit.ok;
      case "restore":
        noMore(rest, 0);
        await restore(context, address);
        return exit.ok;
      default:
        throw new Failure(
          exit.usage,
          `unknown action "${action}"; see: listmill help list`,
        );
    }
  },
};
export default verb;

/** Throws a Failure where mail for the address goes to another list. */
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
    found.set(key, typed === "" ? undefined : typedValue(key, typed));
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

/** Rules have blanks in them: each stands on a line of its own. */
function typedValue(key: string, typed: string): unknown {
  return key.startsWith("rules.")
    ? typed.split("\n").filter((line) => line.trim() !== "")
    : fromText(key, typed);
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
> & { readonly moved?: string; readonly frozen?: boolean };

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

/** A list that has another address now. */
function gone(list: string, to: string): Row {
  return {
    list,
    members: "moved",
    policy: "",
    description: `moved to ${to}`,
    moved: to,
  };
}

async function all(context: Context): Promise<number> {
  const rows: Row[] = [];
  for (const address of context.lists.names())
    rows.push(await rowOf(context, address));
  for (const domain of context.lists.domains())
    rows.push(onDemand(context, domain));
  for (const [address, to] of context.lists.moved())
    rows.push(gone(address, to));
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
    const {
      description = "",
      policy = "",
      frozen = false,
    } = list?.settings ?? {};
    return {
      list: address,
      members: await context.roster.count(address),
      policy,
      description:
        frozen && !context.json
          ? ["frozen", description].filter(Boolean).join("; ")
          : description,
      ...(frozen && { frozen }),
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
