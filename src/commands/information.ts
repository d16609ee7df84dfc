/**
 * What a list tells of itself: its commands, its questions and answers, its members.
 */
import { type Case, callerOf, type Reply, rosterFor, write } from "./case.ts";
import { decideFor } from "./permission.ts";

/** Members that are told by mail at most. */
const MEMBERS = 5000;

/** Commands that have no use but as the answer to a letter. */
const answers: ReadonlySet<string> = new Set([
  "confirm",
  "approve",
  "reject",
  "discard",
  "free",
]);

export async function help(asked: Case): Promise<Reply> {
  const names = (asked.request.names ?? [])
    .filter((name) => !answers.has(name))
    .sort();
  await write(asked, callerOf(asked), "help", {
    commands: names,
    owner: asked.address("owner"),
    request: asked.address("request"),
  });
  return "";
}

export async function faq(asked: Case): Promise<Reply> {
  await write(asked, callerOf(asked), "faq", { owner: asked.address("owner") });
  return "";
}

export async function who(asked: Case): Promise<Reply> {
  const caller = callerOf(asked);
  const no = await decideFor(asked, "who", caller);
  if (no) return no;
  const roster = rosterFor(asked);
  const members: string[] = [];
  for await (const { address } of roster.members(asked.list.address)) {
    if (members.length >= MEMBERS) {
      members.push("…");
      break;
    }
    members.push(address);
  }
  const count = await roster.count(asked.list.address);
  await write(asked, caller, "who", { count, members });
  return "";
}
