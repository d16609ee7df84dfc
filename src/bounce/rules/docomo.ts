/**
 * NTT docomo and SoftBank, the mobile carriers. Data.
 */
import type { Family } from "./rule.ts";

export const docomo: Family = {
  name: "docomo",
  marks: [
    {
      from: /(?:master|daemon|reply|admin)@(?:\w+\.)*(?:docomo\.ne\.jp|softbank\.(?:ne\.)?jp|vodafone\.ne\.jp|disney\.ne\.jp|pdx\.ne\.jp|willcom\.com|ymobile\d?\.(?:ne\.)?jp|emnet\.ne\.jp)/i,
      subject: /mail|error|undeliver|return|deliver|failure/i,
    },
  ],
  recipients: [
    /^\s*<([^\s<>]+@[^\s<>]+)>/,
    /^\s*\(?([^\s<>()]+@[^\s<>()]+)\)?\s*(?:\[.*\])?$/,
  ],
};
