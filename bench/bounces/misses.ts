/**
 * Rows of the corpus that are read otherwise than its table says, and why they stay so. Notices of a
 * delay that have no fields to tell it are listed too: the tables count them among bounces. Data.
 */
const delay = "a notice of a delay";

export const known: Readonly<Record<string, string>> = {
  "bounces/cws/bounce_420_001.eml": delay,
  "bounces/cws/bounce_420_002.eml": delay,
  "bounces/flufl/simple_28.txt": delay,
  "bounces/mailman2/simple_40.txt": delay,
  "bounces/mediawiki/oracle7": delay,
  "bounces/sisimai/lhost-exim-38.eml": delay,
  "bounces/sisimai/lhost-exim-41.eml": delay,
  "bounces/sisimai/lhost-gmail-06.eml": delay,
  "bounces/sisimai/lhost-gmail-08.eml": delay,
  "bounces/sisimai/lhost-gmail-09.eml": delay,
  "bounces/sisimai/lhost-gmail-17.eml": delay,
  "bounces/sisimai/lhost-zoho-04.eml": delay,
};
