/**
 * A moderator's answer to a letter: what waits is let go, refused or dropped, by whoever answers
 * first. The others are told; whoever is late is told who was first.
 */
import { join } from "node:path";
import type { Piece } from "../base/pieces.ts";
import type { Lists } from "../lists/directory.ts";
import { keyringOf } from "../lists/keyring.ts";
import { type Emitter, letter, readerOf } from "../lists/letter.ts";
import { moderatorsOf } from "../lists/offices.ts";
import { rosterOf } from "../lists/roster.ts";
import { textFor } from "../lists/texts/texts.ts";
import { namedIn } from "../lists/tokens.ts";
import { keyOf } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import type { Envelope } from "../spool/envelope.ts";
import { Spool } from "../spool/spool.ts";
import { moderatorIn } from "./asking.ts";
import { type Decided, decide } from "./decide.ts";
import type { Decision, Verdict } from "./decision.ts";
import { deciderOf, emitEnded } from "./ended.ts";
import { reasonIn } from "./reason.ts";
import { mayTell, type Telling, tellOfWish } from "./told.ts";

/** The command that the answer is. */
export interface Answering extends Telling, Emitter {
  readonly lists: Pick<Lists, "get">;
  readonly message: Message;
  readonly envelope: Pick<Envelope, "recipient" | "extension">;
  readonly request: { readonly rest: string };
  /** How it is decided; by mail without it. */
  readonly how?: "mail" | "command";
}

/** Who tells people of a decision. */
export type Teller = Telling & Pick<Answering, "emit" | "how">;

type Reply = string | { readonly kind: "reject"; readonly reason: string };

export async function moderatorDecides(
  asked: Answering,
  verdict: Exclude<Verdict, "expire">,
): Promise<Reply> {
  const { site, list, lists, now, id, request, message } = asked;
  const keyring = await keyringOf(site.home, { now: () => now });
  const moderators = await moderatorsOf(site, list);
  const token = request.rest.split(" ")[0] ?? "";
  const answered = { list, keyring, named: namedIn(asked.envelope) };
  const found = moderatorIn(answered, token, moderators);
  if (!found) {
    const { body } = textFor({ site, list }, "token-unknown", {});
    return { kind: "reject", reason: body };
  }
  const { moderator: by, tail } = found;
  const spool = new Spool(join(site.home, "spool"));
  const reason = verdict === "reject" ? await reasonIn(message) : "";
  const outcome = await decide(
    { site, list, lists, spool, now, id, by, reason },
    tail,
    verdict,
  );
  asked.log(`${verdict} of ${tail} by ${by}: ${outcome.kind}`);
  await tell(asked, outcome, by, moderators);
  return "";
}

/** Those who have to know of a decision get to know it. */
export async function tell(
  asked: Teller,
  outcome: Decided,
  by: string,
  moderators: readonly string[],
): Promise<void> {
  const { site, list, now, id, emit } = asked;
  const occasion = { site, list, now, id };
  if (outcome.kind === "gone") {
    const reader = await readerOf(asked, by);
    const words = { subject: "" };
    const content = letter(occasion, reader, "moderate-gone", words);
    emit({ recipient: by, content, outside: true });
    return;
  }
  const { decision } = outcome;
  if (outcome.kind === "late") {
    emit({
      recipient: by,
      content: await answered(asked, decision, by),
      outside: true,
    });
    return;
  }
  for (const other of moderators)
    if (keyOf(other) !== keyOf(by))
      emit({
        recipient: other,
        content: await answered(asked, decision, other),
        outside: true,
      });
  await follow(asked, decision);
}

async function answered(
  asked: Pick<Answering, "site" | "list" | "now" | "id">,
  decision: Decision,
  to: string,
): Promise<Piece[]> {
  const { site, list } = asked;
  const reader = await readerOf(asked, to);
  const audience = { site, list, languages: reader.languages };
  return letter(asked, reader, "moderate-answered", {
    subject: decision.subject,
    moderator:
      decision.how === "command"
        ? `${decision.by} (listmill held)`
        : decision.by,
    what: textFor(audience, `word-${past[decision.verdict]}`, {}).body,
  });
}

const past = {
  approve: "accepted",
  reject: "rejected",
  discard: "discarded",
  free: "freed",
  expire: "expired",
} as const satisfies Record<Verdict, string>;

/** What a decision brings about besides: a letter to the author, a member who is free. */
async function follow(asked: Teller, decision: Decision): Promise<void> {
  emitEnded(asked, decision);
  if (decision.verdict === "free") await free(asked, decision);
  if (decision.verdict === "reject") await refuse(asked, decision);
}

/** Whoever wrote a post is free from now on. */
export async function free(
  { site, list, how = "mail" }: Pick<Teller, "site" | "list" | "how">,
  decision: Decision,
): Promise<void> {
  const { author, by, wish } = decision;
  if (author === "" || wish) return;
  const roster = rosterOf(site.home);
  const { cause } = deciderOf(decision);
  const actor = { by: how, who: by, cause };
  const change = { moderation: "free" } as const;
  const changed = await roster.change(list.address, author, change, actor);
  if (changed === "absent")
    await roster.role(list.address, author, "poster", true, actor);
}

async function refuse(asked: Teller, decision: Decision): Promise<void> {
  const { sender, subject, reason, robot = "", wish } = decision;
  const to = decision.author || sender;
  const { site, list } = asked;
  const reader = await readerOf(asked, to);
  const { languages } = reader;
  if (wish) {
    const audience = { site, list, languages };
    const { body } = textFor(audience, "reason-moderators", {});
    const why = reason.replace(/\s+/g, " ").trim() || body;
    return tellOfWish(asked, decision, languages, why);
  }
  if (!(await mayTell(asked, { address: to, sender, robot }, true))) return;
  const words = { subject, reason };
  const content = letter(asked, reader, "post-rejected", words);
  asked.emit({ recipient: to, content, outside: true });
}
