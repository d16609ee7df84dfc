/**
 * What a list tells of itself: its commands, its questions and answers, its members.
 */
import { LINES } from "../lists/texts/fill.ts";
import { type Case, callerOf, type Reply, rosterFor, write } from "./case.ts";
import { decideFor } from "./permission.ts";
import { answers } from "./words.ts";

/** Members that are told by mail at most, and a line that says there are more. */
const MEMBERS = LINES - 1;

/** How commands are written that take more than their name. */
const usage: Readonly<Record<string, string>> = {
  subscribe: "subscribe, subscribe digest, subscribe nomail",
  set: "set posts, set digest, set digest-plain, set nomail, set vacation until 2026-12-24, set back, set own-copy off, set duplicates off, set acknowledge on, set language de",
  get: "get 5, get 5-10",
  thread: "thread 5",
  index: "index, index 5-60",
  digest: "digest 5",
};

export async function help(asked: Case): Promise<Reply> {
  const names = (asked.request.names ?? [])
    .filter((name) => !answers.has(name))
    .sort()
    .map((name) => usage[name] ?? name);
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

export async function info(asked: Case): Promise<Reply> {
  const owner = asked.address("owner");
  await write(asked, callerOf(asked), "info", { owner });
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
