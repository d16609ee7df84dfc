/**
 * MDaemon. Data.
 */
import type { Family } from "./rule.ts";

export const mdaemon: Family = {
  name: "mdaemon",
  marks: [
    { from: /^"?mdaemon\b|mdaemon@/i },
    { text: /^The attached message had PERMANENT fatal delivery errors/ },
  ],
  recipients: [
    /^> (\S+@\S+)$/,
    /^(\S+@\S+) - .*(?:user|no such)/i,
    /^Failed address:\s*<?([^\s<>]+@[^\s<>]+)/i,
  ],
};
