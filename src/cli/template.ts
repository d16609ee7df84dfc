/**
 * listmill template: what listmill says to people, where each text lies, and whether it can be used.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { edit as openEditor } from "../base/editor.ts";
import { exit, Failure } from "../base/errors.ts";
import { tagOf } from "../base/languages.ts";
import { noLog } from "../base/log.ts";
import { nearest } from "../base/nearest.ts";
import type { List } from "../lists/directory.ts";
import {
  isTextName,
  type TextName,
  textNames,
  wordsOf,
} from "../lists/texts/catalogue.ts";
import {
  languagesIn,
  type Trouble,
  troublesIn,
  troublesOf,
} from "../lists/texts/check.ts";
import {
  fileOf,
  isPackage,
  type Layer,
  layersOf,
} from "../lists/texts/layers.ts";
import {
  type Audience,
  filled,
  foundText,
  textIn,
} from "../lists/texts/texts.ts";
import { domainOf, keyOf } from "../mail/address.ts";
import { wrapped } from "../mail/flowed.ts";
import { makeFolder, replace } from "../spool/durable.ts";
import { actionOf } from "./actions.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { refuseRoot } from "./root.ts";

const options = {
  language: { type: "string" },
  list: { type: "string" },
} as const;

/** What a command is about. */
interface Given {
  readonly context: Context;
  readonly layers: readonly Layer[];
  readonly audience: Audience;
  /** Undefined where none is said. */
  readonly language: string | undefined;
  /** As --list says it. */
  readonly place: string | undefined;
  readonly rest: readonly string[];
}

const actions: Readonly<Record<string, (given: Given) => unknown>> = {
  list,
  show,
  edit,
  check,
};

const verb: Verb = {
  usage: `\
template list [--language xx] [--list ADDRESS|@DOMAIN]
    What listmill says to people: each text, its language, the layer that it comes from, its file.
template show NAME [--language xx] [--list ADDRESS|@DOMAIN]
    A text as it would be read, with samples for its words.
template edit NAME [--language xx] [--list ADDRESS|@DOMAIN]
    Copies a text to the site, to a list or to all lists of a domain, if it is not there yet, and
    opens the editor; where there is no terminal it prints the file's path.
template check [--list ADDRESS|@DOMAIN]
    What is wrong with the texts, each with file and line. Exits 65 where there is something.`,
  async run(context, args) {
    const { values, positionals } = parse(args, options);
    const [word, ...rest] = positionals;
    const act = actionOf(actions, word);
    if (!act)
      throw new Failure(
        exit.usage,
        word === undefined
          ? `template takes an action: ${Object.keys(actions).join(", ")}`
          : `unknown action "${word}"; see: listmill help template`,
      );
    const { place, list } = placeOf(context, values.list);
    const { site } = context;
    const language = languageOf(values.language);
    const languages = language === undefined ? [] : [language];
    const code = await act({
      context,
      layers: layersOf(site, place),
      audience: { site, list, languages, log: noLog },
      language,
      place: values.list,
      rest,
    });
    return typeof code === "number" ? code : exit.ok;
  },
};
export default verb;

type Place = Pick<List, "domain" | "dir" | "onDemand">;

/** @param wanted an address, or `@domain` for all lists of a domain */
function placeOf(
  context: Context,
  wanted: string | undefined,
): { place?: Place; list?: List } {
  if (wanted === undefined) return {};
  if (!wanted.startsWith("@")) {
    const list = context.list(wanted);
    return { list, place: list };
  }
  const domain = keyOf(wanted.slice(1));
  if (!domainsOf(context).has(domain))
    throw new Failure(exit.noUser, `there is no list in ${domain}`);
  return { place: { domain, dir: "", onDemand: true } };
}

function domainsOf({ lists }: Context): Set<string> {
  return new Set([...lists.names().map(domainOf), ...lists.domains()]);
}

function languageOf(given: string | undefined): string | undefined {
  const tag = given === undefined ? undefined : tagOf(given);
  if (given === undefined || tag !== undefined) return tag;
  throw new Failure(
    exit.usage,
    `--language takes a language such as "de" or "pt-BR", not "${given}"`,
  );
}

