/**
 * CompuServe, which names members without its domain. Data.
 */
import type { Family } from "./rule.ts";

export const compuserve: Family = {
  name: "compuserve",
  marks: [{ from: /@(?:\w+\.)?compuserve\.com/i, subject: /undeliverable/i }],
  ends: /^-{2,} ?(?:Message From Postmaster|Returned Message)/i,
  recipients: [/^Receiver (?:not found|address|user):? ?([^\s:]+)/i],
  domain: "compuserve.com",
};
