/**
 * Active!hunter and m-FILTER, which stand before Japanese mail systems. Data.
 */
import type { Family } from "./rule.ts";

export const activehunter: Family = {
  name: "activehunter",
  marks: [
    { field: ["Content-Type", /_Active!Hunter_/] },
    { field: ["X-Mailer", /^m-FILTER/] },
    { text: /^以下のメールアドレスへの送信に失敗しました/ },
  ],
  begins: /^以下のメールアドレスへの|The following addresses had permanent/,
  ends: /^-{3,} ?original (?:message|mail info)/,
  recipients: [
    /^>>> (?:\S+ )?<([^\s<>]+@[^\s<>]+)>/,
    /^\s*<?([^\s<>]+@[^\s<>]+)>?\s*$/,
  ],
};