function nameOf([name = "", ...more]: readonly string[]): TextName {
  noMore(more, 0);
  if (isTextName(name)) return name;
  const meant = nearest(name, textNames);
  throw new Failure(
    exit.usage,
    `"${name}" is no text; ${meant ? `did you mean ${meant}?` : "see: listmill template list"}`,
  );
}

function list({ context, layers, language, rest }: Given): void {
  noMore(rest, 0);
  const all = new Set(layers.flatMap(languagesIn));
  const languages = language === undefined ? [...all].sort() : [language];
  const rows = languages.flatMap((tag) =>
    textNames.flatMap((name) => {
      const found = textIn(layers, tag, name, noLog);
      if (!found) return [];
      const { language, layer, file } = found;
      return [{ name, language, layer, file }];
    }),
  );
  context.table(["name", "language", "layer", "file"], rows);
}

function show({ context, audience, rest }: Given): void {
  const name = nameOf(rest);
  const wrong: string[] = [];
  const log = (_: string, what: string) => wrong.push(what);
  const found = foundText({ ...audience, log }, name);
  for (const what of wrong) process.stderr.write(`listmill: ${what}\n`);
  const samples = Object.entries(wordsOf(name)).map(([word, { sample }]) => [
    word,
    sample,
  ]);
  const { list } = audience;
  const { subject, body, language } = filled(audience, name, found, {
    ...Object.fromEntries(samples),
    list: list?.address ?? "news@lists.example.org",
    description: list?.settings.description ?? "News of the garden",
  });
  if (context.json) {
    const { layer, file } = found;
    const shown = { name, language, layer, file, subject, body };
    context.say(JSON.stringify(shown, undefined, 1));
    return;
  }
  if (subject !== "") context.say(`Subject: ${subject}\n`);
  context.say(wrapped(body, language));
}

async function edit(given: Given): Promise<number> {
  const { context, layers, audience, place, rest } = given;
  const name = nameOf(rest);
  refuseRoot(context.site, `template edit ${name}`);
  const layer = layers.at(-1);
  if (!layer || isPackage(layer.dir))
    throw new Failure(
      exit.usage,
      "this home is the source of listmill, whose templates are the defaults: give --list, or use a home of your own",
    );
  if (audience.list?.onDemand)
    throw new Failure(
      exit.usage,
      `${place} is a list on demand, which has no texts of its own; for all lists of its domain give: --list @${audience.list.domain}`,
    );
  const found = foundText(audience, name);
  const file = fileOf(layer, given.language ?? found.language, name);
  if (!existsSync(file)) {
    await makeFolder(dirname(file));
    await replace(file, [readFileSync(found.file)]);
  }
  if (!process.stdin.isTTY || context.json) {
    context.say(context.json ? JSON.stringify({ file }, undefined, 1) : file);
    return exit.ok;
  }
  openEditor(file);
  return tell(context, troublesOf(file, name));
}

function check({ context, layers, place, rest }: Given): number {
  noMore(rest, 0);
  if (place !== undefined) return tell(context, troublesIn(layers));
  const [first] = layers;
  return tell(context, [
    ...troublesIn(first ? [first] : []),
    ...homeTroubles(context),
  ]);
}

/** What is wrong with the texts of the home: the site's, those of domains and of lists. */
export function homeTroubles(context: Context): Trouble[] {
  const { site, lists } = context;
  const layers = layersOf(site, undefined);
  const domains = [...domainsOf(context)].sort();
  const stacks = [
    ...(layers.length > 1 ? [layers] : []),
    ...domains.map((domain) =>
      layersOf(site, { domain, dir: "", onDemand: true }),
    ),
    ...lists.names().map((address) => {
      const dir = join(site.home, "lists", address);
      return layersOf(site, {
        domain: domainOf(address),
        dir,
        onDemand: false,
      });
    }),
  ];
  return stacks.flatMap(troublesIn);
}

function tell(context: Context, troubles: readonly Trouble[]): number {
  if (context.json) context.say(JSON.stringify(troubles, undefined, 1));
  else if (troubles.length === 0) context.say("all texts are well");
  for (const { file, line, what } of context.json ? [] : troubles)
    context.say(`${file}:${line}: ${what}`);
  return troubles.length > 0 ? exit.dataError : exit.ok;
}
