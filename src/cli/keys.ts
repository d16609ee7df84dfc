/**
 * listmill keys: what signs return paths and links to unsubscribe, and what a return path says.
 * Never shows a secret.
 */
import { exit, Failure } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { drop, Keyring, rotate } from "../lists/keyring.ts";
import { stampOf } from "../lists/stamps.ts";
import type { Reading } from "../mail/stamp.ts";
import { found } from "../receipt/door.ts";
import { actionOf } from "./actions.ts";
import {
  type Context,
  noMore,
  parse,
  type Verb,
  wholeNumber,
} from "./context.ts";

const verb: Verb = {
  usage: `\
keys
    The keys that sign return paths and links to unsubscribe: number, since when, which one signs.
keys rotate
    A new key signs from now on; what the old ones signed is still believed.
keys drop NUMBER
    What this key signed is not believed any more.
keys read ADDRESS
    What LIST-bounces+...@ or LIST-unsubscribe+...@ says: list, recipient, when, signed by which
    key. Exits 65 where it says nothing that can be believed.`,
  async run(context, args) {
    const { positionals } = parse(args, {});
    const [action, ...rest] = positionals;
    const act = action === undefined ? list : actionOf(actions, action);
    if (!act)
      throw new Failure(
        exit.usage,
        "keys takes rotate, drop, read or nothing; see: listmill help keys",
      );
    return act(context, rest);
  },
};
export default verb;

type Act = (context: Context, rest: readonly string[]) => Promise<number>;

const list: Act = async (context, rest) => {
  noMore(rest, 0);
  const keys = new Keyring(context.site.home).all();
  const rows = keys.map(({ number, since }) => ({
    number,
    since: new Date(since).toISOString(),
    signs: number === keys.at(-1)?.number,
  }));
  if (context.json || rows.length > 0)
    context.table(
      ["number", "since", "signs"],
      context.json
        ? rows
        : rows.map((row) => ({ ...row, signs: row.signs ? "yes" : "" })),
    );
  else context.say("no key yet: the first one is made when it is needed");
  return exit.ok;
};

const actions: Record<string, Act> = {
  async rotate(context, rest) {
    noMore(rest, 0);
    const number = await rotate(context.site.home, context.clock);
    context.say(
      context.json
        ? JSON.stringify({ number })
        : `key ${number} signs from now on; the others still verify`,
    );
    return exit.ok;
  },
  async drop(context, rest) {
    const [text] = rest;
    if (text === undefined)
      throw new Failure(exit.usage, "which key? Give its number");
    noMore(rest, 1);
    const number = wholeNumber(text, "keys drop");
    await drop(context.site.home, number);
    context.say(
      context.json
        ? JSON.stringify({ number })
        : `key ${number} is gone: what it signed is not believed any more`,
    );
    return exit.ok;
  },
  async read(context, rest) {
    const [address] = rest;
    if (address === undefined)
      throw new Failure(exit.usage, "which address? Give it behind read");
    noMore(rest, 1);
    const { lists, site } = context;
    const at = await found(lists, site, address);
    const stamp =
      at &&
      (await stampOf(
        { site, list: at.list, keyring: new Keyring(site.home) },
        at.extension,
      ));
    const shown = oneLine(address, 320);
    if (!stamp)
      throw new Failure(
        exit.dataError,
        at
          ? `${shown}: an address of ${at.list.address} without a stamp: it is nobody's in particular`
          : `${shown}: no address of a list here`,
      );
    const { purpose, reading } = stamp;
    if (reading.kind !== "ok") {
      if (context.json) context.say(JSON.stringify({ purpose, ...reading }));
      throw new Failure(exit.dataError, `${shown}: ${whyNot(reading)}`);
    }
    const { list, time, key } = reading;
    const since = new Date(time).toISOString();
    if (context.json)
      context.say(JSON.stringify({ purpose, ...reading, time: since }));
    else
      context.say(
        `list       ${list}\nrecipient  ${oneLine(reading.address)}\npurpose    ${purpose}\n` +
          `made       in the hour from ${since.slice(0, 16)}Z\nkey        ${key}`,
      );
    return exit.ok;
  },
};

function whyNot(reading: Exclude<Reading, { kind: "ok" }>): string {
  switch (reading.kind) {
    case "malformed":
      return "what stands behind the delimiter is no stamp";
    case "unknownKey":
      return `no key here has the number ${reading.key} (modulo 32): it was dropped, or this was never signed here`;
    case "unknownNumber":
      return `it names a recipient by the number ${reading.number}, which was given to nobody here: ask where it was sent from`;
    case "forged":
      return "no key of this home signed this for this list; or it names a recipient by a number, and another host sent it";
  }
}
