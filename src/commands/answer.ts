/**
 * One letter that tells what became of the commands of a mail. Where all of them were answered in
 * another way, by a question or a welcome, there is nothing to tell.
 */
import type { Piece } from "../base/pieces.ts";
import { letter, type Occasion } from "../lists/letter.ts";
import { extended } from "../lists/marks.ts";
import { LINES } from "../lists/texts/fill.ts";
import { textFor } from "../lists/texts/texts.ts";
import { MOST } from "./read.ts";

/** What came of a command. */
export interface Outcome {
  readonly request: { readonly name: string; readonly rest: string };
  readonly kind: "done" | "refused" | "unknown";
  readonly text: string;
}

/**
 * @param to who has asked
 * @param inReplyTo the Message-ID of the mail
 * @param quotes whether the words behind a command are told again: a stranger's words are not carried
 *   to whoever the stranger names
 * @returns undefined where there is nothing to tell
 */
export function answerTo(
  occasion: Occasion,
  to: { readonly address: string; readonly languages: readonly string[] },
  outcomes: readonly Outcome[],
  inReplyTo: string | undefined,
  quotes: boolean,
): Piece[] | undefined {
  const help = extended(occasion.site, occasion.list, "help");
  const audience = { ...occasion, languages: to.languages };
  const told = outcomes
    .slice(0, MOST)
    .filter(({ kind, text }) => kind !== "done" || text.trim() !== "");
  const isMore = outcomes.length > MOST;
  if (told.length === 0 && !isMore) return undefined;
  // Each has its share of the lines that there can be.
  const share = Math.floor(LINES / Math.max(1, told.length)) - 3;
  const results = told.flatMap(({ request, kind, text }) => {
    const command = quotes
      ? `${request.name} ${request.rest}`.trim()
      : request.name;
    const said =
      kind === "unknown"
        ? textFor(audience, "unknown-command", { command, help }).body
        : text;
    const lines = said.trimEnd().split("\n", share + 1);
    if (lines.length > share) lines[share] = "…";
    return [`> ${command}`, ...lines.map((line) => `  ${line}`), ""];
  });
  const stopped = isMore
    ? textFor(audience, "too-many-commands", { most: MOST }).body
    : "";
  return letter(
    occasion,
    to,
    "results",
    { results, stopped },
    inReplyTo ? { inReplyTo } : {},
  );
}
