/**
 * Exim, and services that grew out of it. Recipients are indented by two, the diagnosis by four.
 * Data.
 */
import type { Family } from "./rule.ts";

export const exim: Family = {
  name: "exim",
  marks: [
    {
      text: /^This message was created automatically by mail delivery software/,
    },
    {
      text: /^A message that you sent (?:could not be delivered|was rejected by the local scanning)/,
    },
    {
      field: ["Message-ID", /^<E\w{6}-\w{6,11}-\w{2,4}@/],
      subject: /^(?:mail delivery failed|delivery)/i,
    },
  ],
  begins:
    /address(?:\(es\)|es)? *$|address(?:\(es\)|es)? failed|^failed:\s*$|following error was given/i,
  ends: /^-+ (?:The body of the message is|This is a copy of)/,
  recipients: [
    /^ {1,4}<?([^\s<>|/()]+@[^\s<>()]+?)>?:?\s*$/,
    /^<?([^\s<>|/()]+@[^\s<>():]+)>?:/,
    /^\s*\((?:ultimately )?generated from (?<original>[^\s()]+@[^\s()]+)\)/,
    /^\s+Local mailbox (\S+@\S+) is unavailable/,
  ],
};
