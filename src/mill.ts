/**
 * Where the engine, which knows queues and hooks, meets the trade, which knows lists and mail.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exit, Failure } from "./base/errors.ts";
import type { Piece } from "./base/pieces.ts";
import { followed } from "./befallen.ts";
import { type Layer, Pipelines } from "./engine/layers.ts";
import type { Emission, Question } from "./engine/question.ts";
import type { Place, Subject, Trade } from "./engine/trade.ts";
import type { Ask } from "./hook.ts";
import type { List, Lists } from "./lists/directory.ts";
import { EVENTS } from "./lists/events.ts";
import { extended } from "./lists/marks.ts";
import type { Site } from "./lists/settings.ts";
import { textFor } from "./lists/texts/texts.ts";
import { domainOf, localOf } from "./mail/address.ts";
import { looksLikeMessage } from "./mail/header.ts";
import { type Message, openMessage } from "./mail/message.ts";
import { type Addressed, addressed, found, reached } from "./receipt/door.ts";
import { introduced } from "./receipt/intake.ts";
import type { Envelope } from "./spool/envelope.ts";
import { secondOf } from "./spool/name.ts";
import { telling } from "./telling.ts";

/** The defaults that come with listmill. */
export const packageHooks = fileURLToPath(
  new URL("../hooks.d", import.meta.url),
);

/** The layers of hooks for a list, or for what belongs to none. */
export function layersOf(
  site: Site,
  list: Pick<List, "domain" | "dir" | "onDemand"> | undefined,
): Layer[] {
  const { home } = site;
  const layers: Layer[] = [{ name: "package", dir: packageHooks }];
  const own = join(home, "hooks.d");
  if (real(own) !== realPackageHooks)
    layers.push({ name: "site", dir: own, home });
  if (list) {
    layers.push({
      name: "domain",
      dir: join(home, "lists", `@${list.domain}`, "hooks.d"),
      home,
    });
    // A list on demand has no folder but its domain's.
    if (!list.onDemand)
      layers.push({ name: "list", dir: join(list.dir, "hooks.d"), home });
  }
  return layers;
}

const realPackageHooks = real(packageHooks);

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Mail as the engine's trade. @param node the runner's name, for hooks */
export function mailTrade(
  site: Site,
  lists: Lists,
  node: string,
): Trade<Message> {
  /** A list is looked up once a message: a change counts from the next one on. */
  const known = new WeakMap<Envelope, Map<string, List>>();
  const pipelines = new Pipelines();
  const listOf = (
    envelope: Envelope,
    name = envelope.list,
  ): List | undefined => {
    if (name === undefined) return undefined;
    const found = known.get(envelope) ?? new Map<string, List>();
    known.set(envelope, found);
    const list = found.get(name) ?? lists.get(name);
    // What has happened to a list can be told when it is gone.
    if (!list && envelope.extension === EVENTS) return undefined;
    if (!list)
      throw new Failure(
        exit.config,
        `the list ${name} is gone: make it again, or drop the entry`,
      );
    found.set(name, list);
    return list;
  };

  return {
    place(envelope, other): Place {
      const list = listOf(envelope, other ?? envelope.list);
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
      const at = (recipient: string) => reached(lists, site, recipient);
      return introduced(message, at, now);
    },

    equip(question: Question<Message>, other): Ask {
      const { envelope } = question;
      const list = listOf(envelope, other ?? envelope.list);
      return {
        ...question,
        site,
        lists,
        list,
        node,
        ours: question.envelope.origin !== "mta",
        address: (extension) => (list ? extended(site, list, extension) : ""),
        isOurs: async (address) =>
          (await found(lists, site, address)) !== undefined,
        text: (name, words) => textFor({ site, list }, name, words).body,
        streams: (prefix) =>
          pipelines.streams(prefix, layersOf(site, list), question.now),
        hooksOf: (queue) =>
          pipelines
            .get(queue, layersOf(site, list), question.now, 0)
            .stages.flatMap(({ hooks }) => hooks),
        later: (reason) => ({ kind: "later", reason }),
        away: (reason, until) => ({ kind: "later", reason, until }),
        reject: (reason) => ({ kind: "reject", reason }),
        hold: (reason, quiet = false) => ({
          kind: "hold",
          reason,
          ...(quiet ? { quiet } : {}),
        }),
        discard: (reason) => ({ kind: "discard", reason }),
        skip: () => ({ kind: "skip" }),
      };
    },

    async emitted(subject, emission, now) {
      const { recipient, outside, sender, asOf } = emission;
      if (emission.queue !== undefined) return streamed(subject, emission, now);
      const list = listOf(subject.envelope);
      const at = outside
        ? undefined
        : (list?.onDemand && doorIn(list, site, lists, recipient)) ||
          (await found(lists, site, recipient));
      return {
        ...followed(subject, now),
        sender: sender ?? (list ? extended(site, list, "bounces") : ""),
        recipient,
        ...(at ? { list: at.list.address, extension: at.extension } : {}),
        ...(asOf === undefined ? {} : { asOf }),
      };
    },

    destination: domainOf,

    distributed(subject, now) {
      const list = listOf(subject.envelope);
      const cadence = subject.queue === "posts" ? list?.settings.cadence : 0;
      return {
        ...(cadence ? { due: secondOf(now + cadence) } : {}),
        envelope: {
          ...followed(subject, now),
          sender: list
            ? extended(site, list, "bounces")
            : subject.envelope.sender,
          recipient: subject.envelope.recipient,
          ...(list ? { list: list.address } : {}),
        },
      };
    },

    ...telling(site, lists, listOf),
  };
}

/** The envelope of what goes straight to a stream of the list at hand. */
function streamed(
  subject: Subject<Message>,
  { queue, recipient, number, ...emission }: Emission,
  now: number,
): Envelope {
  const list = emission.list ?? subject.envelope.list;
  // An event passes where its list is gone.
  const extension = queue === EVENTS ? EVENTS : subject.envelope.extension;
  return {
    ...followed(subject, now),
    sender: "",
    recipient,
    ...(list === undefined ? {} : { list }),
    ...(extension === undefined ? {} : { extension }),
    ...(number === undefined ? {} : { number }),
  };
}

/** The list at hand, where an address is one of its own: a list on demand is not asked for again. */
function doorIn(
  list: List,
  site: Site,
  lists: Lists,
  recipient: string,
): Addressed | undefined {
  const made = addressed(lists, site.delimiters, recipient);
  const local = localOf(recipient).toLowerCase();
  if (made || domainOf(recipient) !== list.domain) return undefined;
  if (local === list.local) return { list, extension: "" };
  const isMine =
    local.startsWith(list.local) &&
    site.delimiters.includes(local.charAt(list.local.length));
  if (!isMine) return undefined;
  return { list, extension: local.slice(list.local.length + 1) };
}
