/**
 * 1&1, GMX and WEB.DE (Nemesis), in the words of Exim. Data.
 */
import type { Family } from "./rule.ts";

export const einsundeins: Family = {
  name: "einsundeins",
  marks: [
    {
      from: /@(?:kundenserver|gmx|web|1und1|perfora|ionos)\.(?:de|net|com)/i,
      subject: /^(?:mail delivery failed|warning: message)/i,
    },
    { text: /^-+ The header of the original message is following/ },
  ],
  begins:
    /^(?:failed:\s*$|.*address(?:\(es\)|es)? failed:|its recipients.*failed:)/i,
  ends: /^-+ The header of the original message/,
  recipients: [/^\s*<?([^\s<>:]+@[^\s<>:]+)>?:?\s*$/],
};
