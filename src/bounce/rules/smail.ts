/**
 * Smail 3, and early Exim in its manner. Data.
 */
import type { Family } from "./rule.ts";

export const smail: Family = {
  name: "smail",
  marks: [{ text: /^\|-+ (?:Message log|Failed addresses) follows?:/ }],
  begins: /Failed addresses follow/,
  ends: /Message text follows/,
  recipients: [/^\s*<?([^\s<>]+@[^\s<>]+)>?(?: \.\.\.|$)/],
};
