/**
 * Verizon's gateways for mobile phones. Data.
 */
import type { Family } from "./rule.ts";

export const verizon: Family = {
  name: "verizon",
  marks: [
    {
      from: /@(?:\w+\.)*(?:vtext|vzwpix)\.com/i,
      text: /^\s*(?:Error:|Message could not be delivered)/,
    },
  ],
  ends: /^Original message(?: follows)?\s*$/i,
  recipients: [
    /^\s*RCPT TO:\s*<?([^\s<>]+@[^\s<>]+)/i,
    /^\s*To:\s*<?([^\s<>]+@[^\s<>]+)/i,
  ],
  diagnosis: /^(?:Error:|\d{3} )/,
};
