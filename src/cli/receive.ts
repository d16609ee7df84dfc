/**
 * listmill receive: the MTA's pipe. Exit 0 only when the message is on disk; an MTA bounces on every
 * other code but 75, so only what was decided about the mail itself may have one.
 */
import { exit, Failure } from "../base/errors.ts";
import { receive } from "../receipt/receive.ts";
import { type Context, parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
receive [--sender ADDRESS] RECIPIENT...
    Reads a message from stdin into spool/incoming; for the MTA's pipe. Exits 0 when it is on
    disk, 75 on any doubt (the MTA tries again), 67 for an unknown list, 77 for an address or
    size that is refused, 65 for what is no message.`,
  async run(context, args) {
    try {
      await take(context, args);
    } catch (error) {
      if (!(error instanceof Failure) || refusals.includes(error.exitCode))
        throw error;
      // A broken setting is the site's fault, not the mail's: it waits until somebody has mended it.
      throw new Failure(exit.tryLater, error.message, { cause: error });
    }
    return exit.ok;
  },
};
export default verb;

/** What is decided about a message, for good. */
const refusals: readonly number[] = [
  exit.dataError,
  exit.noUser,
  exit.noPermission,
];

async function take(context: Context, args: readonly string[]): Promise<void> {
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
}
