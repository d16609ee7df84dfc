/**
 * Rows of the corpus that are read otherwise than its table says, and why they stay so. Data.
 */
export const known: Readonly<Record<string, string>> = {
  "bounces/bounceparser/warning-5.msg":
    "the table says nobody, the text names the recipient",
  "bounces/cws/bounce_422_001.eml":
    "no code; it was given up, which is for good",
  "bounces/cws/bounce_422_003.eml":
    "no code; it was given up, which is for good",
  "bounces/cws/bounce_422_004.eml":
    "no code; it was given up, which is for good",
  "bounces/flufl/dsn_02.txt": "failed with 4.4.7: another host may let it pass",
  "bounces/flufl/simple_20.txt":
    "no mark of a mail system: neither sender, null sender nor fields",
  "bounces/flufl/yale_01.txt": "names the recipient without any domain",
  "bounces/sisimai-not/rb-issue-368-bug.eml":
    "a real bounce; the table notes a fault of its reader",
  "bounces/sisimai/lhost-domino-03.eml":
    "text and fields name different recipients",
  "bounces/sisimai/lhost-exim-60.eml":
    "the fields have no address, so its words count: a retry timeout",
  "class bounces/sisimai/lhost-gmail-08.eml":
    "the table takes a notice of a delay for a failure",
  "class bounces/sisimai/lhost-opensmtpd-06.eml":
    "the table takes a notice of a delay for a failure",
  "class bounces/sisimai/lhost-opensmtpd-12.eml":
    "the table takes a notice of a delay for a failure",
  "class bounces/sisimai/lhost-opensmtpd-15.eml":
    "the table takes a notice of a delay for a failure",
  "class bounces/sisimai/lhost-opensmtpd-16.eml":
    "the table takes a notice of a delay for a failure",
  "bounces/sisimai/lhost-gmx-04.eml":
    "a retry timeout without a code: the table calls others like it temporary",
  "bounces/sisimai/lhost-office365-04.eml":
    "the table's address stands only in a link, misspelt",
  "bounces/sisimai/lhost-sendmail-14.eml": "a bounce that a person forwarded",
  "bounces/sisimai/lhost-v5sendmail-01.eml":
    "the table's domain is cut in its middle",
  "bounces/sisimai/rfc3464-35.eml":
    "one of three is only delayed, which is no failure",
  "bounces/sisimai/rhost-franceptt-10.eml": "a status of 4.5.0 beside 550",
  "bounces/spamassassin-bounce/BOUNCE_MESSAGE/fp-bug5900-1":
    "a real bounce; the table is about who sent the original",
  "bounces/spamassassin-bounce/BOUNCE_MESSAGE/fp_bug5912_att4321":
    "a real bounce; the table is about who sent the original",
  "bounces/spamassassin-bounce/BOUNCE_MESSAGE/fp_bug5912_att4322":
    "a real bounce; the table is about who sent the original",
};
