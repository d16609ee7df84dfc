/**
 * listmill archive: the stored posts of a list.
 */
import { exit, Failure } from "../base/errors.ts";
import { actionOf } from "./actions.ts";
import { expunge } from "./archive/expunge.ts";
import { feed } from "./archive/feed.ts";
import { list } from "./archive/list.ts";
import { exportMbox, importMbox } from "./archive/mailbox.ts";
import { show } from "./archive/show.ts";
import { thread } from "./archive/thread.ts";
import { reindex, verify } from "./archive/upkeep.ts";
import { type Context, parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
archive list LIST [--from DATE] [--until DATE] [--before NUMBER] [--most N]
    The posts of a list, the newest last; fifty of them if no number is said. Dates are 2026, 2026-01 or
    2026-01-31.
archive search LIST WORD... [the same options]
    Posts with all of the words: "a phrase", lak* for beginnings, -word for what must not be there,
    from:anna, subject:lake, body:boat, attachment:pdf.
archive show LIST NUMBER|MESSAGE-ID|HASH
    A post as it went out.
archive thread LIST NUMBER
    The thread of a post, each answer below what it answers.
archive export LIST --mbox FILE [NUMBERS]
    Writes posts into a new file in the format mboxrd; - is stdout. NUMBERS such as 5-10,17.
archive import LIST --mbox FILE|FOLDER [--dry-run] [--doubles]
    Reads messages into the archive: a mailbox (also FILE.gz, and - for stdin), one in FILE.eml, or a folder with
    a file a message, such as a Maildir or the archive of mlmmj or ezmlm. What is there already, by its bytes or its
    Message-ID, is passed over; with --doubles by its bytes only.
archive feed LIST CONSUMER [NUMBERS]
    Gives stored posts to a consumer once more, or to one that is new: CONSUMER such as amqp, whose queue is
    archive-amqp.
archive expunge LIST NUMBER... --reason TEXT
    Takes posts out. What is left of each is its number, the day, who did it and why.
archive reindex LIST
    Makes this host's index anew, out of the archive.
archive verify LIST
    Reads all posts: whether each is there and is what it was when it was indexed. Exits 65 where one is not.`,
  async run(context, given) {
    const { args, unwanted } = sorted(given);
    const { values, positionals } = parse(args, {
      from: { type: "string" },
      until: { type: "string" },
      before: { type: "string" },
      most: { type: "string" },
      mbox: { type: "string" },
      "dry-run": { type: "boolean" },
      doubles: { type: "boolean" },
      reason: { type: "string" },
    });
    const [word, address, ...words] = positionals;
    const rest = [...words, ...unwanted];
    const action = actionOf(actions, word);
    if (!action)
      throw new Failure(
        exit.usage,
        `archive takes ${Object.keys(actions).join(", ")}; see: listmill help archive`,
      );
    for (const name of Object.keys(values))
      if (!action.options.includes(name))
        throw new Failure(exit.usage, `archive ${word} takes no --${name}`);
    return action.run({ context, list: context.list(address), rest, values });
  },
};
export default verb;

/** Words that begin with one hyphen are no options of a search: they are what must not be there. */
function sorted(args: readonly string[]) {
  const isUnwanted = (word: string) =>
    args[0] === "search" && /^-[^-]/.test(word);
  return {
    args: args.filter((word) => !isUnwanted(word)),
    unwanted: args.filter(isUnwanted),
  };
}

/** What is asked for. */
export interface Order {
  readonly context: Context;
  readonly list: ReturnType<Context["list"]>;
  readonly rest: readonly string[];
  readonly values: {
    readonly from?: string | undefined;
    readonly until?: string | undefined;
    readonly before?: string | undefined;
    readonly most?: string | undefined;
    readonly mbox?: string | undefined;
    readonly "dry-run"?: boolean | undefined;
    readonly doubles?: boolean | undefined;
    readonly reason?: string | undefined;
  };
}

interface Action {
  readonly options: readonly string[];
  run(order: Order): Promise<number>;
}

const choice = ["from", "until", "before", "most"];

const actions: Record<string, Action> = {
  list: { options: choice, run: list },
  search: { options: choice, run: list },
  show: { options: [], run: show },
  thread: { options: [], run: thread },
  export: { options: ["mbox"], run: exportMbox },
  import: { options: ["mbox", "dry-run", "doubles"], run: importMbox },
  feed: { options: [], run: feed },
  expunge: { options: ["reason"], run: expunge },
  reindex: { options: [], run: reindex },
  verify: { options: [], run: verify },
};
