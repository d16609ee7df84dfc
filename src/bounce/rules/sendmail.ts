/**
 * Sendmail 8: a list of recipients, then the dialogue with the other host. Data.
 */
import type { Family } from "./rule.ts";

export const sendmail: Family = {
  name: "sendmail",
  marks: [
    {
      text: /^\s*-{3,} ?The following addresses had (?:permanent|transient|delivery|fatal)/,
    },
    {
      subject: /^Returned mail: /,
      text: /^\s*-{3,} ?Transcript of session follows/,
    },
    {
      field: ["Auto-Submitted", /auto-generated \((?:failure|warning)/],
      subject: /^(?:Returned mail|Warning)/,
    },
  ],
  begins: /-{3,} ?The following addresses had/,
  recipients: [
    /^\s*<?([^\s<>"|/()]+@[^\s<>()]+?)>?\s*(?:\((?:unrecoverable|.{0,40}error|\d).*)?$/,
    /^\s*\(expanded from: <?(?<original>[^\s<>()]+@[^\s<>()]+)>?\)/,
    /^>>> ?(?:\S+ )?<([^\s<>]+@[^\s<>]+)>$/,
    /^[45]\d\d (?:\d\.\d\.\d )?<([^\s<>]+@[^\s<>]+)>\.\.\. /,
  ],
};
