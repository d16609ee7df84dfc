/**
 * Footers and other texts with words to fill in: what is known when they are carried over is filled
 * in, the list's and the member's address become words of ours. Pure.
 */
import type { Account } from "./account.ts";
import { plain } from "./texts.ts";

export interface Filled {
  readonly text: string;
  /** What was left out, for nothing here stands for it. */
  readonly unknown: readonly string[];
  /** It has words that differ for each member. */
  readonly personal: boolean;
}

/**
 * @param word what stands for something; its first group that is set is the name
 * @param words what each name becomes; a line with a name that is not
 *   there is left out. Words of ours may stand in them
 */
export function filled(
  text: string,
  word: RegExp,
  words: Readonly<Record<string, string>>,
): Filled {
  const unknown: string[] = [];
  let personal = false;
  const lines = plain(text)
    .split("\n")
    .flatMap((line) => {
      let good = true;
      const made = line.replace(word, (all, ...groups) => {
        const name = groups
          .slice(0, -2)
          .find((one) => typeof one === "string" && one !== "");
        if (name === undefined) return all;
        if (Object.hasOwn(words, name)) {
          const value = words[name] ?? "";
          personal ||= value.includes("{{address}}");
          return value;
        }
        good = false;
        unknown.push(String(name));
        return "";
      });
      return good ? [made] : [];
    });
  return { text: lines.join("\n"), unknown: [...new Set(unknown)], personal };
}

/** Stands for our word while others are filled in. */
const PLACE = "\ue000";

/**
 * The same of a text in which words may stand for the list's address as a whole.
 * @param whole those words
 */
export function filledList(
  text: string,
  whole: RegExp,
  word: RegExp,
  words: Readonly<Record<string, string>>,
): Filled {
  const made = filled(text.replace(whole, PLACE), word, words);
  return { ...made, text: made.text.replaceAll(PLACE, "{{list}}") };
}

/** Sets the footer to a text that was filled in; what was left out is lost. */
export function footer(
  account: Account,
  setting: string,
  value: unknown,
  { text, personal, unknown }: Filled,
  instead?: string,
): void {
  const key = personal ? "personal.footer" : "footer";
  account.set(setting, value, key, `${text.trimEnd()}\n`);
  wordsLost(account, setting, unknown, instead);
}

/** Tells which words were left out. @param instead what does for them */
export function wordsLost(
  account: Account,
  setting: string,
  unknown: readonly string[],
  instead = "listmill list set LIST footer=...",
): void {
  if (unknown.length > 0)
    account.lose(
      setting,
      unknown,
      "lines with these words were left out",
      instead,
    );
}
