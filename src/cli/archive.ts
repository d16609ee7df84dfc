/**
 * listmill archive: the stored posts of a list.
 */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { find } from "../archive/store.ts";
import { exit, Failure } from "../base/errors.ts";
import { parse, type Verb, wholeNumber } from "./context.ts";

const verb: Verb = {
  usage: `\
archive show ADDRESS NUMBER
    A stored post of a list, as it went out.`,
  async run(context, args) {
    const { positionals } = parse(args, {}, 3);
    const [action, address, number] = positionals;
    if (action !== "show" || number === undefined)
      throw new Failure(
        exit.usage,
        "archive show takes a list's address and a number",
      );
    const list = context.list(address);
    const found = find(
      join(context.site.home, "archive", list.address),
      wholeNumber(number, "archive show"),
    );
    if (found === undefined)
      throw new Failure(
        exit.noInput,
        `${list.address}: there is no post ${number} in the archive`,
      );
    await pipeline(createReadStream(found.path), process.stdout, {
      end: false,
    });
    return exit.ok;
  },
};
export default verb;
