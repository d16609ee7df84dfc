/**
 * Mail.Ru, which is Exim with a Russian preface. Data.
 */
import type { Family } from "./rule.ts";

export const mailru: Family = {
  name: "mailru",
  marks: [{ from: /mailer-daemon@(?:\w+\.)*mail\.ru/i }],
  begins: /address\(es\) failed|following error was given/,
  recipients: [
    /^ {1,4}<?([^\s<>|/()]+@[^\s<>()]+?)>?:?\s*$/,
    /^\s+Local mailbox (\S+@\S+) is unavailable/,
  ],
};
