/**
 * KDDI: au one net and ezweb. Data.
 */
import type { Family } from "./rule.ts";

export const kddi: Family = {
  name: "kddi",
  marks: [
    { text: /^\s*Could not be delivered to: </ },
    {
      from: /(?:master|daemon|reply|admin)@(?:\w+\.)*(?:ezweb\.ne\.jp|au\.com|dion\.ne\.jp)/i,
      text: /recipient|user|Could not|Unable/i,
    },
  ],
  recipients: [
    /delivered to: <([^\s<>]+@[^\s<>]+)>/i,
    /^\s*<([^\s<>]+@[^\s<>]+)>/,
  ],
  diagnosis: /^(?!\s*(?:<|Your mail sent on|.*delivered to:)).*\w{3}/i,
};
