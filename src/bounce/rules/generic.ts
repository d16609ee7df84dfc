/**
 * What is tried where no family is known, or its own patterns find nobody: lines that begin with an
 * address, lines that say whose address follows, and at last any address. Words of English, German,
 * French, Spanish, Portuguese and Italian. Data.
 */
import type { Family } from "./rule.ts";

/** A line that is an address and what became of it. */
export const leading: readonly RegExp[] = [
  /^\s*(?:[*>•-]\s+)?(?:\d+[.)]\s+)?<([^\s<>]+@[^\s<>]+)>\s*(?:[:;,.(=[-]|\.{3}|$)/,
  /^\s*(?:[*>•-]\s+)?(?:\d+[.)]\s+)?([^\s<>:;,()[\]"'=|/]+@[^\s<>:;,()[\]"'|]+)\s*(?:[:;,(=[-]|\.{3}|$|on \w{3}, )/,
  /^[45]\d\d[ -](?:\d\.\d{1,3}\.\d{1,3} )?<?([^\s<>]+@[^\s<>]+?)>?(?:\.\.\.|:)/,
];

/** A word that says whose address it is, and the address behind it. */
export const named: readonly RegExp[] = [
  /(?:recipients?|rcpt to|user(?:id)?|mail ?box|account|addressee|addressed|destination|receiver|destinataire|destinatario|destinat[aá]rio|empf[aä]nger|adresse?|address|deliver\w*(?: \w+){0,4} to|failed for|sent to|mail to|message to|target mail address)\b[^@]{0,40}?[\s<"'([:=]([^\s<>"'()[\]:;,]+@[^\s<>"'()[\]:;,]+)/i,
  /^\s*(?:to|for|an|à|para)\s*:?\s+<?([^\s<>"'()[\]:;,]+@[^\s<>"'()[\]:;,]+)/i,
];

export const generic: Family = { name: "generic", marks: [] };
