/**
 * A bounce by the fields of RFC 3464, in their part or, where the MIME is broken, in a text. What has
 * only been delayed, delivered or passed on is none. Pure.
 */
import type { Header } from "../mail/header.ts";
import { Classifier } from "./classify.ts";
import { type Group, groupsOf } from "./dsn.ts";
import { isStatus, type Letter } from "./letter.ts";
import { delayOf } from "./notices.ts";
import type { Failure, Report } from "./report.ts";
import { returnedOf } from "./returned.ts";
import { toldBy } from "./text.ts";
import { unique } from "./unique.ts";

/** Actions by which a recipient has failed; Postfix and SendGrid have words of their own. */
const FAILED = /^(?:failed|failure|undeliverable|expired|bounced?|fail)$/;
const ARRIVED = /^(?:delivered|deliverable|relayed|expanded)$/;

function outcome({ action, status }: Group): "failed" | "delayed" | "arrived" {
  if (FAILED.test(action)) return "failed";
  if (ARRIVED.test(action)) return "arrived";
  if (action.startsWith("delay")) return "delayed";
  return status?.startsWith("2") ? "arrived" : "failed";
}

/** By the fields of RFC 3464, in their part or, where the MIME is broken, in a text. */
export function byFields(letter: Letter, inner: Header): Report | undefined {
  const status = letter.parts.filter(isStatus);
  let groups = status.flatMap((part) => groupsOf(part.text));
  if (groups.length === 0 && letter.isReport)
    groups = letter.parts
      .filter(
        ({ type, text }) =>
          type === "text/plain" && /^Final-Recipient:/im.test(text),
      )
      .flatMap((part) => groupsOf(part.text));
  if (groups.length === 0) return undefined;
  const of = (kind: ReturnType<typeof outcome>) =>
    groups.filter((group) => outcome(group) === kind);
  const failed = of("failed");
  if (failed.length > 0)
    return {
      kind: "bounce",
      family: letter.family?.name ?? "rfc3464",
      failures: failuresOf(letter, failed),
      returned: returnedOf(letter, inner),
    };
  const delayed = of("delayed");
  return delayed.length > 0
    ? delayOf(failuresOf(letter, delayed))
    : arrived(groups);
}

function failuresOf(letter: Letter, groups: readonly Group[]): Failure[] {
  const context = groups.length === 1 ? letter.lines.join("\n") : "";
  const classifier = new Classifier();
  const words = new Words(letter);
  return unique(
    groups.map(({ recipient, final, status, diagnostic }) => ({
      recipient,
      ...(final === undefined ? {} : { final }),
      ...classifier.classify(
        /[a-z]{3}/i.test(diagnostic)
          ? diagnostic
          : `${diagnostic} ${words.about(final ?? recipient)}`.trim(),
        status,
        context,
      ),
    })),
  );
}

/** What the words of a report say of a recipient whose fields have no diagnosis. */
class Words {
  #told: Map<string, string> | undefined;
  readonly #letter: Letter;

  constructor(letter: Letter) {
    this.#letter = letter;
  }

  about(recipient: string): string {
    this.#told ??= new Map(
      toldBy(this.#letter, []).flatMap(({ recipient, final, text }) => [
        [recipient.toLowerCase(), text] as const,
        [(final ?? recipient).toLowerCase(), text] as const,
      ]),
    );
    return this.#told.get(recipient.toLowerCase()) ?? "";
  }
}

function arrived(groups: readonly Group[]): Report {
  return groups.every(({ action }) => /^deliver/.test(action))
    ? { kind: "delivered", why: "a report of success" }
    : { kind: "relayed", why: "a report that it was passed on" };
}
