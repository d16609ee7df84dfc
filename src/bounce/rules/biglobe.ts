/**
 * BIGLOBE and systems like it: two lists between lines of dashes. Data.
 */
import type { Family } from "./rule.ts";

export const biglobe: Family = {
  name: "biglobe",
  marks: [
    { text: /^\s*-{3,} ?Non-delivered information/ },
    { from: /@(?:\w+\.)*biglobe\.ne\.jp/i, subject: /^Returned mail/i },
    {
      text: /^\s*-{3} ?The following addresses had (?:delivery )?(?:problems|errors) ?-{3}/,
    },
  ],
  begins: /The following addresses had delivery/,
  recipients: [/^\s*<?([^\s<>[\]]+@[^\s<>[\]]+)>?\s*(?:[[(].*)?$/],
  diagnosis: /^(?!\s*(?:-{3}|\S+@\S+$|The original message|from )).*\S/,
};
