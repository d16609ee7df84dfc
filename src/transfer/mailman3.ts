/**
 * Reads a list of Mailman 3: a JSON document with what its REST API gives (docs/import.md tells how
 * to make it).
 */

import type { Action } from "../lists/policy/rule.ts";
import { domainOf, keyOf, localOf } from "../mail/address.ts";
import { Account, addressOf } from "./account.ts";
import { weigh } from "./counterparts.ts";
import { wholeFile } from "./files.ts";
import { filled, footer, wordsLost } from "./footers.ts";
import type { Found, Wanted } from "./found.ts";
import { headerLine, valueConditions } from "./headers.ts";
import { banned } from "./mailman/bans.ts";
import { each, nonmembers } from "./mailman/both.ts";
import { member3 } from "./mailman/members3.ts";
import { counterparts3 } from "./mailman/settings3.ts";
import {
  documentIn,
  documentKeys,
  entriesOf,
  isRecord,
  postingOf,
  type Record3,
  type Source3,
  textOf,
} from "./mailman/source3.ts";
import { posting } from "./posting.ts";
import { senders } from "./senders.ts";
import { decoded, languageOf, lookedUp, plain, template } from "./texts.ts";

export async function mailman3(path: string, wanted: Wanted): Promise<Found> {
  const document = documentIn(decoded(await wholeFile(path)), path);
  const config = document.config as Record3;
  const told =
    config.fqdn_listname ??
    (isRecord(document.list) ? document.list.fqdn_listname : undefined);
  const address = keyOf(
    addressOf(
      path,
      told === undefined ? undefined : textOf(told),
      wanted.address,
    ),
  );
  const source: Source3 = { address, config, posting: postingOf(config) };
  const account = new Account();
  posting(account, source.posting);
  weigh(counterparts3, Object.entries(config), account, source);
  people(account, document);
  filters(account, document);
  texts(account, document.templates, source);
  const known: readonly string[] = documentKeys;
  for (const [key, value] of Object.entries(document))
    if (!known.includes(key))
      account.lose(key, value, "unknown to this importer");
  const entries = entriesOf(document.members);
  const members = entries.map((entry, at) =>
    member3(
      entry,
      source,
      `${path}: members, entry ${at + 1} (${textOf(entry.email)})`,
    ),
  );
  if (document.members === undefined)
    account.lose(
      "members",
      "",
      "not in the document",
      "docs/import.md shows how to get them",
    );
  else
    account.keep(
      "members",
      `${members.length}`,
      "the members, with what they chose",
    );
  strict(account, entries);
  const on = new Set(members.map((one) => keyOf(one.address)));
  banned(
    account,
    "bans",
    entriesOf(document.bans).map((one) => textOf(one.email)),
    on,
  );
  return account.found(address, each(members));
}

function people(account: Account, document: Record3): void {
  for (const role of ["owner", "moderator"] as const) {
    const all = entriesOf(document[`${role}s`]).map((one) => textOf(one.email));
    const good = all.filter((one) => account.role(`${role}s`, one, role));
    if (good.length > 0) account.keep(`${role}s`, good, `${role}s`);
  }
  const groups = Map.groupBy(entriesOf(document.nonmembers), (one) =>
    textOf(one.moderation_action ?? "defer"),
  );
  for (const action of ["accept", "hold", "reject", "discard"] as const) {
    const all = (groups.get(action) ?? []).map((one) => textOf(one.email));
    if (all.length === 0) continue;
    nonmembers(account, `nonmembers: ${action}`, all, action);
  }
}

/** Members whose posts are rejected or discarded: a member here can only be moderated. */
function strict(account: Account, entries: readonly Record3[]): void {
  for (const action of ["reject", "discard"] as const) {
    const all = entries
      .filter((one) => one.moderation_action === action)
      .map((one) => textOf(one.email));
    if (all.length === 0) continue;
    const treatment = { deed: "post", action, when: "refuse" } as const;
    senders(account, `members: ${action}`, all, treatment);
  }
}

function filters(account: Account, document: Record3): void {
  for (const { header, pattern, action } of entriesOf(
    document.header_matches,
  )) {
    // Without an action the site's own holds; Mailman's default is that.
    const verb: Action =
      (["accept", "reject", "discard"] as const).find(
        (one) => one === action,
      ) ?? "hold";
    const said = `${textOf(header)}: ${textOf(pattern)}`;
    headerLine(
      account,
      "header_matches",
      said,
      valueConditions(textOf(header), textOf(pattern)),
      verb,
    );
  }
}

const names: Readonly<Record<string, string>> = {
  "list:user:notice:welcome": "welcome",
  "list:user:notice:goodbye": "goodbye",
};

/** Texts by the names that Mailman gives them. */
function texts(
  account: Account,
  templates: unknown,
  { address, config }: Source3,
): void {
  if (!isRecord(templates)) return;
  const local = localOf(address);
  const words = {
    listname: "{{list}}",
    fqdn_listname: "{{list}}",
    short_listname: local,
    list_name: local,
    domain: domainOf(address),
    display_name: plain(textOf(config.display_name ?? local)),
    description: plain(textOf(config.description)),
    user_email: "{{address}}",
    user_address: "{{address}}",
    user_delivered_to: "{{address}}",
  };
  for (const [key, value] of Object.entries(templates)) {
    const made = filled(textOf(value), /\$(?:\{(\w+)\}|(\w+))/g, words);
    const name = lookedUp(names, key);
    const setting = `templates: ${key}`;
    const anew = "write them anew";
    if (/^list:(member:)?regular:footer$/.test(key))
      footer(account, setting, made.text, made, anew);
    else if (name !== undefined && !made.personal) {
      const language = languageOf(textOf(config.preferred_language)) ?? "en";
      account.text(setting, name, language, template("{{list}}", made.text));
      wordsLost(account, setting, made.unknown, anew);
    } else
      account.lose(
        setting,
        textOf(value),
        "there is no such text here",
        "listmill template list",
      );
  }
}
