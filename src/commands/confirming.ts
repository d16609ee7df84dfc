/**
 * Asking an address whether it wants what somebody has asked for it, and reading the answer. All that
 * is needed is in the token; nothing is stored before the answer but how often was asked: so nobody
 * can have an address flooded with questions, and each says nothing but what the list itself writes.
 */
import { daysOf, HOUR } from "../base/units.ts";
import { keyringOf } from "../lists/keyring.ts";
import { mayBeAsked, sourceOf } from "../lists/limits.ts";
import { answerIn, namedIn, returnOf, type Said } from "../lists/tokens.ts";
import type { TokenReading } from "../mail/token.ts";
import { type Case, callerOf, write } from "./case.ts";

/** What can be asked, and the text that asks it. */
type Question = Said & { readonly action: "subscribe" | "unsubscribe" | "set" };

/** @param changes in words, for `set` */
export async function askToConfirm(
  asked: Case,
  said: Question,
  changes = "",
): Promise<void> {
  if (!(await isToBeAsked(asked, said.address))) return;
  const { site, list, now } = asked;
  const clock = { now: () => now };
  const keyring = await keyringOf(site.home, clock);
  const back = returnOf({ site, list, keyring }, "confirm", said, now);
  const { url, valid } = list.settings.confirm;
  const words = {
    address: said.address,
    reply: back.address,
    link: url === undefined ? "" : url.replace("{{token}}", () => back.token),
    days: daysOf(valid),
  };
  const more = {
    replyTo: back.address,
    asks: true,
    ...(back.inSubject ? { mark: `confirm ${back.token}` } : {}),
  };
  switch (said.action) {
    case "subscribe":
      return write(asked, said.address, "confirm-subscribe", words, more);
    case "unsubscribe":
      return write(asked, said.address, "confirm-unsubscribe", words, more);
    case "set":
      return write(
        asked,
        said.address,
        "confirm-set",
        { ...words, changes },
        more,
      );
  }
}

/** Whether an address may be asked once more. */
async function isToBeAsked(asked: Case, address: string): Promise<boolean> {
  const { list, request, message, log } = asked;
  // A question to a list would be a post of ours, with the answer for all to read.
  if (!list.settings.umbrella && (await asked.isOurs(address))) {
    log(`${address} is not asked: it is one of ours`);
    return false;
  }
  const from = sourceOf(message.header, callerOf(asked));
  return mayBeAsked(asked, address, from, `${request.name} ${request.rest}`);
}

/** What an answer says, and whether it came in time. */
export type Answer =
  | Extract<TokenReading, { kind: "ok" }>
  | { readonly kind: "late" }
  | { readonly kind: "unknown" };

/** Reads the answer that a message is. */
export async function answerOf(asked: Case): Promise<Answer> {
  const { site, list, envelope, now, request } = asked;
  const keyring = await keyringOf(site.home, { now: () => now });
  const candidates = [callerOf(asked), envelope.sender].filter(Boolean);
  const named = namedIn(envelope);
  // The one in the address first, then the whole one in the subject.
  const read = request.rest
    .split(" ", 2)
    .map((token) => answerIn({ list, keyring, named }, token, candidates))
    .find(({ kind }) => kind === "ok");
  if (read?.kind !== "ok") return { kind: "unknown" };
  // What has waited for a moderator since is no later for that. Tokens tell the hour.
  const came = Date.parse(envelope.received) || now;
  const { valid } = list.settings.confirm;
  return came - read.time > valid + HOUR ? { kind: "late" } : read;
}
