/**
 * Trend Micro InterScan: a dialogue, or a sentence with the recipient. Data.
 */
import type { Family } from "./rule.ts";

export const interscan: Family = {
  name: "interscan",
  marks: [
    { from: /InterScan/i },
    { text: /^\*+ ?Message from InterScan/ },
    { field: ["Content-Type", /InterScan_NT_MIME_Boundary/] },
  ],
  ends: /^\*{5,}\s+End of message/i,
  recipients: [
    /^Sent (?:>>>|<<<) RCPT TO:\s?<([^\s<>]+@[^\s<>]+)>/i,
    /Unable to deliver message to <([^\s<>]+@[^\s<>]+)>/i,
    /<([^\s<>]+@[^\s<>]+)>/,
  ],
  diagnosis: /^(?:Received (?:>>>|<<<)|Reason:)\s*.*/i,
};
