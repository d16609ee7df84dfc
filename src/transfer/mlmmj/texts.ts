/**
 * The texts of a list of mlmmj: those that were left as mlmmj ships them only tell the language;
 * of those that were changed help and faq are carried over, unless they have conditions in them.
 */
import { join } from "node:path";
import { domainOf, localOf } from "../../mail/address.ts";
import type { Account } from "../account.ts";
import { namesIn, smallText } from "../files.ts";
import { languageOf, lookedUp, plain, template } from "../texts.ts";

/** Where mlmmj keeps the texts that it ships, by language. */
const SHIPPED = [
  "/usr/share/mlmmj/text.skel",
  "/usr/local/share/mlmmj/text.skel",
];

/** Names of texts here by those of mlmmj, old ones too. */
const NAMES: Readonly<Record<string, string>> = {
  help: "help",
  listhelp: "help",
  faq: "faq",
  listfaq: "faq",
};

/** @returns what is not there: no shipped texts on this machine */
export async function texts(
  account: Account,
  dir: string,
  address: string,
  shipped: readonly string[] = SHIPPED,
): Promise<void> {
  const known = await shippedTexts(shipped);
  const own: [string, string][] = [];
  const languages = new Map<string, number>();
  for (const name of namesIn(join(dir, "text"))) {
    const text = await smallText(join(dir, "text", name));
    if (text === undefined) continue;
    const here = known.get(name)?.get(text.trim()) ?? [];
    for (const one of here) languages.set(one, (languages.get(one) ?? 0) + 1);
    if (here.length > 0)
      account.needless(
        `text/${name}`,
        "",
        `as mlmmj ships it (${here.join(", ")})`,
      );
    else own.push([name, text]);
  }
  const [[code] = []] = [...languages].sort(([, a], [, b]) => b - a);
  const language = languageOf(code ?? "") ?? "en";
  if (code !== undefined)
    account.set("text/", `mlmmj's, in ${code}`, "language", language);
  const words = {
    address,
    prologue: await smallText(join(dir, "text/prologue")),
  };
  for (const [name, text] of own)
    carry(account, name, text, language, known.size > 0, words);
}

function carry(
  account: Account,
  name: string,
  text: string,
  language: string,
  sure: boolean,
  words: { readonly address: string; readonly prologue: string | undefined },
): void {
  const setting = `text/${name}`;
  const to = lookedUp(NAMES, name);
  const made = to === undefined ? undefined : translated(text, words);
  if (to !== undefined && made !== undefined) {
    account.text(setting, to, language, made);
    return;
  }
  account.lose(
    setting,
    `${text.length} characters`,
    sure
      ? "changed, and its conditions and words are mlmmj's own"
      : "whether it was changed cannot be told without mlmmj's own texts on this machine",
    "write what you had changed into a text of the list: listmill template edit",
  );
}

/** With the list's words filled in; undefined where there are conditions or other words. */
function translated(
  text: string,
  {
    address,
    prologue = "",
  }: { readonly address: string; readonly prologue: string | undefined },
): string | undefined {
  const [local, domain] = [localOf(address), domainOf(address)];
  const whole = text
    .replace(/^[ \t]*%text prologue%[ \t]*$/m, () => prologue.trimEnd())
    .replace(/^[ \t]*%(comment|\$)%.*\n/gm, "")
    .replace(/[ \t]*%(comment|\$)%.*$/gm, "")
    .replace(/^.*%\^%/gm, "")
    .replace(/%(wrap( \d+)?|nowrap|wordwrap|ww|thin|wide)%/g, "");
  const filled = plain(whole)
    .replaceAll("$listaddr$", "{{list}}")
    .replaceAll("$list$@$domain$", "{{list}}")
    .replaceAll("$list+$", `${local}-`)
    .replaceAll("$list$", local)
    .replaceAll("$domain$", domain);
  // Words that are left, of either kind.
  if (/%[a-z^$][^%\n]*%|\$[a-z][\w+-]*( [\w.-]+)?\$/i.test(filled))
    return undefined;
  const tidy = filled.replaceAll("%%", "%").replaceAll("$$", "$");
  const [, head = "", body = tidy] =
    /^((?:[!-9;-~]+:.*\n)+)\n([\s\S]*)$/.exec(tidy) ?? [];
  const subject = /^subject:[ \t]*(.*)$/im.exec(head)?.[1]?.trim();
  return template(
    subject || "{{list}}",
    body.replace(/\n{3,}/g, "\n\n").trimStart(),
  );
}

/** Text by name and then by what it says: the languages in which it is so. */
async function shippedTexts(
  folders: readonly string[],
): Promise<Map<string, Map<string, string[]>>> {
  const known = new Map<string, Map<string, string[]>>();
  for (const folder of folders)
    for (const language of namesIn(folder))
      for (const name of namesIn(join(folder, language))) {
        const text = await smallText(join(folder, language, name));
        if (text === undefined) continue;
        const all = known.get(name) ?? new Map<string, string[]>();
        known.set(name, all);
        const there = all.get(text.trim()) ?? [];
        if (!there.includes(language))
          all.set(text.trim(), [...there, language]);
      }
  return known;
}
