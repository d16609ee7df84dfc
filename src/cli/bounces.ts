/**
 * listmill bounces: whose mail comes back, what came of it, and reading reports again.
 */
import { exit, Failure } from "../base/errors.ts";
import { clear } from "./bounces/clear.ts";
import { replay } from "./bounces/replay.ts";
import { show } from "./bounces/show.ts";
import { standings } from "./bounces/standings.ts";
import { noMore, parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
bounces LIST
    Whose mail comes back, the highest score first: on how many days and of how many posts, when and why
    the last time, and whether the member is suspended.
bounces show ADDRESS [LIST]
    All that came back from an address, with the last report itself while it is kept ([bounces] keep).
bounces clear ADDRESS [LIST]
    Forgets what came back from an address; where that has suspended it, it gets mail again.
bounces replay [--dry-run] [--list LIST] [FILE...]
    Reads reports from files, or one from stdin, and has them judged as if they came just now; with
    --dry-run it only tells what each says.`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      "dry-run": { type: "boolean", default: false },
      list: { type: "string" },
    });
    const [word, ...rest] = positionals;
    if (word !== "replay" && (values["dry-run"] || values.list !== undefined))
      throw new Failure(
        exit.usage,
        "--dry-run and --list are for bounces replay",
      );
    switch (word) {
      case "show":
      case "clear": {
        const [address, list] = rest;
        if (address === undefined)
          throw new Failure(exit.usage, `bounces ${word}: which address?`);
        noMore(rest, 2);
        const act = word === "show" ? show : clear;
        return act(context, address, list);
      }
      case "replay":
        return replay(context, rest, values["dry-run"], values.list);
      case undefined:
        throw new Failure(
          exit.usage,
          "bounces takes a list, show, clear or replay; see: listmill help bounces",
        );
      default:
        noMore(rest, 0);
        return standings(context, word);
    }
  },
};
export default verb;
