/**
 * fml, a list manager of Japan, that refuses a post: the recipient is the list. Data.
 */
import type { Family } from "./rule.ts";

export const fml: Family = {
  name: "fml",
  marks: [
    { subject: /^You \S+@\S+ are not member \(/ },
    { subject: /^Loop Alert: / },
    {
      subject:
        /^(?:Ignored NOT MEMBER article|Reject mail from|fml (?:server|system) error)/i,
    },
    { field: ["X-MLServer", /fml/i], subject: /not member|loop|reject/i },
  ],
  ends: /^Original mail as follows/,
  recipients: [
    /(?:mailing list|ML|Message-ID in|address|to):? <([^\s<>]+@[^\s<>]+)>/i,
  ],
};
