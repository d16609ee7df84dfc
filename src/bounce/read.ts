/**
 * What a mail to the address for bounces says: who did not get which message, why, and whether that
 * will last. Fields for programs count before words; words are read by the rules in rules/. Whatever
 * bytes come, it answers, in bounded time and memory: the first four MiB are read. Of the world it only
 * reads the files that the message lies in; it throws their errors.
 */
import type { Header } from "../mail/header.ts";
import type { Message } from "../mail/message.ts";
import { addressOf } from "./addresses.ts";
import { notificationOf } from "./amazon.ts";
import { complaintOf } from "./arf.ts";
import { Classifier, type Diagnosis, lineOf } from "./classify.ts";
import { byFields } from "./fields.ts";
import { type Letter, letterOf } from "./letter.ts";
import { delayOf, firstNotice, progressOf, vacationOf } from "./notices.ts";
import { opened } from "./open.ts";
import type { Failure, Report } from "./report.ts";
import { addressesOf, returnedHeader, returnedOf } from "./returned.ts";
import { toldBy } from "./text.ts";
import { unique } from "./unique.ts";

export type { Failure, Reason, Report, Returned } from "./report.ts";

/** Throws only the file system's errors. */
export async function readReport(message: Message): Promise<Report> {
  const { header, parts } = await opened(message);
  const letter = letterOf(header, parts);
  const inner = returnedHeader(letter);
  return (
    complaint(letter, inner) ??
    firstNotice(letter) ??
    byFields(letter, inner) ??
    vacationOf(letter) ??
    byWords(letter, inner)
  );
}

function complaint(letter: Letter, inner: Header): Report | undefined {
  const found = complaintOf(letter, inner);
  if (found !== undefined)
    return { kind: "complaint", ...found, returned: returnedOf(letter, inner) };
  const notification = notificationOf(letter);
  if (notification === undefined) return undefined;
  const { type, feedback, isPermanent } = notification;
  if (type === "delivery")
    return { kind: "delivered", why: "a report of success" };
  const returned = returnedOf(letter, inner);
  if (type === "complaint") {
    const recipients = notification.recipients.map(({ address }) => address);
    return { kind: "complaint", feedback, recipients, returned };
  }
  const classifier = new Classifier();
  const failures = notification.recipients.map(
    ({ address, status, diagnosis }): Failure => ({
      recipient: address,
      ...classifier.classify(diagnosis, status || undefined),
      duration: isPermanent ? "permanent" : "temporary",
    }),
  );
  return { kind: "bounce", family: "amazonses", failures, returned };
}

function byWords(letter: Letter, inner: Header): Report {
  const returned = returnedOf(letter, inner);
  const notice = letter.isReport ? progressOf(letter) : undefined;
  if (notice !== undefined && notice.kind !== "delay") return notice;
  const context = letter.lines.join("\n");
  const classifier = new Classifier();
  const told = toldBy(letter, recipientOf(letter, inner));
  const failures = told.map(
    ({ recipient, final, text }): Failure => ({
      recipient,
      ...(final === undefined ? {} : { final }),
      ...shown(
        classifier.classify(
          text,
          undefined,
          // With several recipients the rest may be about another one.
          told.length === 1 || text === "" ? context : "",
        ),
        letter,
      ),
    }),
  );
  if (notice !== undefined) return delayOf(unique(failures));
  if (failures.length === 0 && !letter.isReport)
    return { kind: "unrecognised", returned };
  const family = letter.family?.name ?? "generic";
  return { kind: "bounce", family, failures: unique(failures), returned };
}

/** Where nothing stands at the recipient, the report's own first words are the diagnosis. */
function shown(diagnosis: Diagnosis, letter: Letter): Diagnosis {
  if (diagnosis.text !== "") return diagnosis;
  return { ...diagnosis, text: lineOf(letter.lines.slice(0, 20).join(" ")) };
}

/**
 * For whom the returned message was: the host that it reached last may have noted it, or it was for
 * one only. A post of a list names the list as its recipient.
 */
function recipientOf(letter: Letter, inner: Header): string[] {
  const to = addressesOf(inner.get("To") ?? "");
  const isPost = ["List-Id", "List-Post", "X-BeenThere", "Mailing-List"].some(
    (name) => inner.has(name),
  );
  const ours = new Set(
    [...(isPost ? to : []), ...addressesOf(letter.header.get("To") ?? "")].map(
      (address) => address.toLowerCase(),
    ),
  );
  const noted = inner
    .all("Received")
    .slice(0, 3)
    .map(
      (value) =>
        /\sfor\s+<?([^\s<>;]{1,255}@[^\s<>;]{1,255})/.exec(
          value.slice(0, 2000),
        )?.[1],
    )
    .flatMap((value) => (value === undefined ? [] : (addressOf(value) ?? [])))
    .filter((address) => !ours.has(address.toLowerCase()));
  if (!isPost && to.length === 1) return to;
  return noted.slice(0, 1);
}
