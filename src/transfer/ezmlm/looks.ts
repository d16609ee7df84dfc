/**
 * ezmlm-idx: what is put above and below posts. Pure.
 */
import { localOf } from "../../mail/address.ts";
import type { Account } from "../account.ts";
import { plain, prefixOf } from "../texts.ts";
import type { Folder } from "./folder.ts";
import { filledIn } from "./words.ts";

export interface Switch {
  /** The file that says the same; undefined: only the letter does. */
  readonly file?: string;
  readonly on?: (
    account: Account,
    folder: Folder,
    name: string,
    address: string,
  ) => void;
  /** What holds where it is off, if that is not what listmill does anyway. */
  readonly off?: (
    account: Account,
    folder: Folder,
    name: string,
    address: string,
  ) => void;
}

export const trailer: Switch["on"] = (account, folder, name, address) => {
  const text = folder.text("text/trailer");
  const made = filledIn(plain(text), address, "{{list}}").replaceAll(
    /^.*<#.#>.*\n?/gm,
    "",
  );
  if (made.trim() === "") account.needless(name, "on", "text/trailer is empty");
  else account.set(name, text, "footer", `${made.trimEnd()}\n`);
};

export const prefix: Switch["on"] = (account, folder, name, address) => {
  const text = folder.first("prefix") || `[${localOf(address)}]`;
  const { prefix, numbered } = prefixOf(text, /#/);
  account.set(name, text, "subject_prefix", prefix);
  if (numbered)
    account.lose(
      name,
      text,
      "posts are not numbered in their subject",
      "an edit hook (docs/hooks.md)",
    );
};
