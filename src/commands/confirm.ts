/**
 * What an address has said yes to is done.
 */
import { daysOf } from "../base/units.ts";
import { type Case, type Reply, sentence } from "./case.ts";
import { answerOf } from "./confirming.ts";
import { change, join, leave } from "./membership.ts";
import { deliveryIn } from "./wishes.ts";

/** @param post does it where the answer is about a post that waits. @param tail of the post's id */
export async function confirm(
  asked: Case,
  post: (tail: string) => Promise<Reply>,
): Promise<Reply> {
  const answer = await answerOf(asked);
  if (answer.kind === "unknown") return unknown(asked);
  if (answer.kind === "late") {
    const { valid } = asked.list.settings.confirm;
    const days = daysOf(valid);
    return {
      kind: "reject",
      reason: await sentence(asked, "token-expired", { days }),
    };
  }
  const { action, address, more } = answer;
  switch (action) {
    case "subscribe":
      return join(asked, address, deliveryIn(more) ?? "posts");
    case "unsubscribe":
      return leave(asked, address, answer.time);
    case "set":
      return change(asked, address, more);
    case "post":
      return post(more);
    case "moderate":
      return unknown(asked);
  }
}

async function unknown(asked: Case): Promise<Reply> {
  return { kind: "reject", reason: await sentence(asked, "token-unknown", {}) };
}
