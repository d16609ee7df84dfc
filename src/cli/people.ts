/**
 * listmill role: who owns a list, moderates it, or may post to it whatever else holds.
 */
import { exit, Failure } from "../base/errors.ts";
import { keyOf } from "../mail/address.ts";
import { type PersonRole, personRoles } from "../state/member.ts";
import { actionOf } from "./actions.ts";
import { actor } from "./actor.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";

const names = `${personRoles.slice(0, -1).join(", ")} or ${personRoles.at(-1)}`;

const verb: Verb = {
  usage: `\
role list LIST
    Who owns, moderates or may post to a list; those of its settings (owners, moderators) too.
role add LIST ROLE ADDRESS...
    ROLE is ${names}. Who has one need be no member.
role remove LIST ROLE ADDRESS...`,
  async run(context, args) {
    const { positionals } = parse(args, {});
    const [action, address, ...rest] = positionals;
    const act = actionOf(actions, action);
    if (!act)
      throw new Failure(
        exit.usage,
        "role takes list, add or remove; see: listmill help role",
      );
    return act(context, context.list(address).address, rest);
  },
};
export default verb;

type Action = (
  context: Context,
  list: string,
  rest: readonly string[],
) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  async list(context, list, rest) {
    noMore(rest, 0);
    const people = await context.roster.people(list);
    const given = people.map(({ role, address, since }) => ({
      role,
      address,
      since: new Date(since).toISOString(),
    }));
    const rows = [...ofSettings(context, list), ...given];
    const order = (role: PersonRole) => personRoles.indexOf(role);
    rows.sort((a, b) => order(a.role) - order(b.role));
    if (rows.length === 0 && !context.json)
      context.say(`${list}: nobody has a role`);
    else context.table(["role", "address", "since"], rows);
    return exit.ok;
  },
  add: (context, list, rest) => change(context, list, rest, true),
  remove: (context, list, rest) => change(context, list, rest, false),
};

interface Row extends Record<string, unknown> {
  readonly role: PersonRole;
  readonly address: string;
  /** A moment, or where it is from. */
  readonly since: string;
}

function ofSettings(context: Context, list: string): Row[] {
  const { owners, moderators } = context.list(list).settings;
  const rows = (role: PersonRole, addresses: readonly string[]) =>
    addresses.map((address) => ({ role, address, since: "list.toml" }));
  return [...rows("owner", owners), ...rows("moderator", moderators)];
}

async function change(
  context: Context,
  list: string,
  [word, ...addresses]: readonly string[],
  on: boolean,
): Promise<number> {
  const role = personRoles.find((name) => name === word);
  if (!role) throw new Failure(exit.usage, `which role? There are ${names}`);
  if (addresses.length === 0)
    throw new Failure(exit.usage, "which addresses? Give them behind the role");
  const named = ofSettings(context, list).filter((row) => row.role === role);
  const isInSettings = (address: string) =>
    named.some((row) => keyOf(row.address) === keyOf(address));
  let code: number = exit.ok;
  for (const address of addresses) {
    const { roster } = context;
    const done = await roster.role(list, address, role, on, actor());
    if (done === "refused") {
      process.stderr.write(
        `listmill: ${address}: not an address that can get mail\n`,
      );
      code = exit.dataError;
    } else if (!on && done === "present" && isInSettings(address)) {
      process.stderr.write(
        `listmill: ${address}: ${role} by list.toml; change it there, or with listmill list set ${list}\n`,
      );
      code = exit.dataError;
    } else context.say(`${address}: ${told(done === "changed", role, on)}`);
  }
  return code;
}

function told(isChanged: boolean, role: PersonRole, on: boolean): string {
  if (isChanged) return `${on ? "now" : "no longer"} ${role}`;
  return on ? `is ${role} already` : `is no ${role}`;
}
