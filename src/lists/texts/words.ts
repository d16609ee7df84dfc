/**
 * The words that are filled into what listmill says, each with its kind: how a value is bounded, and
 * how numbers are told in the reader's language. Pure.
 */
import { HOUR } from "../../base/units.ts";

/**
 * `line`: text on one line. `lines`: text of several, which stands alone on its line in a text.
 * `days`: a number of days. `span`: milliseconds. `count`: a number. `size`: bytes.
 */
export type Kind = "line" | "lines" | "days" | "span" | "count" | "size";

export interface Word {
  readonly kind: Kind;
  /** For whoever writes texts. */
  readonly about: string;
  readonly sample: string | number | readonly string[];
  /** A text without it would not do. */
  readonly needed?: true;
  /** There may be nothing to fill in; the paragraph is left out then. */
  readonly optional?: true;
}

const word = <const W extends Word>(word: W): W => word;

/** A word whose text would not do without it. */
function needed<W extends Word>(word: W): W & { needed: true } {
  return { ...word, needed: true };
}

/** The same word, for which there may be nothing to fill in. */
export function optional<W extends Word>(word: W): W & { optional: true } {
  return { ...word, optional: true };
}

function line(about: string, sample: string) {
  return word({ kind: "line", about, sample });
}

function lines(about: string, sample: readonly string[]) {
  return needed(word({ kind: "lines", about, sample }));
}

/** An address to write to. */
function door(about: string, extension: string) {
  return needed(line(about, `news-${extension}@lists.example.org`));
}

/** The same with a line more where the answer needs a subject. */
function doorLines(about: string, extension: string) {
  return lines(about, [`news-${extension}@lists.example.org`]);
}

