/**
 * listmill receive: the MTA's pipe. Exit 0 only when the message is on disk.
 */
import { receive } from "../receipt/receive.ts";
import { parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
receive [--sender ADDRESS] RECIPIENT...
    Reads a message from stdin into spool/incoming; for the MTA's pipe. Exits 0 when it is on
    disk, 75 on any doubt (the MTA tries again), 67 for an unknown list, 77 for an address or
    size that is refused, 65 for what is no message.`,
  async run(context, args) {
    const { values, positionals } = parse(args, { sender: { type: "string" } });
    await receive({
      site: context.site,
      lists: context.lists,
      spool: context.spool,
      clock: context.clock,
      sender: values.sender,
      recipients: positionals,
      input: process.stdin,
    });
    return 0;
  },
};
export default verb;
