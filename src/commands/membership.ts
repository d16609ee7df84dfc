/**
 * Joining, leaving and changing one's settings: asked for by anybody, done only once the address
 * itself has said yes. What is asked for an address is told to that address alone, so nobody else
 * gets to know whether it is a member. Done twice it is done once.
 */

import { failpoint } from "../base/failpoint.ts";
import { HOUR } from "../base/units.ts";
import { keyringOf } from "../lists/keyring.ts";
import { stampOf } from "../lists/stamps.ts";
import { canonical, keyOf, parseAddresses } from "../mail/address.ts";
import type { Delivery } from "../state/member.ts";
import {
  actorOf,
  type Case,
  callerOf,
  languagesOf,
  messageIdOf,
  type Reply,
  rosterFor,
  sentence,
  tellOwners,
  write,
  wrong,
} from "./case.ts";
import { askToConfirm } from "./confirming.ts";
import { decideConfirmed, decideFor } from "./permission.ts";
import { changeIn, deliveryIn, textOf } from "./wishes.ts";

/** Whom a command is for: the address in it, or who asks. */
function subjectOf(asked: Case): { address: string; rest: string } {
  const words = asked.request.rest.split(" ");
  const at = words.findIndex((word) => word.includes("@"));
  const [named] = at < 0 ? [] : parseAddresses(words[at] ?? "");
  const rest = words.filter((_, index) => index !== at).join(" ");
  const address = named ? canonical(named.address) : callerOf(asked);
  return { address: address ?? "", rest: rest.trim() };
}

/** `subscribe [digest|nomail …] [ADDRESS]`. */
export async function subscribe(asked: Case): Promise<Reply> {
  const { address, rest } = subjectOf(asked);
  if (address === "") return "";
  const delivery = rest === "" ? "posts" : deliveryIn(rest);
  if (!delivery) return reject(await wrong(asked));
  // What the rules say of somebody else is not told to who asks for him.
  if (keyOf(address) === keyOf(callerOf(asked))) {
    const no = await decideFor(asked, "subscribe", address);
    if (no && no.kind !== "hold") return no;
  }
  await askToConfirm(asked, { action: "subscribe", more: delivery, address });
  return "";
}

/** `unsubscribe [ADDRESS]`, or one click: a stamp tells who it is, and needs no question. */
export async function unsubscribe(asked: Case): Promise<Reply> {
  const { site, list, envelope, now } = asked;
  const keyring = await keyringOf(site.home, { now: () => now });
  const stamp = await stampOf(
    { site, list, keyring },
    envelope.extension ?? "",
  );
  if (stamp?.purpose === "unsubscribe") {
    if (stamp.reading.kind === "ok") return leave(asked, stamp.reading.address);
    return reject(await sentence(asked, "token-unknown", {}));
  }
  const { address } = subjectOf(asked);
  if (address === "") return "";
  await askToConfirm(asked, { action: "unsubscribe", more: "", address });
  return "";
}

/** `set digest`, `set vacation until 2026-12-24` … */
export async function set(asked: Case): Promise<Reply> {
  const { address, rest } = subjectOf(asked);
  if (address === "") return "";
  const change = changeIn(rest, asked.now);
  if (!change) return reject(await wrong(asked));
  const text = textOf(change);
  await askToConfirm(asked, { action: "set", more: text, address }, text);
  return "";
}

/** The address has said that it wants to join. */
export async function join(
  asked: Case,
  address: string,
  delivery: Delivery,
): Promise<Reply> {
  const { list } = asked;
  const roster = rosterFor(asked);
  const no = await decideConfirmed(asked, "subscribe", address);
  if (no?.kind === "hold")
    await write(asked, address, "waits-for-moderator", { address });
  if (no) return no;
  const known = await roster.get(list.address, address);
  // An earlier try of this one may have died behind that.
  const isNew = !known || (await hasDone(asked, "joined", address));
  const help = asked.address("help");
  if (!isNew) await write(asked, address, "already-member", { address, help });
  else {
    const wishes = { delivery, ...nameOf(asked, address) };
    const actor = actorOf(asked);
    const added = await roster.add(list.address, address, wishes, actor);
    failpoint("member-added");
    if (added === "refused") return "";
    await tellOwners(asked, "member-joined", { address, how: "mail" });
    if (list.settings.welcome)
      await write(asked, address, "welcome", {
        address,
        delivery: await sentence(asked, `word-${delivery}`, {}),
        leave: asked.address("unsubscribe"),
        help,
        footer: "",
      });
  }
  return "";
}

/** The name that somebody writes under, where the answer comes from the address itself. */
function nameOf({ message }: Case, address: string): { name?: string } {
  const [author] = parseAddresses(message.header.get("From") ?? "");
  const isTheirs = keyOf(author?.address ?? "") === keyOf(address);
  return isTheirs && author?.name ? { name: author.name } : {};
}

/**
 * The address has said that it wants to leave.
 * @param since when it was asked: who has joined since has not been
 */
export async function leave(
  asked: Case,
  address: string,
  since = Number.POSITIVE_INFINITY,
): Promise<Reply> {
  const { site, list, message } = asked;
  const roster = rosterFor(asked);
  const no = await decideConfirmed(asked, "unsubscribe", address);
  if (no) return no;
  const member = await roster.get(list.address, address);
  // Tokens tell the hour.
  if (member && member.joined >= since + HOUR)
    return reject(await sentence(asked, "token-unknown", {}));
  const languages = await languagesOf(site, list, message, address);
  await roster.remove(list.address, address, actorOf(asked));
  failpoint("member-removed");
  const more = { address, join: asked.address("subscribe") };
  if (member || (await hasDone(asked, "left", address))) {
    await tellOwners(asked, "member-left", { address, how: "mail" });
    if (list.settings.welcome)
      await write(asked, address, "goodbye", more, { languages });
  } else await write(asked, address, "no-member", more);
  return "";
}

/** Whether an earlier try of this mail has done it. */
async function hasDone(
  asked: Case,
  what: "joined" | "left",
  address: string,
): Promise<boolean> {
  const { list, envelope } = asked;
  const received = Date.parse(envelope.received);
  const messageId = messageIdOf(asked);
  for await (const entry of rosterFor(asked).history(list.address, address))
    if (
      entry.what === what &&
      entry.at >= received &&
      (entry.messageId ?? "") === messageId
    )
      return true;
  return false;
}

/** The address has said that it wants a change. @param text as `set` has it */
export async function change(
  asked: Case,
  address: string,
  text: string,
): Promise<Reply> {
  const { list, now } = asked;
  const roster = rosterFor(asked);
  const wanted = changeIn(text, now);
  if (!wanted) return "";
  const actor = actorOf(asked);
  const done = await roster.change(list.address, address, wanted, actor);
  if (done === "absent") {
    const join = asked.address("subscribe");
    await write(asked, address, "no-member", { address, join });
  } else await write(asked, address, "set-done", { address, changes: text });
  return "";
}

function reject(reason: string): Reply {
  return { kind: "reject", reason };
}
