/**
 * Google's servers, for Gmail and for domains of customers, before and since 2016. Data.
 */
import type { Family } from "./rule.ts";

export const gmail: Family = {
  name: "gmail",
  marks: [
    { from: /mailer-daemon@(?:googlemail|gmail|google)\.com/i },
    {
      text: /^Delivery to the following recipient (?:failed permanently|has been delayed)/,
    },
  ],
  recipients: [
    /^\s{3,}<?([^\s<>]+@[^\s<>]+)>?$/,
    /(?:delivered|delivering|deliver) (?:your message |the message )?to (\S+@\S+?)[,.]? (?:because|due|nicht)/i,
  ],
  diagnosis:
    /^(?:\d{3}[ -]|Technical details of|The response|The error that|TEMP_FAILURE|Google tried|\[|.*(?:rejected|full|exist|quota|not found))/i,
};
