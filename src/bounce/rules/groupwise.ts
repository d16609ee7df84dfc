/**
 * Novell GroupWise and its gateway. Data.
 */
import type { Family } from "./rule.ts";

export const groupwise: Family = {
  name: "groupwise",
  marks: [
    { subject: /^Message status - undeliverable/i },
    { text: /^The message that you sent was undeliverable to the following/ },
    { field: ["X-Mailer", /GroupWise/i], subject: /undeliver/i },
  ],
  recipients: [
    /^\s*<?([^\s<>()]+@[^\s<>()]+)>?\s*(?:\(.*\))?$/,
    /^\s+([\w.+-]+) \(.*\)$/,
  ],
};
