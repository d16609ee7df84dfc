/**
 * What was found, fitted to this listmill: settings that it does not have, and values that it does
 * not take, are lost instead of kept. Pure.
 */
import { exit, Failure } from "../base/errors.ts";
import { schemaAt } from "../base/settings.ts";
import { tableOf } from "../lists/change.ts";
import { listSchema } from "../lists/schema/list.ts";
import { listSettingsOf } from "../lists/settings.ts";
import { isTextName } from "../lists/texts/catalogue.ts";
import { readTemplate } from "../lists/texts/template.ts";
import { shown } from "./account.ts";
import type { Found, FoundText, Kept, Lost } from "./found.ts";

export interface Fitted {
  readonly settings: readonly (readonly [key: string, value: unknown])[];
  readonly texts: readonly FoundText[];
  readonly kept: readonly Kept[];
  readonly lost: readonly Lost[];
}

/** @param texts the names of the texts that this listmill says to people */
export function fitted(found: Found, texts: ReadonlySet<string>): Fitted {
  const wanted = { ...withRoles(found) };
  const refused = new Map<string, string>();
  for (const [key, value] of Object.entries(wanted)) {
    const why = misfit(key, value);
    if (why !== undefined) refused.set(key, why);
  }
  const lost = [...found.lost];
  const told = new Set<string>();
  const kept = found.kept.filter(({ key = "", setting, value }) => {
    const why = refused.get(key);
    if (why === undefined) return true;
    told.add(key);
    lost.push({ setting, value, why, instead: "" });
    return false;
  });
  for (const [key, why] of refused)
    if (!told.has(key))
      lost.push({ setting: key, value: shown(wanted[key]), why, instead: "" });
  const usable: FoundText[] = [];
  for (const text of found.texts.map(withWords)) {
    const { setting, name, language } = text;
    const value = `${text.text.length} characters`;
    if (texts.has(name)) {
      usable.push(text);
      kept.push({
        setting,
        value,
        becomes: `${text.how === "before" ? "before the text in " : ""}templates/${language}/${name}.txt`,
      });
    } else
      lost.push({
        setting,
        value,
        why: `this listmill has no text ${name}`,
        instead: "",
      });
  }
  const settings = Object.entries(wanted).filter(([key]) => !refused.has(key));
  return { settings, texts: usable, kept, lost };
}

/** A text of theirs that lacks what ours must have stands before ours, without its subject. */
function withWords(text: FoundText): FoundText {
  const { name, how, text: whole } = text;
  if (how === "before" || !isTextName(name)) return text;
  if (readTemplate(name, Buffer.from(whole)).template) return text;
  const body = whole.replace(/^Subject:.*\n\n/, "");
  return { ...text, how: "before", text: body };
}

/** Owners and moderators are settings of the list; posters are not. */
function withRoles({ settings, roles }: Found): Record<string, unknown> {
  const of = (wanted: string) =>
    roles.filter(({ role }) => role === wanted).map(({ address }) => address);
  const [owners, moderators] = [of("owner"), of("moderator")];
  return {
    ...(owners.length > 0 && { owners }),
    ...(moderators.length > 0 && { moderators }),
    ...settings,
  };
}

/** Why a setting cannot be so; undefined where it can. */
function misfit(key: string, value: unknown): string | undefined {
  const nowhere = `this listmill has no such setting: ${key}`;
  if (schemaAt(listSchema, key.split(".")) === undefined) return nowhere;
  try {
    listSettingsOf({ list: {} }, tableOf([[key, value]]), key, "");
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== exit.config)
      throw error;
    return /: no such setting;/.test(error.message)
      ? nowhere
      : error.message.replace(/^\S+: /, "");
  }
}
