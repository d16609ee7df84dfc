/**
 * listmill init: a new home.
 */
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { exit, Failure, messageOf } from "../base/errors.ts";
import { isSetUp } from "../lists/consumers.ts";
import { firstKey } from "../lists/keyring.ts";
import { siteFile } from "../lists/manual.ts";
import { loadSite } from "../lists/settings.ts";
import { placeOf } from "../lists/state.ts";
import { packageHooks } from "../mill.ts";
import { makeFolder, writeNew } from "../spool/durable.ts";
import { probe } from "../spool/probe.ts";
import { listFolder, restingQueues, Spool } from "../spool/spool.ts";
import { makeState } from "../state/state.ts";
import { parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
init [DIR]
    Makes a home in DIR (or --home): listmill.toml with every setting explained, the queues, a key
    that signs, and folders for lists, hooks and the archive. What is there already stays.`,
  async run(context, args) {
    const { positionals } = parse(args, {}, 1);
    const home = resolve(positionals[0] ?? context.home);
    try {
      for (const folder of ["lists", "hooks.d", "archive", "state", "spool"])
        await made(join(home, folder));
    } catch (error) {
      throw new Failure(
        exit.cannotCreate,
        `${home} cannot become a home: ${messageOf(error)}`,
      );
    }
    const problems = probe(join(home, "spool"));
    if (problems.length > 0)
      throw new Failure(exit.config, problems.join("\n"));
    const settings = join(home, "listmill.toml");
    const isNew = !existsSync(settings);
    if (isNew) await writeNew(settings, siteFile());
    const manual = join(home, "spool", "README.md");
    if (!existsSync(manual))
      await writeNew(
        manual,
        readFileSync(join(packageHooks, "..", "spool", "README.md"), "utf8"),
      );
    const site = loadSite(home);
    const spool = new Spool(join(home, "spool"));
    // Those of consumers that nobody has set up are made when something comes for them.
    const used = listFolder(packageHooks).filter((queue) =>
      isSetUp(site, queue),
    );
    for (const queue of [...used, "bounces", ...restingQueues])
      if (!queue.includes(".")) spool.make(queue);
    await (await makeState(placeOf(site))).close();
    await firstKey(home, context.clock);
    context.say(
      `${home} is a home${isNew ? " now" : " already, and has all it needs"}. Next:\n` +
        `  listmill --home ${home} list create news@lists.example.org\n` +
        `  listmill --home ${home} member add news@lists.example.org you@example.org\n` +
        `  listmill --home ${home} run`,
    );
    return exit.ok;
  },
};
export default verb;

/** What people have written, and what is known of them, is for the account of the home alone. */
const closed = ["archive", "state"];

/** Makes a folder; one that is there already keeps its permissions. */
async function made(folder: string): Promise<void> {
  const isNew = !existsSync(folder);
  await makeFolder(folder);
  if (isNew && closed.includes(basename(folder))) chmodSync(folder, 0o700);
}
