/**
 * Asking an address whether it wants what somebody has asked for it, and reading the answer. All that
 * is needed is in the token; nothing is stored before the answer but how often was asked: so nobody
 * can have an address flooded with questions, and each says nothing but what the list itself writes.
 */
import { createHash } from "node:crypto";
import { keyringOf } from "../lists/keyring.ts";
import { stateOf } from "../lists/state.ts";
import { answerIn, returnOf, type Said } from "../lists/tokens.ts";
import { domainOf, keyOf } from "../mail/address.ts";
import { roleOf } from "../mail/roleAddress.ts";
import type { TokenReading } from "../mail/token.ts";
import { type Case, callerOf, DAY, write } from "./case.ts";

const HOUR = 3_600_000;

/** What can be asked, and the text that asks it. */
type Question = Said & { readonly action: "subscribe" | "unsubscribe" | "set" };

/** @param changes in words, for `set` */
export async function askToConfirm(
  asked: Case,
  said: Question,
  changes = "",
): Promise<void> {
  if (!(await mayBeAsked(asked, said.address))) return;
  const { site, list, now } = asked;
  const clock = { now: () => now };
  const keyring = await keyringOf(site.home, clock);
  const back = returnOf({ site, list, keyring }, "confirm", said, now);
  const { url, valid } = list.settings.confirm;
  const words = {
    address: said.address,
    reply: back.address,
    link: url === undefined ? "" : url.replace("{{token}}", () => back.token),
    days: Math.max(1, Math.round(valid / DAY)),
  };
  const more = {
    replyTo: back.address,
    // Nothing of what was asked goes out but this: the asker's Message-ID is a stranger's text.
    inReplyTo: "",
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

/** Whether an address may be asked once more: limits for it, for who asks, and for the list. */
async function mayBeAsked(asked: Case, address: string): Promise<boolean> {
  const { site, list, id, now, log } = asked;
  // A question to a list would be a post of ours, with the answer for all to read.
  if (!list.settings.umbrella && (await asked.isOurs(address))) {
    log(`${address} is not asked: it is one of ours`);
    return false;
  }
  const role = roleOf(address);
  if (role !== undefined) {
    log(`${address} is not asked: it is ${role}`);
    return false;
  }
  const { requests, requests_sender, requests_list } = site.answers;
  const { windows } = await stateOf(site.home);
  const limits: readonly [string, string, number, number][] = [
    ["asked", keyOf(address), requests, DAY],
    ["asked-by", sourceOf(asked), requests_sender, HOUR],
    ["asked-for", list.address, requests_list, HOUR],
  ];
  // Several questions of one mail count as so many.
  const { name, rest } = asked.request;
  const request = createHash("sha256").update(`${name} ${rest}`).digest("hex");
  const mark = `${id}/${request}`;
  for (const [kind, key, most, window] of limits)
    if ((await windows.note(kind, key, mark, now, window)) >= most) {
      log(`${address} is not asked: ${kind} ${key} has reached ${most}`);
      return false;
    }
  return true;
}

/** Where a request comes from: the client that our MTA took it from, or else the author's domain. */
export function sourceOf(asked: Case): string {
  const [received = ""] = asked.message.header.all("Received");
  const client =
    /[[(]((?:\d{1,3}\.){3}\d{1,3}|(?:IPv6:)?[0-9a-f:]{3,45})[\])]/i;
  const address = client.exec(received)?.[1]?.toLowerCase();
  return address ?? domainOf(callerOf(asked));
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
  // The one in the address first, then the whole one in the subject.
  const read = request.rest
    .split(" ", 2)
    .map((token) => answerIn({ list, keyring }, token, candidates))
    .find(({ kind }) => kind === "ok");
  if (read?.kind !== "ok") return { kind: "unknown" };
  // What has waited for a moderator since is no later for that. Tokens tell the hour.
  const came = Date.parse(envelope.received) || now;
  const { valid } = list.settings.confirm;
  return came - read.time > valid + HOUR ? { kind: "late" } : read;
}
