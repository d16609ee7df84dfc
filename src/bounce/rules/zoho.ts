/**
 * Zoho. Data.
 */
import type { Family } from "./rule.ts";

export const zoho: Family = {
  name: "zoho",
  marks: [{ from: /mailer-daemon@mail\.zoho\./i }],
  recipients: [
    /^<?([^\s<>]+@[^\s<>,]+)>?,? (?:Invalid|ERROR_CODE)/i,
    /Address: <([^\s<>]+@[^\s<>]+)>/,
    /^<?([^\s<>]+@[^\s<>,]+)>?, /,
  ],
};
