/**
 * The DragonFly Mail Agent of BSD systems and Debian. Data.
 */
import type { Family } from "./rule.ts";

export const dragonfly: Family = {
  name: "dragonfly",
  marks: [{ text: /^This is the DragonFly Mail Agent/ }],
  ends: /^(?:Message headers|Original message) follows?\./,
  recipients: [/error delivering your mail to <([^\s<>]+@[^\s<>]+)>/],
};
