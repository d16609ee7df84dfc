/** Why mail came back, in a sentence for the member. Pure. */
import type { TextName } from "../../lists/texts/catalogue.ts";

const sentences = {
  "no-such-user": "bounce-no-such-user",
  disabled: "bounce-disabled",
  "mailbox-full": "bounce-full",
  unreachable: "bounce-unreachable",
  greylisted: "bounce-unreachable",
  expired: "bounce-unreachable",
  loop: "bounce-unreachable",
  system: "bounce-unreachable",
} as const satisfies Record<string, TextName>;

/** The text that says it. @param reason one of read.ts */
export function sentenceFor(reason: string) {
  return Object.hasOwn(sentences, reason)
    ? sentences[reason as keyof typeof sentences]
    : "bounce-other";
}
