/**
 * listmill import: a list of another manager becomes a list of this home. Nothing of the source is
 * changed, and running it again does what is left to do.
 */
import { account } from "../base/environment.ts";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";
import { isFile } from "../base/files.ts";
import { fromLine } from "../mail/address.ts";
import type { Delivery } from "../state/member.ts";
import { numberedLines } from "../transfer/files.ts";
import { fitted } from "../transfer/fit.ts";
import type { Found, FoundMember, Reader } from "../transfer/found.ts";
import { type Context, parse, type Verb } from "./context.ts";
import {
  counted,
  listWith,
  members,
  names,
  posters,
  suppressed,
  texts,
} from "./import/steps.ts";
import { type Outcome, tell } from "./import/told.ts";
import { bringAlong } from "./list/along.ts";

const managers: Readonly<Record<string, () => Promise<Reader>>> = {
  mlmmj: async () => (await import("../transfer/mlmmj.ts")).mlmmj,
  mailman2: async () => (await import("../transfer/mailman2.ts")).mailman2,
  mailman3: async () => (await import("../transfer/mailman3.ts")).mailman3,
  ezmlm: async () => (await import("../transfer/ezmlm.ts")).ezmlm,
  majordomo: async () => (await import("../transfer/majordomo.ts")).majordomo,
};

const verb: Verb = {
  usage: `\
import MANAGER PATH [--list ADDRESS] [--into] [--dry-run]
       [--members FILE] [--digest-members FILE]
    Makes a list of one of another manager: settings, members with their options, owners,
    moderators, bans; and tells what has no counterpart. MANAGER and PATH are
      mlmmj DIR                   the list's folder
      mailman2 FILE               what dumpdb prints of its config.pck, or config_list -o writes
      mailman3 FILE               JSON of its REST API
      ezmlm DIR                   the list's folder
      majordomo DIR|FILE          the folder of lists, or the list's file or config in it
    --list: another address than it had. --into: changes a list that is there. --dry-run: only
    tells. --members: more members, an address or Name <address> a line. See docs/import.md.`,
  async run(context, args) {
    const { values, positionals } = parse(
      args,
      {
        list: { type: "string" },
        into: { type: "boolean" },
        "dry-run": { type: "boolean" },
        members: { type: "string" },
        "digest-members": { type: "string" },
      },
      2,
    );
    const [manager = "", path] = positionals;
    const reader = Object.hasOwn(managers, manager)
      ? managers[manager]
      : undefined;
    if (!reader || path === undefined)
      throw new Failure(
        exit.usage,
        `import takes ${Object.keys(managers).join(", ")}, and what to read; see: listmill help import`,
      );
    const read = await reader();
    const found = await readable(() => read(path, { address: values.list }));
    const more = [
      { file: values.members, delivery: "posts" },
      { file: values["digest-members"], delivery: "digest-mime" },
    ] as const;
    for (const { file } of more)
      if (file !== undefined && !isFile(file))
        throw new Failure(exit.noInput, `${file}: there is no such file`);
    const all = { ...found, members: joined(found, more) };
    return values["dry-run"]
      ? tell(context, manager, path, all, { dryRun: true, ...(await dry(all)) })
      : tell(
          context,
          manager,
          path,
          all,
          await done(context, all, values.into ?? false),
        );
  },
};
export default verb;

async function dry(found: Found): Promise<Outcome> {
  return { members: await counted(found.members) };
}

async function done(
  context: Context,
  found: Found,
  into: boolean,
): Promise<Outcome> {
  const fit = fitted(found, names);
  const { list, made } = await listWith(context, found.address, fit, into);
  const people = await readable(
    () => members(context, list.address, found.members),
    made === "made"
      ? `; ${list.address} is made and has not all members yet: run it again`
      : "",
  );
  await posters(context, list.address, found);
  const silent = await suppressed(context, list.address, found);
  await bringAlong(context, list.address);
  return {
    made,
    dir: list.dir,
    members: people,
    suppressed: silent,
    texts: await texts(list, fit),
  };
}

/** Throws a Failure where something of it may not be read. @param more what there is to know besides */
async function readable<T>(act: () => Promise<T>, more = ""): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const isDenied = ["EACCES", "EPERM"].includes(errnoOf(error) ?? "");
    if (!isDenied && !(error instanceof Failure)) throw error;
    throw new Failure(
      error instanceof Failure ? error.exitCode : exit.noInput,
      `${messageOf(error)}${isDenied ? `; ${account()} must be able to read it` : ""}${more}`,
    );
  }
}

/** Members of the list, and those of files besides. */
async function* joined(
  found: Found,
  more: readonly {
    readonly file: string | undefined;
    readonly delivery: Delivery;
  }[],
): AsyncGenerator<FoundMember> {
  yield* found.members;
  for (const { file, delivery } of more) {
    if (file === undefined) continue;
    for await (const { line, text } of numberedLines(file)) {
      const written = text.trim();
      if (written === "" || written.startsWith("#")) continue;
      const address = fromLine(written);
      const name =
        address && written.endsWith(">")
          ? written
              .slice(0, written.lastIndexOf("<"))
              .replace(/^[\s"]+|[\s"]+$/g, "")
          : "";
      yield {
        address: address ?? written,
        delivery,
        where: `${file}:${line}`,
        ...(name && { name }),
      };
    }
  }
}
