/** Subjects without what mail programs put before and behind them (RFC 5256 §2.1). Pure. */

/** `Re:`, `AW[2]:`, `Réf. :`, `転送：`, `[list]`. */
const before =
  /^\s*(?:\[[^\]]{0,60}\]|(?:re|aw|antw|sv|vs|ref|réf|rif|rv|tr|wg|fw|fwd|返信|回复|转发|転送|答复)\.?\s{0,2}(?:[[(]\d{1,3}[\])]|\^\d{1,3})?\s{0,2}[:：])/i;

/** A subject without what mail programs put before it. */
export function bareSubject(subject: string): string {
  return parted(subject).bare;
}

/** Whether a subject is that of an answer, or of something passed on. */
export function isAnswer(subject: string): boolean {
  const { bare, heads } = parted(subject);
  return heads.some((head) => !head.startsWith("[")) || /\(fwd\)$/i.test(bare);
}

/** What posts about one matter have in common: "" says nothing. */
export function baseSubject(subject: string): string {
  const bare = bareSubject(subject).replace(/(?:\s*\(fwd\))+$/i, "");
  return bare.replace(/\s+/g, " ").trim().toLowerCase();
}

function parted(subject: string): { bare: string; heads: string[] } {
  const heads: string[] = [];
  let bare = subject;
  for (let count = 0; count < 20; count += 1) {
    const head = before.exec(bare)?.[0];
    if (head === undefined) break;
    heads.push(head.trim());
    bare = bare.slice(head.length);
  }
  return { bare: bare.trim(), heads };
}
