/**
 * listmill list: the lists of a home.
 */
import { exit, Failure } from "../base/errors.ts";
import { tableOf } from "../lists/change.ts";
import { listNameOf } from "../lists/founding.ts";
import { calm } from "../lists/policy/flood.ts";
import { windowsOf } from "../lists/policy/windows.ts";
import { mustBeThere } from "../spool/enqueue.ts";
import { noMore, parse, type Verb } from "./context.ts";
import { changes } from "./list/changes.ts";
import { freeze } from "./list/freeze.ts";
import { remove } from "./list/remove.ts";
import { rename } from "./list/rename.ts";
import { restore } from "./list/restore.ts";
import { all, show } from "./list/rows.ts";
import { mustLeadSomewhere, set } from "./list/set.ts";
import {
  mustNotBeLeft,
  mustNotHaveMoved,
  mustNotShadow,
} from "./list/shadowed.ts";
import { telling } from "./list/tell.ts";

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
list remove ADDRESS                    take it away; its folder, with members, roles and history as CSV in
                                       .tables/, is kept aside, the archive stays where it is. Cut
                                       short, it is said again. Of a list that has moved: nothing
                                       leads there any more
list restore [ADDRESS|FOLDER]          bring back what was kept aside last, with members, roles and
                                       history; without an address: what there is`,
  async run(context, args) {
    const { positionals } = parse(args, {});
    const [action, address, ...rest] = positionals;
    // Nothing is done that could not be told.
    if (action !== undefined && action !== "show") mustBeThere(context.spool);
    switch (action) {
      case undefined:
        await all(context);
        return exit.ok;
      case "create": {
        if (!address)
          throw new Failure(exit.usage, "list create takes an address");
        const wanted = changes(rest);
        const name = listNameOf(address);
        mustLeadSomewhere(context, name, wanted);
        mustNotHaveMoved(context, name);
        mustNotShadow(context, name);
        if (!context.lists.names().includes(name))
          await mustNotBeLeft(context, name);
        const list = await telling(context, name, "list.created", {}, () =>
          context.lists.create(address, tableOf(wanted)),
        );
        context.say(`${list.address}: made in ${list.dir}`);
        return exit.ok;
      }
      case "set": {
        if (rest.length === 0)
          throw new Failure(
            exit.usage,
            "list set takes KEY=VALUE; see docs/settings.md",
          );
        await set(context, address, changes(rest));
        context.say(`${context.list(address).address}: ${rest.join(" ")}`);
        return exit.ok;
      }
      case "show":
        noMore(rest, 0);
        await show(context, address);
        return exit.ok;
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
