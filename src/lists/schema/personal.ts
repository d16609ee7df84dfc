/**
 * The settings of a list for what is merged into the message of each recipient. What cannot work is
 * told with its line. Pure.
 */
import { z } from "zod";
import { kinds, several } from "../../base/settings.ts";
import { countOf, names, unknownIn } from "../braces.ts";
import { note } from "./words.ts";

const all = names.map((name) => `{{${name}}}`).join(", ");
/** Most characters: filled in and folded, no line exceeds what mail allows. */
const LONGEST = 500;
const LONGEST_URL = 300;

/** Fields that say what the message is, or which way it came. */
const fixed =
  /^(?:content-.*|mime-version|from|sender|date|message-id|received|return-path|bcc|dkim-signature|arc-.*|resent-.*|list-id)$/i;

function wrongInHeader(value: string): string | undefined {
  const [, name = "", rest = ""] =
    /^([A-Za-z0-9][!-9;-~]*):(.*)$/s.exec(value) ?? [];
  if (name === "" || rest.trim() === "" || /\p{Cc}/u.test(value))
    return 'must be one field on one line, such as "X-Member: {{address}}"';
  if (value.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (/^list-unsubscribe(?:-post)?$/i.test(name))
    return "is made of unsubscribe_url: set that";
  return fixed.test(name) ? `${name} must stay what it is` : unknown(value);
}

function unknown(value: string, known: readonly string[] = names) {
  const [name] = unknownIn(value, known);
  const there = known.map((one) => `{{${one}}}`).join(", ");
  return name === undefined
    ? undefined
    : `there is no {{${name}}}; there are ${there}`;
}

function wrongInUrl(value: string): string | undefined {
  const sample = value.replace(/\{\{(?:token|list)\}\}/g, "x");
  if (countOf("token", value) !== 1)
    return "must have {{token}} in it, once: it tells who unsubscribes";
  if (countOf("list", value) > 1) return "may have {{list}} in it once";
  return (
    unknown(value, ["token", "list"]) ??
    (/^https:\/\/[!-~]+$/.test(sample) &&
    !/[<>",]/.test(sample) &&
    URL.canParse(sample) &&
    value.length <= LONGEST_URL
      ? undefined
      : `must be an https:// URL of up to ${LONGEST_URL} characters, ASCII without blanks, quotes, commas and < >`)
  );
}

/** Text that nothing is wrong with. */
function right(allowed: string, wrong: (value: string) => string | undefined) {
  return z
    .string()
    .superRefine((value, context) => {
      const message = wrong(value);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .register(kinds, { allowed });
}

export const personal = z.strictObject({
  headers: note(
    several(
      right('a field such as "X-Member: {{address}}"', wrongInHeader),
    ).prefault([]),
    `Fields of the header, in place of those of the same name. ${all} stand for the recipient's address, the list's, a signed word that tells who unsubscribes, and the link for it.`,
  ),
  footer: note(
    right("text", (value) => unknown(value)).prefault(""),
    "Text under every post, below the footer of all, with the same to fill in; signed and encrypted posts stay as they are, and those with a DKIM signature unless footer_dkim says otherwise.",
  ),
  unsubscribe_url: note(
    right(
      'a URL such as "https://lists.example.org/u/{{token}}"',
      wrongInUrl,
    ).optional(),
    "Where one click unsubscribes (RFC 8058): posts get List-Unsubscribe with it and with a mailto of the recipient's own, and List-Unsubscribe-Post. {{token}} stands in it once, {{list}} may.",
    {
      without:
        "{{unsubscribe}} is the mailto, and List-Unsubscribe is everybody's",
    },
  ),
});

/** What is merged into a recipient's message. */
export type Personal = z.output<typeof personal>;

/** Whether each recipient gets a message of its own. */
export function isPersonal({
  headers,
  footer,
  unsubscribe_url,
}: Personal): boolean {
  return (
    headers.length > 0 || footer.trim() !== "" || unsubscribe_url !== undefined
  );
}
