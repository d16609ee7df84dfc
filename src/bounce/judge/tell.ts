/**
 * What owners hear about bounces, besides the summary: trouble on the way, a post that many refused, and
 * complaints. Each once, however often it is found.
 */
import { shellWord } from "../../base/shell.ts";
import { DAY } from "../../base/units.ts";
import { letter } from "../../lists/letter.ts";
import { extended } from "../../lists/marks.ts";
import { stateOf } from "../../lists/state.ts";
import { textFor } from "../../lists/texts/texts.ts";
import { keyOf } from "../../mail/address.ts";
import type { Bounce } from "../../state/bounce.ts";
import type { Occasion } from "./occasion.ts";
import { FEW, scopeOfPost, scopesFor, type Trouble } from "./outage.ts";

const WEEK = 7 * DAY;
/** For so long it is remembered that the owners know of a post. */
const MONTH = 30 * DAY;

/** Whether this entry is the one that does something which is done once in a time. */
export async function isFirst(
  { site, list, id, now }: Occasion,
  what: string,
  window: number,
): Promise<boolean> {
  const { windows } = await stateOf(site.home);
  const key = `${keyOf(list.address)} ${what}`;
  return (await windows.first("bounce-told", key, id, now, window)) === id;
}

export async function tellOfTrouble(
  occasion: Occasion,
  { kind, scope, n, of }: Trouble,
): Promise<void> {
  const { site, list, now, emit, log } = occasion;
  const day = new Date(now).toISOString().slice(0, 10);
  // Trouble that goes on is told once a week.
  if (!(await isFirst(occasion, `${kind} ${scope}`, WEEK))) return;
  log(
    `${n} of ${of} members${scope && ` at ${scope.slice(1)}`} had mail come back today${kind === "halt" ? ": nobody is judged by this day" : ""}`,
  );
  const owner = extended(site, list, "owner");
  const words = {
    day,
    failed: n,
    of,
    ...(scope === "" ? {} : { domain: scope.slice(1) }),
  };
  const content =
    kind === "halt"
      ? letter(occasion, { address: owner }, "bounce-halted", words)
      : letter(occasion, { address: owner }, "bounce-warning", words);
  emit({ recipient: owner, content });
}

/** The subject of a post, or words in its place. */
function named({ site, list }: Occasion, subject: string): string {
  return subject.trim() || textFor({ site, list }, "word-no-subject", {}).body;
}

/** A post that many servers refused, whoever it was for. @param subject of the post */
export async function tellOfPost(
  occasion: Occasion,
  noted: readonly Bounce[],
  subject: string,
): Promise<void> {
  const { site, list, emit } = occasion;
  const posts = new Map<string, Bounce>();
  const scopesOf = scopesFor(list.settings.bounces);
  for (const one of noted)
    if (scopesOf(one, false).includes(scopeOfPost(one.post)))
      posts.set(one.post, one);
  const { bounceDays } = await stateOf(site.home);
  for (const [post, { detail }] of posts) {
    const counts = await bounceDays.counts(
      keyOf(list.address),
      [scopeOfPost(post)],
      0,
    );
    const n = counts.reduce((sum, one) => sum + one.n, 0);
    if (n < FEW || !(await isFirst(occasion, `post ${post}`, MONTH))) continue;
    const owner = extended(site, list, "owner");
    const words = {
      subject: named(occasion, subject),
      count: n,
      reply: detail,
    };
    const content = letter(
      occasion,
      { address: owner },
      "bounce-refused",
      words,
    );
    emit({ recipient: owner, content });
  }
}

/** Somebody has called a post unwanted. @param isRemoved whether the member was removed for it */
export function tellOfComplaint(
  occasion: Occasion,
  address: string,
  subject: string,
  isRemoved: boolean,
): void {
  const { site, list, emit } = occasion;
  const owner = extended(site, list, "owner");
  const { body } = textFor({ site, list }, "bounce-complaint-done", {});
  const remove = `listmill member remove ${[list.address, address].map(shellWord).join(" ")}`;
  const content = letter(occasion, { address: owner }, "bounce-complaint", {
    address,
    subject: named(occasion, subject),
    ...(isRemoved ? { done: body } : { remove }),
  });
  emit({ recipient: owner, content });
}
