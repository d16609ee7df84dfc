/**
 * Apache James, in the manner of qmail; VPOP3 and hosts in Java print the same headings. Data.
 */
import type { Family } from "./rule.ts";

export const james: Family = {
  name: "james",
  marks: [
    { text: /^Hi\. This is the James mail server/ },
    { text: /^Failed recipient\(s\):/ },
  ],
  begins: /^Failed recipient\(s\):/,
  ends: /^Message details:/,
  recipients: [/^\s*<?([^\s<>]+@[^\s<>]+)>?\s*$/],
  diagnosis: /^(?!\s*(?:Error message:|\S+@\S+$)).*\w{3}/i,
};
