/**
 * Lists as people and programs read them: all of them, a row each, or one with its settings.
 */
import { Failure } from "../../base/errors.ts";
import type { List } from "../../lists/directory.ts";
import { listRows, variableOf } from "../../lists/settings.ts";
import type { Context } from "../context.ts";

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

export async function all(context: Context): Promise<void> {
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

export async function show(
  context: Context,
  address: string | undefined,
): Promise<void> {
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
    const keys = keysOf(list.settings);
    for (const [name, value] of Object.entries(list.environment))
      context.say(`  ${keys.get(name) ?? name} = ${value}`);
  }
}

/** The keys of settings, as `list set` takes them, by the variables that hooks get. */
function keysOf({ custom }: List["settings"]): Map<string, string> {
  const paths = [
    ...listRows.map(({ path }) => path),
    ...Object.keys(custom).map((name) => ["custom", name]),
  ];
  return new Map(paths.map((path) => [variableOf(path), path.join(".")]));
}
