/**
 * Microsoft Exchange: the connector of 5.5, and the letters of 2003 and later. Data.
 */
import type { Family } from "./rule.ts";

export const exchange: Family = {
  name: "exchange",
  marks: [
    {
      field: ["X-Mailer", /^Internet Mail Service/],
      subject: /^(?:undeliverable|non remis|unzustellbar|delivery)/i,
    },
    { text: /^\s*did not reach the following recipient\(?s/i },
    { text: /^\s*MSEXCH:/ },
    {
      text: /^Delivery has failed to these recipients or (?:groups|distribution lists)/,
    },
    {
      text: /^(?:Diagnostic information for administrators|Informations de diagnostic pour les administrateurs|Diagnoseinformationen f[üu]r Administratoren|Informazioni di diagnostica per gli amministratori|Informaci[óo]n de diagn[óo]stico para|Diagnostisk information f[öo]r administrat|Diagnostische gegevens voor beheerders|Informa[çc][õo]es de diagn[óo]stico)/,
    },
    { field: ["X-MS-Exchange-Message-Is-Ndr", /./i] },
    {
      field: ["X-MS-Exchange-Transport-CrossTenantHeadersStamped", /./],
      subject: /^Undeliverable/,
    },
  ],
  begins:
    /did not reach the following recipient|Delivery has failed to these recipients/i,
  recipients: [
    /^(\S+@\S+) on \w{3}, /,
    /SMTP=([^\s;]+@[^\s;]+);? on /i,
    /^\s*<?([^\s<>()]+@[^\s<>()]+?)(?:<mailto:[^<>]*>)?>?\s*(?:\([^()]*\))?(?:<mailto:.*)?$/,
    /^Did not reach the following recipients?:\s*(\S+@\S+)/i,
  ],
};
