/**
 * Lotus Notes and Domino. Data.
 */
import type { Family } from "./rule.ts";

export const domino: Family = {
  name: "domino",
  marks: [
    { subject: /^DELIVERY FAILURE: / },
    { subject: /^NDN: / },
    { text: /^-{3,} Failure Reasons\s+-+/ },
    { text: /^\s*was not delivered to:\s*$/ },
  ],
  begins: /was not delivered to:|Failure Reasons/,
  ends: /^-{3,} Returned Message/,
  recipients: [/^\s*<?([^\s<>]+@[^\s<>]+)>?$/],
  diagnosis:
    /^(?!\s*(?:Your message|was not delivered|because:|Subject:|\S+@\S+$|-{3,})).*\S/,
};
