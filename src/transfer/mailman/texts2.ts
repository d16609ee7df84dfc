/**
 * Mailman 2: what a list says besides what is always said. Pure.
 */
import type { TextName } from "../../lists/texts/catalogue.ts";
import { languageOf, plain } from "../texts.ts";
import { type Two, textOf } from "./source2.ts";

/** Stands before the body of a text of ours. */
export const said =
  (text: TextName): Two =>
  (value, account, source, name) => {
    const language = languageOf(source.text("preferred_language")) ?? "en";
    if (textOf(value).trim() === "") account.needless(name, value, "empty");
    else account.before(name, text, language, plain(textOf(value)));
  };
