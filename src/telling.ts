/**
 * What people are told of their mail: the answer to their requests, that it was refused, or held, or
 * did not reach all. The part of the trade that writes letters.
 */

import { DAY } from "./base/units.ts";
import { befallen, followed } from "./befallen.ts";
import { answerTo } from "./commands/answer.ts";
import { languagesOf, mayBeQuoted } from "./commands/case.ts";
import { commandsIn } from "./commands/read.ts";
import type { Subject, Trade } from "./engine/trade.ts";
import type { List, Lists } from "./lists/directory.ts";
import { mayBeWritten } from "./lists/limits.ts";
import { extended } from "./lists/marks.ts";
import type { Site } from "./lists/settings.ts";
import { stateOf } from "./lists/state.ts";
import { domainOf, keyOf } from "./mail/address.ts";
import { authorOf, type Message } from "./mail/message.ts";
import { addressed, found } from "./receipt/door.ts";
import { failureReport, rejection, whySilent } from "./receipt/notice.ts";
import type { Envelope } from "./spool/envelope.ts";
import { newId } from "./spool/name.ts";

type Told =
  | "requests"
  | "answered"
  | "held"
  | "befallen"
  | "refused"
  | "undeliverable";

/** Queues of which moderators decide about what is held. */
const moderated: ReadonlySet<string> = new Set(["posts", "commands"]);

/** @param listOf the list of an envelope */
export function telling(
  site: Site,
  lists: Lists,
  listOf: (envelope: Envelope) => List | undefined,
): Pick<Trade<Message>, Told> {
  const about = (
    { message }: Subject<Message>,
    list: List | undefined,
    now: number,
  ) => ({ site, list, original: message, date: new Date(now), id: newId(now) });

  return {
    requests: (message, envelope, names) =>
      commandsIn(message, envelope.extension ?? "", site.delimiters, names),

    async answered(subject, answers, now, say) {
      const { envelope, message, id } = subject;
      const list = listOf(envelope);
      const to = authorOf(message.header) ?? envelope.sender;
      if (!list || to === "") return [];
      const languages = await languagesOf(site, list, message, to);
      const content = answerTo(
        { site, list, now, id },
        { address: to, languages },
        answers,
        message.header.get("Message-ID"),
        await mayBeQuoted(site, list, envelope.sender, to),
      );
      if (!content) return [];
      const occasion = { site, list, id, now, log: say };
      if (!(await mayBeWritten(occasion, to, "results"))) return [];
      return [
        {
          queue: "outbound",
          envelope: {
            ...followed(subject, now),
            sender: "",
            recipient: to,
            list: list.address,
          },
          recipients: [to],
          content,
        },
      ];
    },

    async held(subject, { where, reason }, now) {
      const list = listOf(subject.envelope);
      if (!list || !moderated.has(subject.queue)) return undefined;
      const at = new Date(now).toISOString();
      return {
        queue: "moderators",
        envelope: {
          ...followed(subject, now),
          sender: subject.envelope.sender,
          recipient: extended(site, list, "moderators"),
          list: list.address,
          extension: "moderators",
          history: [{ at, where, what: "held", reason }],
        },
        content: [],
      };
    },

    befallen: (subject, end, now) => befallen(site, listOf, subject, end, now),

    async refused(subject, reason, now, foreseen = false) {
      const isOurs = (address: string) =>
        addressed(lists, site.delimiters, address) !== undefined ||
        lists.domain(domainOf(address)) !== undefined;
      const silence = whySilent(
        subject.envelope,
        subject.message.header,
        isOurs,
      );
      if (silence !== undefined) return { silence };
      const { sender, recipient } = subject.envelope;
      const list = listOf(subject.envelope);
      const { windows } = await stateOf(site.home);
      const key = keyOf(sender);
      const { a_day } = site.answers;
      const others = foreseen
        ? await windows.count("answer", key, now - DAY)
        : await windows.note("answer", key, subject.id, now, DAY);
      if (others >= a_day)
        return { silence: `it has had ${others} answers today` };
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
          rejection(
            { ...about(subject, list, now), to: sender },
            recipient,
            reason,
          ),
        ],
      };
    },

    async undeliverable(subject, failed, now) {
      const { sender } = subject.envelope;
      if (sender === "") return undefined;
      // A letter of a list to a person is none of the list's entries.
      const own = listOf(subject.envelope);
      const isPost = own && sender === extended(site, own, "bounces");
      const at = isPost ? undefined : await found(lists, site, sender);
      const list = own ?? at?.list;
      const extension = at?.extension || "bounces";
      return {
        queue: "incoming",
        envelope: {
          ...followed(subject, now),
          sender: "",
          recipient: sender,
          ...(list ? { list: list.address, extension } : {}),
        },
        content: [
          failureReport({ ...about(subject, list, now), to: sender }, failed),
        ],
      };
    },
  };
}
