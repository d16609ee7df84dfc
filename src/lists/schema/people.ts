/**
 * The settings of a list about people: what each may do, what waits for a moderator, and what the
 * list says to them. Pure.
 */
import { z } from "zod";
import {
  choice,
  count,
  delay,
  duration,
  flag,
  kinds,
  several,
  textLike,
} from "../../base/settings.ts";
import { parseRule } from "../policy/rule.ts";
import { address, line, note } from "./words.ts";

/** What there are rules for. */
export const deeds = [
  "post",
  "subscribe",
  "unsubscribe",
  "who",
  "archive",
  "command",
] as const;

export type Deed = (typeof deeds)[number];

/** A line of a policy, kept as it is written. */
const rule = () =>
  z
    .string()
    .superRefine((value, context) => {
      const isLine = line().safeParse(value).success;
      const rule = isLine ? parseRule(value) : { wrong: notLine };
      if ("wrong" in rule)
        context.addIssue({ code: "custom", message: rule.wrong });
    })
    .register(kinds, {
      allowed: 'a rule such as "hold if size > 1MB" (docs/policy.md)',
    });

const notLine = "must be a rule on one line, up to 500 characters";

const lines = () => several(rule()).prefault([]);

export const language = () =>
  textLike('a language such as "en" or "pt-BR"', (value) =>
    /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(value),
  );

/** RFC 3986 as far as mail needs it, with the token in it once. */
function isLink(value: string): boolean {
  const sample = value.replace("{{token}}", "x");
  return (
    sample !== value &&
    /^https?:\/\/[!-~]+$/.test(sample) &&
    !/[<>"{}]/.test(sample) &&
    URL.canParse(sample) &&
    value.length <= 300
  );
}

export const people = {
  policy: note(
    choice("open", "members", "moderated", "announce", "closed").prefault(
      "members",
    ),
    "What people may do, where no line of [rules] decides: open: everybody posts; members: members post, everybody may join; moderated: every post waits for a moderator; announce: only owners, moderators and posters post; closed: members post, a moderator decides who joins, and only members read. Members are those of the roster and those whom the sources bring; owners always may post (docs/policy.md).",
  ),
  others: note(
    choice("reject", "hold", "discard").prefault("reject"),
    "What happens to a post of somebody who may not.",
  ),
  moderators: note(
    several(address()).prefault([]),
    "Who decides about posts and people that wait.",
    { without: "the owners" },
  ),
  rules: note(
    z
      .strictObject({
        post: note(lines(), "Who may post."),
        subscribe: note(lines(), "Who may join."),
        unsubscribe: note(lines(), "Who may leave."),
        who: note(lines(), "Who may see the members."),
        archive: note(lines(), "Who may get posts out of the archive."),
        command: note(lines(), "Who may send any other command."),
      })
      .prefault({}),
    'Own lines before those of the policy; the first that fits decides. Such as "hold if size > 1MB" or "accept if from *@example.org" (docs/policy.md).',
  ),
  moderation: note(
    z
      .strictObject({
        remind: note(
          delay("365d").prefault("1d"),
          "How often moderators are reminded of what waits; 0s: never.",
        ),
        expire: note(
          delay("365d").prefault("0s"),
          "How long a post waits for a moderator at most; 0s: until one decides.",
        ),
        expired: note(
          choice("reject", "discard").prefault("reject"),
          "What becomes of a post that has waited so long.",
        ),
        password: note(
          textLike("what listmill held password prints", (value) =>
            /^scrypt:[\w+/=]+:[\w+/=]+$/.test(value),
          ).optional(),
          "The hash of a password: a post with it in a field Approved is accepted, and the field is taken out.",
          { without: "there is none", secret: true },
        ),
        tell_author: note(
          flag().prefault(true),
          "Whether authors are told that their post waits.",
        ),
      })
      .prefault({}),
    "What waits for a moderator.",
  ),
  flood: note(
    z
      .strictObject({
        posts: note(
          count(0, 1e6).prefault(0),
          "After more posts than this in the window all of them wait for a moderator, until listmill list calm; 0: no limit.",
        ),
        window: note(duration("365d").prefault("1h"), "The window."),
      })
      .prefault({}),
    "When the list stops a flood.",
  ),
  confirm: note(
    z
      .strictObject({
        valid: note(
          duration("365d").prefault("3d"),
          "How long a request to confirm can be answered.",
        ),
        url: note(
          textLike(
            'a URL such as "https://lists.example.org/c/{{token}}", with {{token}} once',
            isLink,
          ).optional(),
          "A link that may be clicked instead of answering.",
          { without: "people answer by mail" },
        ),
      })
      .prefault({}),
    "How people show that an address is theirs.",
  ),
  welcome: note(
    flag().prefault(true),
    "Whether new members get a welcome, and those who leave a goodbye.",
  ),
  tell_owners: note(
    flag().prefault(false),
    "Whether owners are told who joins and leaves.",
  ),
  moved: note(
    address().optional(),
    "The address that the list has now: mail for this one goes there (listmill list rename).",
    { without: "it has not moved" },
  ),
  frozen: note(
    flag().prefault(false),
    "Whether nothing may be posted for now and nobody can join; what is there can be read.",
  ),
  umbrella: note(
    flag().prefault(false),
    "Whether the members are lists: what is for a member, such as a request to confirm, goes to its owners, and posts that come from a list are taken.",
  ),
};
