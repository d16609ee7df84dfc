/**
 * listmill state: where members and all else that listmill knows of people lie, and how to move them.
 */
import { exit, Failure } from "../base/errors.ts";
import { isDatabase } from "../lists/schema/words.ts";
import type { Site } from "../lists/settings.ts";
import { placeOf, stateOf } from "../lists/state.ts";
import { type Counts, copyTables, rowsOf, tables } from "../state/copy.ts";
import type { Place } from "../state/local.ts";
import { makeState, openState } from "../state/state.ts";
import type { Store } from "../state/store.ts";
import { actionOf } from "./actions.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { Meter } from "./meter.ts";

const verb: Verb = {
  usage: `\
state
    Where members, their roles and history, suppressed addresses and numbers of addresses lie: in
    SQLite or PostgreSQL, the version of the tables, and how many rows each has.
state copy [postgres://USER@HOST:PORT/DATABASE] [--back]
    Copies all of it from SQLite into an empty PostgreSQL database, the one of [state] url or another;
    with --back the other way. Stop runners first; see docs/state.md.`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      back: { type: "boolean", default: false },
    });
    const [action, ...rest] = positionals;
    const act = action === undefined ? show : actionOf(actions, action);
    if (!act)
      throw new Failure(
        exit.usage,
        "state takes copy or nothing; see: listmill help state",
      );
    if (act === show && values.back)
      throw new Failure(exit.usage, "--back is for state copy");
    return act(context, rest, values.back);
  },
};
export default verb;

type Act = (
  context: Context,
  rest: readonly string[],
  back: boolean,
) => Promise<number>;

const show: Act = async (context) => {
  const { store } = await stateOf(context.site.home);
  const rows = await rowsOf(store.queries);
  const { kind, where } = store;
  const version = await store.version();
  if (context.json)
    context.say(JSON.stringify({ kind, where, version, rows }, undefined, 1));
  else {
    const lines = tables.map((name) => `${name.padEnd(11)} ${rows[name]}`);
    context.say(
      `where       ${where}\nversion     ${version}\n${lines.join("\n")}`,
    );
  }
  return exit.ok;
};

const actions: Record<string, Act> = {
  async copy(context, rest, back) {
    noMore(rest, 1);
    const server = serverPlace(context.site, rest[0]);
    const file: Place = { home: context.site.home };
    const [from, to] = back ? [server, file] : [file, server];
    const source = await openState(from);
    try {
      const target = await makeState(to);
      try {
        await copy(context, source.store, target.store);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
    return exit.ok;
  },
};

async function copy(context: Context, from: Store, to: Store): Promise<void> {
  const meter = new Meter(context.clock, "row", "rows");
  let rows: Counts;
  try {
    rows = await copyTables(from, to, (more) => meter.add(more));
  } finally {
    meter.wipe();
  }
  const counts = tables.map((name) => `${rows[name]} ${name}`).join(", ");
  context.say(
    context.json
      ? JSON.stringify({ from: from.where, to: to.where, rows })
      : `${to.where}: ${counts} copied from ${from.where}`,
  );
}

/** The database that the settings name, or another one with the same settings otherwise. */
function serverPlace(site: Site, url: string | undefined): Place {
  if (url !== undefined && !isDatabase(url, ["postgres:", "postgresql:"]))
    throw new Failure(
      exit.usage,
      "state copy takes postgres://user@host:port/database, without a password: that is in PGPASSFILE or ~/.pgpass, or in the password_file of [state]",
    );
  const state = { ...site.state, url: url ?? site.state.url };
  const place = placeOf({ home: site.home, state });
  if (!place.server)
    throw new Failure(
      exit.usage,
      "which database? Set [state] url in listmill.toml, or give it: state copy postgres://user@host/database",
    );
  return place;
}
