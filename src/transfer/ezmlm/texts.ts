/**
 * The texts of a list of ezmlm that lie in its own folder: help, faq and info where they have no
 * words but the list's; others are told.
 */
import { join } from "node:path";
import type { Account } from "../account.ts";
import { namesIn, smallText } from "../files.ts";
import { lookedUp, plain, template } from "../texts.ts";
import { filledIn } from "./words.ts";

const NAMES: Readonly<Record<string, string>> = {
  help: "help",
  faq: "faq",
  info: "info",
};

export async function texts(
  account: Account,
  dir: string,
  address: string,
): Promise<void> {
  for (const name of namesIn(join(dir, "text"))) {
    if (name === "trailer") continue;
    const text = await smallText(join(dir, "text", name));
    if (text === undefined) continue;
    const to = lookedUp(NAMES, name);
    const made = filledIn(plain(text), address, "{{list}}");
    if (to !== undefined && !/<#.#>|^<=.*=>$|^![AR]$/m.test(made))
      account.text(`text/${name}`, to, "en", template(`{{list}}: ${to}`, made));
    else
      account.lose(
        `text/${name}`,
        `${text.length} characters`,
        "its words are ezmlm's own",
        "if you had changed it: listmill template edit",
      );
  }
}
