/**
 * Where the engine, which knows queues and hooks, meets the trade, which knows lists and mail.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exit, Failure } from "./base/errors.ts";
import type { Piece } from "./base/pieces.ts";
import type { Layer } from "./engine/layers.ts";
import type { Outcome, Question } from "./engine/question.ts";
import type { Place, Subject, Trade } from "./engine/trade.ts";
import type { Ask } from "./hook.ts";
import type { List, Lists } from "./lists/directory.ts";
import type { Site } from "./lists/settings.ts";
import { keyOf, localOf } from "./mail/address.ts";
import { mailbox } from "./mail/compose.ts";
import { deliveryReport } from "./mail/dsn.ts";
import { looksLikeMessage } from "./mail/header.ts";
import { type Message, openMessage } from "./mail/message.ts";
import { addressed } from "./receipt/door.ts";
import { introduced } from "./receipt/receive.ts";
import type { Envelope } from "./spool/envelope.ts";
import { newId } from "./spool/name.ts";

/** The defaults that come with listmill. */
export const packageHooks = fileURLToPath(
  new URL("../hooks.d", import.meta.url),
);

/** The layers of hooks for a list, or for what belongs to none. */
export function layersOf(
  site: Site,
  list: Pick<List, "domain" | "dir"> | undefined,
): Layer[] {
  const layers: Layer[] = [{ name: "package", dir: packageHooks }];
  const own = join(site.home, "hooks.d");
  if (real(own) !== real(packageHooks)) layers.push({ name: "site", dir: own });
  if (list) {
    layers.push({
      name: "domain",
      dir: join(site.home, "lists", `@${list.domain}`, "hooks.d"),
    });
    layers.push({ name: "list", dir: join(list.dir, "hooks.d") });
  }
  return layers;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The list's address with an extension, `LIST-owner@domain`, by the site's first delimiter. */
export function extended(site: Site, list: List, extension: string): string {
  const delimiter = site.delimiters.charAt(0) || "-";
  return `${list.local}${delimiter}${extension}@${list.domain}`;
}

/** Mail as the engine's trade. @param node the runner's name, for hooks */
export function mailTrade(
  site: Site,
  lists: Lists,
  node: string,
): Trade<Message> {
  const listOf = (envelope: Envelope): List | undefined => {
    if (envelope.list === undefined) return undefined;
    const list = lists.get(envelope.list);
    if (list) return list;
    throw new Failure(
      exit.config,
      `the list ${envelope.list} is gone: make it again, or drop the entry`,
    );
  };

  return {
    place(envelope): Place {
      const list = listOf(envelope);
      return {
        layers: layersOf(site, list),
        environment: {
          LISTMILL_HOME: site.home,
          ...(list
            ? {
                LISTMILL_LIST: list.address,
                LISTMILL_LIST_DIR: list.dir,
                ...list.environment,
              }
            : {}),
        },
        observe: [...site.hooks.observe, ...(list?.settings.observe ?? [])],
      };
    },

    async open(pieces: readonly Piece[]) {
      const message = await openMessage(pieces, site.limits.header);
      return looksLikeMessage(message.header) || message.headerTooLarge
        ? message
        : { noMessage: "it has no header field" };
    },

    introduce(message, now) {
      return introduced(
        message,
        (recipient) => addressed(lists, site.delimiters, recipient),
        now,
      );
    },

    equip(question: Question<Message>): Ask {
      const list = listOf(question.envelope);
      return {
        ...question,
        site,
        lists,
        list,
        node,
        ours: question.envelope.origin !== "mta",
        address: (extension) => (list ? extended(site, list, extension) : ""),
        later: (reason) => ({ kind: "later", reason }),
        reject: (reason) => ({ kind: "reject", reason }),
        hold: (reason) => ({ kind: "hold", reason }),
        discard: (reason) => ({ kind: "discard", reason }),
        skip: () => ({ kind: "skip" }),
      };
    },

    emitted(subject, recipient, now) {
      const found = addressed(lists, site.delimiters, recipient);
      const list = listOf(subject.envelope);
      return {
        ...followed(subject, now),
        sender: list ? extended(site, list, "bounces") : "",
        recipient,
        ...(found
          ? { list: found.list.address, extension: found.extension }
          : {}),
      };
    },

    distributed(subject, now) {
      const list = listOf(subject.envelope);
      return {
        envelope: {
          ...followed(subject, now),
          sender: list
            ? extended(site, list, "bounces")
            : subject.envelope.sender,
          recipient: subject.envelope.recipient,
          ...(list ? { list: list.address } : {}),
        },
        portion: site.outbound.portion,
      };
    },

    async refused(subject, reason, now) {
      if (!mayBeTold(subject, lists, site)) return undefined;
      const { sender, recipient } = subject.envelope;
      const list = listOf(subject.envelope);
      return {
        queue: "outbound",
        envelope: {
          ...followed(subject, now),
          sender: "",
          recipient: sender,
          ...(list ? { list: list.address } : {}),
        },
        recipients: [sender],
        content: [
          report(site, list, subject, now, {
            to: sender,
            subject: `Your message to ${recipient} was not accepted`,
            reason: `Your message to ${recipient} was not accepted:\n\n  ${reason}`,
            failed: [{ address: recipient, status: "5.7.1", reply: reason }],
          }),
        ],
      };
    },

    async undeliverable(subject, failed, now) {
      const { sender } = subject.envelope;
      if (sender === "") return undefined;
      const list = listOf(subject.envelope);
      return {
        queue: "incoming",
        envelope: {
          ...followed(subject, now),
          sender: "",
          recipient: sender,
          ...(list ? { list: list.address, extension: "bounces" } : {}),
        },
        content: [
          report(site, list, subject, now, {
            to: sender,
            subject: "Delivery failed for some recipients",
            reason: "The message could not be delivered to these recipients:",
            failed: failed.map(({ address, reply }) => ({
              address,
              status: statusOf(reply),
              reply,
            })),
          }),
        ],
      };
    },
  };
}

/** What every message that follows from another one has in common. */
function followed(
  subject: Subject,
  now: number,
): Pick<Envelope, "origin" | "received" | "history"> {
  return {
    origin: `${subject.queue}/${subject.id}`,
    received: new Date(now).toISOString(),
    history: [],
  };
}

/**
 * Whether the sender of a refused message may get an answer: never the null sender, another
 * robot or list (RFC 3834), or one of our own addresses.
 */
function mayBeTold(
  { envelope, message }: Subject<Message>,
  lists: Lists,
  site: Site,
): boolean {
  const { header } = message;
  if (envelope.sender === "" || envelope.origin !== "mta") return false;
  if ((header.get("Auto-Submitted") ?? "no").trim().toLowerCase() !== "no")
    return false;
  if (/^\s*(bulk|list|junk)\b/i.test(header.get("Precedence") ?? ""))
    return false;
  if (header.has("List-Id") || header.has("List-Post")) return false;
  const robot =
    /^(mailer-daemon|postmaster|noreply|no-reply|.*-(request|owner|bounces))$/;
  if (robot.test(keyOf(localOf(envelope.sender)))) return false;
  return addressed(lists, site.delimiters, envelope.sender) === undefined;
}

interface Told {
  readonly to: string;
  readonly subject: string;
  readonly reason: string;
  readonly failed: readonly {
    address: string;
    status: string;
    reply: string;
  }[];
}

function report(
  site: Site,
  list: List | undefined,
  subject: Subject<Message>,
  now: number,
  told: Told,
): Buffer {
  const from = list
    ? extended(site, list, "owner")
    : `postmaster@${site.hostname}`;
  return deliveryReport({
    reportingHost: site.hostname,
    from: mailbox(from, list ? `The list ${list.local}` : "The lists"),
    to: mailbox(told.to),
    subject: told.subject,
    reason: told.reason,
    recipients: told.failed.map((each) => ({
      ...each,
      action: "failed" as const,
    })),
    original: subject.message,
    date: new Date(now),
    id: newId(now),
  });
}

/** The enhanced status code of a reply, RFC 3463. */
function statusOf(reply: Outcome["reply"]): string {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1] ?? "5.0.0";
}