export const address = line("the address that it is about", "anna@example.org");
export const author = line(
  "the address of the post's author",
  "anna@example.org",
);
export const subject = line(
  "the subject of the post; where it has none, the words of word-no-subject",
  "Seed potatoes",
);
export const reply = door("the address to answer to", "confirm+a1b2c3d4");
export const link = optional(
  line(
    "the address of a web page that does the same, where there is one",
    "https://lists.example.org/confirm/a1b2c3d4",
  ),
);
export const days = word({ kind: "days", about: "how long", sample: 3 });
export const changes = needed(
  line("what is changed, in words", "delivery: nomail"),
);
export const join = door("the address for joining", "subscribe");
export const leave = door("the address for leaving", "unsubscribe");
export const help = door("the address that explains all addresses", "help");
export const request = door("the address for commands", "request");
export const owner = line(
  "the address of the owners",
  "news-owner@lists.example.org",
);
export const approve = doorLines(
  "the address that says yes",
  "approve+a1b2c3d4",
);
export const reject = doorLines(
  "the address that says no; what is written there is told",
  "reject+a1b2c3d4",
);
export const discard = doorLines(
  "the address that drops the post",
  "discard+a1b2c3d4",
);
export const free = doorLines(
  "the address that lets the post go, and all later ones of its author",
  "free+a1b2c3d4",
);
export const answer = needed(
  line("the subject", "approve a1b2c3d4e5f6g7h2i3j4k5l6m7n2"),
);
export const reason = needed(
  line("why: one of the reasons below, or a rule's own", "It is too large."),
);
export const reasonLines = lines(
  "why: one of the reasons below, or what a person or a hook has written",
  ["This belongs on the other list."],
);
export const size = word({ kind: "size", about: "how large", sample: 2621440 });
export const most = word({
  kind: "size",
  about: "the largest that is taken",
  sample: 1048576,
});
export const mostCommands = word({
  kind: "count",
  about: "how many are done",
  sample: 10,
});
export const number = line("the number that was asked for", "17");
export const delivery = line(
  "how the posts come, in words",
  "each post as it comes",
);
export const footer = optional(
  word({
    kind: "lines",
    about: "a text of the list's own",
    sample: ["Please be kind to each other."],
  }),
);
export const moderator = line(
  "the address of who has decided",
  "ben@example.org",
);
export const what = needed(line("what was decided, in words", "accepted"));
export const count = word({ kind: "count", about: "how many", sample: 2 });
export const waitingPosts = lines(
  "a few lines a post: date, author, subject, the address that lets it go",
  [
    "2026-11-23  anna@example.org  Seed potatoes",
    "  news-approve+a1b2c3d4@lists.example.org",
  ],
);
export const postCount = word({
  kind: "count",
  about: "how many posts there were",
  sample: 120,
});
export const window = word({
  kind: "span",
  about: "in how long a time",
  sample: HOUR,
});
export const calm = needed(
  line(
    "the command that lets posts go again",
    "listmill list calm news@lists.example.org",
  ),
);
export const how = line("how it came", "by mail");
export const results = lines("each command, and what came of it", [
  "> who",
  "3 members",
]);
export const stopped = optional(
  line(
    "why no more commands were read",
    "Only 10 commands are done a message.",
  ),
);
export const commands = lines("each command, and what it does", [
  "subscribe     join the list",
  "unsubscribe   leave the list",
]);
export const members = lines("their addresses", [
  "anna@example.org",
  "ben@example.org",
]);
export const command = needed(line("the command, as it was written", "who"));
export const recipient = line(
  "the address that the message was for",
  "news@lists.example.org",
);
export const recipients = lines("each address, and what its host said", [
  "gone@example.org",
  "  550 5.1.1 no such user",
]);
export const name = line("the list as people call it", "news");
export const volume = line("the number of the volume", "3");
export const issue = line("the number of the issue in its volume", "17");
export const posts = word({
  kind: "count",
  about: "how many posts are in it",
  sample: 2,
});
export const topics = lines("a line a post: number, subject, author", [
  "1. Seed potatoes (Anna)",
  "2. Re: Seed potatoes (Ben)",
]);
export const attachment = needed(
  line("its name and type", "map.png (image/png)"),
);
export const now = word({
  kind: "count",
  about: "how many would get the post",
  sample: 120,
});
export const last = word({
  kind: "count",
  about: "how many got the post before it",
  sample: 4210,
});
export const probe = word({
  kind: "count",
  about: "which trial it is",
  sample: 1,
});
export const probes = word({
  kind: "count",
  about: "how many trials there are",
  sample: 3,
});
export const missed = optional(
  word({
    kind: "lines",
    about: "posts that were missed: number, subject",
    sample: ["17  Seed potatoes", "18  Re: Seed potatoes"],
  }),
);
export const day = line("the day", "2026-11-25");
export const failed = word({
  kind: "count",
  about: "to how many members mail came back",
  sample: 16,
});
export const of = word({
  kind: "count",
  about: "how many members there are in all",
  sample: 40,
});
export const domain = optional(
  line("the domain that it is about, where it is not the list", "example.org"),
);
export const serverReply = needed(
  line("what a server said", "550 5.7.1 rejected by policy"),
);
export const remove = optional(
  line(
    "the command that removes the member, where that was not done",
    "listmill member remove news@lists.example.org anna@example.org",
  ),
);
export const done = optional(
  line("that the member was removed", "The member was removed."),
);
export const hard = word({
  kind: "count",
  about: "how often mail came back for good",
  sample: 4,
});
export const soft = word({
  kind: "count",
  about: "how often it came back for now",
  sample: 2,
});
export const refused = word({
  kind: "count",
  about: "how often a post was refused for what is in it",
  sample: 1,
});
export const complaints = word({
  kind: "count",
  about: "how many have complained",
  sample: 0,
});
export const show = needed(
  line(
    "the command that shows more",
    "listmill bounces news@lists.example.org",
  ),
);
function people(about: string) {
  const sample = ["anna@example.org  mailbox-full"];
  return optional(word({ kind: "lines", about, sample }));
}
export const standing = people("members with their scores, a line each");
export const suspended = people("who gets no mail from now on");
export const restored = people("who gets mail again");
export const removed = people("who is no member any more");
export const note = optional(
  line("that nothing is done yet", "All of this is only told for now."),
);
export const reports = lines(
  "a few lines a message: when, list, subject, file",
  ["2026-11-25 09:12  news@lists.example.org  Delivery problem"],
);
export const release = needed(
  line("the command that lets the post go", "listmill queue release 1k2j3h4g"),
);
