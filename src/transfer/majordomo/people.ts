/**
 * Majordomo: who may join, leave, see and read, and posts that wait for their header. Pure.
 */
import { headerConditions, noGlob, ownRule } from "../headers.ts";
import {
  type Joining,
  joining,
  type Readers,
  readersLines,
} from "../posting.ts";
import { ruleLine } from "../rules.ts";
import { lookedUp } from "../texts.ts";
import type { Keyword } from "./source.ts";

export const policy =
  (deed: "subscribe" | "unsubscribe"): Keyword =>
  (value, account, _source, name) => {
    const [how = "", confirmed] = value.toLowerCase().split("+");
    const ways: Readonly<Record<string, Joining>> = {
      open: "confirm",
      auto: "confirm",
      closed: "hold",
    };
    const way = lookedUp(ways, how);
    if (way === undefined)
      return account.lose(
        name,
        value,
        "no policy of Majordomo",
        `a line of your own in rules.${deed}`,
      );
    if (deed === "subscribe" || way === "hold")
      joining(account, name, value, deed, way);
    else account.keep(name, value, "members may leave");
    if (way === "confirm" && confirmed === undefined && deed === "subscribe")
      account.lose(
        name,
        value,
        "people confirm that they want to join, which they did not here",
        'rules.subscribe = ["accept"]',
      );
  };

export const access =
  (deed: "who" | "archive"): Keyword =>
  (value, account, _source, name) => {
    const who: Readonly<Record<string, Readers>> = {
      open: "accept",
      list: "members",
      closed: deed === "who" ? "owners" : "nobody",
    };
    const readers = lookedUp(who, value.toLowerCase());
    if (readers)
      account.ruled(name, value, deed, readersLines(readers), "last");
    else
      account.lose(
        name,
        value,
        "neither open, list nor closed",
        `a line of your own in rules.${deed}`,
      );
  };

export const headers: Keyword = (value, account, _source, name) => {
  for (const line of value.split("\n")) {
    const [, , expression] =
      /^m?([/!,|#])(.*)\1[gimosx]*$/.exec(line.trim()) ?? [];
    const lines =
      expression === undefined
        ? undefined
        : headerConditions(expression)?.map((one) => ruleLine("hold", [one]));
    if (lines) account.ruled(name, line, "post", lines, "filter");
    else account.lose(name, line, noGlob, ownRule);
  }
};
