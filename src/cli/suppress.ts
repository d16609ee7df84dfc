/**
 * listmill suppress: who gets nothing, of a list or of all lists.
 */
import { exit, Failure } from "../base/errors.ts";
import { pagesOf } from "../base/lines.ts";
import { oneLine } from "../base/log.ts";
import { suppressible } from "../lists/refine/suppress.ts";
import { stateOf } from "../lists/state.ts";
import { keyOf } from "../mail/address.ts";
import type { Suppressed, Suppression } from "../state/suppressed.ts";
import { actionOf } from "./actions.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { write, writeJson } from "./output.ts";

const verb: Verb = {
  usage: `\
suppress add [--list LIST] [--reason TEXT] [ADDRESS...]
    From now on these get no post of any list, or of this one. @DOMAIN stands for all of a domain.
    Without addresses they are read from stdin, one a line.
suppress remove [--list LIST] ADDRESS...
suppress list [--list LIST]
    What was added. Addresses in the files HOME/suppressed and LIST/suppressed count too.`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      list: { type: "string" },
      reason: { type: "string" },
    });
    const [action, ...addresses] = positionals;
    const act = actionOf(actions, action);
    if (!act)
      throw new Failure(
        exit.usage,
        "suppress takes add, remove or list; see: listmill help suppress",
      );
    if (values.reason !== undefined && action !== "add")
      throw new Failure(exit.usage, `suppress ${action} takes no --reason`);
    const list =
      values.list === undefined ? undefined : context.list(values.list).address;
    return act({
      context,
      list,
      addresses,
      reason: oneLine(values.reason ?? "", 200),
      suppressed: (await stateOf(context.site.home)).suppressed,
    });
  },
};
export default verb;

interface Order {
  readonly context: Context;
  /** undefined: the whole site. */
  readonly list: string | undefined;
  readonly addresses: readonly string[];
  readonly reason: string;
  readonly suppressed: Suppressed;
}

const actions: Record<string, (order: Order) => Promise<number>> = {
  async add(order) {
    const { context, addresses } = order;
    const counts = { added: 0, changed: 0, present: 0, refused: 0 };
    const put = async (lines: readonly string[]) => {
      const texts = lines.map(withoutComment).filter((text) => text !== "");
      const wanted = texts.map((text) => suppression(order, text));
      for (const [at, text] of texts.entries())
        if (!wanted[at]) complain(text, "neither an address nor @DOMAIN");
      const usable = wanted.filter((one) => one !== undefined);
      counts.refused += texts.length - usable.length;
      const done = await order.suppressed.add(usable);
      for (const one of done) counts[one] += 1;
      return done.map((what, at) => ({ address: usable[at]?.address, what }));
    };
    if (addresses.length > 0) {
      const done = await put(addresses);
      if (context.json) context.say(JSON.stringify(counts));
      else
        for (const { address, what } of done)
          context.say(`${address}: ${what}`);
    } else {
      for await (const page of pagesOf(process.stdin)) await put(page);
      const { added, changed, present, refused } = counts;
      context.say(
        context.json
          ? JSON.stringify(counts)
          : `${added} added, ${changed} changed, ${present} there already, ${refused} refused`,
      );
    }
    return counts.refused > 0 ? exit.dataError : exit.ok;
  },
  async remove({ context, list = "", addresses, suppressed }) {
    if (addresses.length === 0)
      throw new Failure(exit.usage, "which addresses? Give them behind remove");
    let code: number = exit.ok;
    for (const address of addresses)
      if (
        await suppressed.remove(list, keyOf(suppressible(address) ?? address))
      )
        context.say(`${address}: removed`);
      else {
        complain(
          address,
          `not suppressed ${list ? `for ${list}` : "for the whole site"}`,
        );
        code = exit.noUser;
      }
    return code;
  },
  async list({ context, list, addresses, suppressed }) {
    noMore(addresses, 0);
    const all = allOf(suppressed, list);
    if (context.json) await writeJson(all);
    else
      for await (const { address, list, reason, since } of all)
        await write(
          `${[address, list ?? "all lists", since.slice(0, 10), reason].join("  ").trimEnd()}\n`,
        );
    return exit.ok;
  },
};

function withoutComment(line: string): string {
  return line.replace(/(^|[ \t])#.*$/, "").trim();
}

function suppression(order: Order, text: string): Suppression | undefined {
  const { context, list = "", reason } = order;
  const address = suppressible(text);
  if (address === undefined) return undefined;
  const since = context.clock.now();
  return { list, key: keyOf(address), address, reason, since };
}

async function* allOf(suppressed: Suppressed, list: string | undefined) {
  for await (const page of suppressed.all(list))
    for (const one of page) yield shown(one);
}

function shown({ list, address, reason, since }: Suppression) {
  return {
    address,
    list: list === "" ? null : list,
    reason,
    since: new Date(since).toISOString(),
  };
}

function complain(text: string, why: string): void {
  process.stderr.write(`listmill: ${oneLine(text, 200)}: ${why}\n`);
}
