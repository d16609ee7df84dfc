/**
 * listmill hooks new: a commented beginning of a hook, in its place and tried at once. It is there
 * whole or not at all, and none is overwritten.
 */
import { chmodSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { exit, Failure } from "../../base/errors.ts";
import { type Verb, verbs } from "../../engine/layers.ts";
import { codes } from "../../engine/verdict.ts";
import { domainOf, keyOf } from "../../mail/address.ts";
import { packageHooks } from "../../mill.ts";
import { makeFolder, writeNew } from "../../spool/durable.ts";
import { isQueueName } from "../../spool/name.ts";
import { claimName } from "../../spool/nfs.ts";
import { type Context, parse } from "../context.ts";
import {
  compose,
  type Language,
  languages,
  suffixOf,
} from "../templates/compose.ts";
import { attempt, linesOf } from "./try.ts";
import { Workshop } from "./workshop.ts";

export const usage = `\
hooks new QUEUE/NN-verb/NN-name --lang sh|perl|python|ts [--list ADDRESS|@DOMAIN] [--serve]
    Writes the beginning of a hook, for the site, for one list or for all lists of a domain, with
    comments that tell what it is asked, and tries it on a sample. It changes nothing until you write
    what it shall do. ts runs inline; --serve (python, perl) makes one that is started once and asked
    again and again.`;

const types = fileURLToPath(new URL("../../hook.ts", import.meta.url));

export async function run(
  context: Context,
  args: readonly string[],
): Promise<number> {
  const { values, positionals } = parse(args, {
    lang: { type: "string" },
    list: { type: "string" },
    serve: { type: "boolean", default: false },
  });
  const [path = "", ...more] = positionals;
  const language = languages.find((name) => name === values.lang);
  if (more.length > 0 || !language)
    throw new Failure(
      exit.usage,
      `hooks new takes a path such as posts/20-edit/70-mine and --lang with one of ${languages.join(", ")}`,
    );
  const place = placeOf(context, values.list);
  const plan = planOf(path, language, values.serve);
  const dir = join(place.dir, "hooks.d");
  if (dir === packageHooks)
    throw new Failure(
      exit.usage,
      "this home is the source of listmill, whose hooks.d are the defaults: give --list, or use a home of your own",
    );
  const file = join(dir, plan.path);
  if (place.domain !== undefined && !context.json)
    context.say(`This hook will run for all lists of ${place.domain}.`);
  await write(file, compose({ ...plan, types }));
  if (!context.json) context.say(`wrote ${file}`);
  return tryOut(context, plan.path, file, place.sampleOf);
}

/** Where a hook goes, and the list that it is tried with. */
interface Place {
  readonly dir: string;
  readonly sampleOf: string | undefined;
  /** The domain where it is for all lists of one. */
  readonly domain?: string;
}

/** @param wanted an address, `@domain` for all lists of a domain, or undefined for the site */
function placeOf(context: Context, wanted: string | undefined): Place {
  const { site, lists } = context;
  if (wanted === undefined) {
    const [sampleOf] = lists.names();
    return { dir: site.home, sampleOf };
  }
  if (wanted.startsWith("@")) {
    const domain = keyOf(wanted.slice(1));
    const made = lists.names().find((name) => domainOf(name) === domain);
    if (made === undefined && !lists.domain(domain))
      throw new Failure(exit.noUser, `there is no list in ${domain}`);
    return {
      dir: join(site.home, "lists", `@${domain}`),
      sampleOf: made ?? `sample@${domain}`,
      domain,
    };
  }
  const { address, domain, dir, onDemand } = context.list(wanted);
  if (onDemand)
    throw new Failure(
      exit.usage,
      `${address} is a list on demand, which has no hooks of its own; for all lists of ${domain} give: --list @${domain}`,
    );
  return { dir, sampleOf: address };
}

function planOf(path: string, language: Language, serve: boolean) {
  const [queue = "", stage = "", name = "", ...more] = path.split("/");
  const verb = /^\d+-([a-z]+)$/.exec(stage)?.[1] as Verb | undefined;
  const isWhole = isQueueName(queue) && name !== "" && more.length === 0;
  if (!isWhole || !verb || !verbs.includes(verb))
    throw new Failure(
      exit.usage,
      `"${path}": a hook is called QUEUE/NN-verb/NN-name, with one of the verbs ${verbs.join(", ")}`,
    );
  if (
    !/^\d+-[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) ||
    /\.(bak|swp)$/.test(name)
  )
    throw new Failure(
      exit.usage,
      `"${name}": the name of a hook begins with its place in the order: 70-mine`,
    );
  const suffix = suffixOf(language, serve);
  if (suffix === undefined)
    throw new Failure(
      exit.usage,
      `--serve is for python and perl, not for ${language}${language === "ts" ? ", which runs inline" : ""}`,
    );
  const whole = name.endsWith(suffix) ? path : path + suffix;
  return { path: whole, verb, language, serve };
}

/** Writes it aside first: a runner may list the folder at any moment. */
async function write(file: string, text: string): Promise<void> {
  const folder = dirname(file);
  await makeFolder(folder);
  const draft = join(folder, `.${process.pid}.draft`);
  await writeNew(draft, text);
  chmodSync(draft, 0o755);
  const made = claimName(draft, file);
  unlinkSync(draft);
  if (!made)
    throw new Failure(
      exit.cannotCreate,
      `${file} is there already: give another name, or move it away`,
    );
}

async function tryOut(
  context: Context,
  path: string,
  file: string,
  list: string | undefined,
): Promise<number> {
  const next = [
    `Next: write into it what it shall do, and try it: listmill hooks try ${path}${list ? ` --list ${list}` : ""} --message FILE`,
    `It runs from the next message on. To watch it first: observe = ["${path}"] ${list ? "at the top of list.toml, or " : ""}in [hooks] of listmill.toml.`,
  ];
  if (list === undefined) {
    if (context.json) context.say(JSON.stringify({ file }, undefined, 1));
    else
      for (const line of ["There is no list yet to try it with.", ...next])
        context.say(line);
    return exit.ok;
  }
  return Workshop.with(context, async (shop) => {
    const folder = shop.scratch.entry();
    const recipients = join(folder, "addresses");
    await writeNew(recipients, "anna@example.org\nben@example.org\n");
    const result = await attempt(shop, {
      list,
      file: await shop.keepContent(sample(list)),
      recipients,
      // As it was written just now it does nothing.
      really: true,
      choose: (pipelineOf) => {
        const stages = pipelineOf(path.split("/", 1)[0] ?? "").stages;
        for (const stage of stages)
          for (const hook of stage.hooks)
            if (hook.file === file)
              return { queue: path.split("/", 1)[0] ?? "", stage, hook };
        throw new Failure(
          exit.config,
          `${file} is not among the hooks of ${list}: see listmill hooks, and listmill check`,
        );
      },
    });
    if (context.json)
      context.say(JSON.stringify({ file, ...result }, undefined, 1));
    else {
      context.say(`Tried on a sample for ${list}:`);
      for (const line of [...linesOf(result), ...next]) context.say(line);
    }
    return codes[result.verdict ?? "later"];
  });
}

function sample(list: string): string {
  return [
    "From: Anna <anna@example.org>",
    `To: ${list}`,
    "Subject: A sample",
    "Date: Thu, 01 Jan 2026 12:00:00 +0000",
    "Message-ID: <sample@example.org>",
    "",
    "Only a few words.",
    "",
  ].join("\n");
}
