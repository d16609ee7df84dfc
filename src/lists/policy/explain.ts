/**
 * Why a policy decides as it does: each line up to the one that fits, with what does not hold of it
 * and what there is instead. For people who wonder.
 */
import { DAYS, timeText, wallClock } from "../../base/hours.ts";
import { plural } from "../../base/log.ts";
import type { Deed } from "../schema/people.ts";
import { conditionText, type Test } from "./condition.ts";
import { failing, type Line, linesOf, type Settings } from "./decide.ts";
import type { Facts } from "./facts.ts";

/** What came of a line. */
export interface Outcome extends Line {
  /** The first condition that does not hold; undefined: the line decides. */
  readonly failed: string | undefined;
  /** What there is instead, where that helps. */
  readonly because: string | undefined;
}

/** Every line up to the one that decides. */
export async function explained(
  deed: Deed,
  settings: Settings,
  facts: Facts,
): Promise<Outcome[]> {
  const found: Outcome[] = [];
  for (const line of linesOf(deed, settings)) {
    const condition = await failing(line.rule, facts);
    const failed = condition && conditionText(condition);
    const because = condition && (await instead(condition.test, facts));
    found.push({ ...line, failed, because });
    if (condition === undefined) return found;
  }
  throw new Error(`no line of the policy decides: ${deed}`);
}

/** What there is, for a person who wonders. */
async function instead(test: Test, facts: Facts): Promise<string | undefined> {
  switch (test.is) {
    case "moderated":
    case "free":
    case "suspended": {
      const person = await facts.person();
      return person
        ? `moderation is ${person.moderation ?? "default"}${person.suspended === undefined ? "" : ", suspended"}`
        : "not in the roster";
    }
    case "from":
      return facts.author || "nobody is named";
    case "sender":
      return facts.sender || "the null sender";
    case "subject":
      return facts.subject();
    case "header":
      return facts.fields(test.name).join("; ") || "there is none";
    case "attachment":
      return (
        (await facts.attachments())
          .map(({ type, name }) => (name ? `${type} ${name}` : type))
          .join(", ") || "there is none"
      );
    case "size":
      return plural(facts.size, "byte", "bytes");
    case "recipients":
      return plural(facts.recipients(), "address", "addresses");
    case "posts":
      return `this is number ${(await facts.posts(test.within)) + 1}`;
    case "time": {
      const { weekday, minute } = wallClock(facts.now, facts.timezone);
      return `${DAYS[weekday]} ${timeText(minute)}`;
    }
    case "auth":
    case "result":
      return (
        facts
          .results()
          .map(({ method, result }) => `${method}=${result}`)
          .join(", ") || nothingBelieved(facts)
      );
    case "member":
    case "role":
      return undefined;
  }
}

function nothingBelieved(facts: Facts): string {
  return facts.fields("Authentication-Results").length === 0
    ? "there are no Authentication-Results"
    : "no Authentication-Results are believed: none above the first Received is of authserv_ids";
}
