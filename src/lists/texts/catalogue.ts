/**
 * All that listmill says to people, by name: what each text is for, and the words that are filled in.
 * A mail has a Subject; a sentence has none and stands inside of other texts. Every text may have
 * {{list}} and {{description}} besides. Pure.
 */
import * as w from "./words.ts";

/** What a text is for, and its words. */
export interface Entry {
  readonly mail: boolean;
  readonly about: string;
  readonly words: Readonly<Record<string, w.Word>>;
}

type Given = Readonly<Record<string, w.Word>>;

function mail<W extends Given>(about: string, words: W) {
  return { mail: true, about, words };
}

function sentence<W extends Given = Record<never, w.Word>>(
  about: string,
  words: W = {} as W,
) {
  return { mail: false, about, words };
}

const { address, author, command, days, join, owner, reply, subject } = w;
const { approve, changes, discard, help, link, most, reason, reject } = w;

export const catalogue = {
  "confirm-subscribe": mail(
    "asks an address whether it wants to join; quotes nothing of the request",
    { address, reply, link, days },
  ),
  "confirm-unsubscribe": mail("asks an address whether it wants to leave", {
    address,
    reply,
    link,
    days,
  }),
  "confirm-set": mail("asks an address whether it wants to change settings", {
    address,
    changes,
    reply,
    link,
    days,
  }),
  "confirm-post": mail("asks the author whether a post is from there", {
    subject,
    reply,
    discard,
    days,
  }),
  welcome: mail("greets a new member", {
    address,
    delivery: w.delivery,
    leave: w.leave,
    help,
    footer: w.footer,
  }),
  goodbye: mail("to who has left", { address, join }),
  "already-member": mail("to a member who has confirmed to join again", {
    address,
    help,
  }),
  "no-member": mail(
    "to an address for which leaving or a change was asked, and that is no member",
    { address, join },
  ),
  "waits-for-moderator": mail("to who wants to join, and has to wait", {
    address,
  }),
  "moderate-post": mail("asks the moderators about a post, which is attached", {
    subject,
    author,
    size: w.size,
    reason,
    approve,
    reject,
    discard,
    free: w.free,
    days: w.optional(days),
  }),
  "moderate-subscription": mail("asks the moderators who may join", {
    address,
    approve,
    reject,
  }),
  "moderate-leaving": mail("asks the moderators who may leave", {
    address,
    approve,
    reject,
  }),
  "moderate-answered": mail("tells moderators that another one has decided", {
    subject,
    moderator: w.moderator,
    what: w.what,
  }),
  "moderate-gone": mail("to a moderator whose answer came too late", {
    subject,
  }),
  "moderate-reminder": mail("tells the moderators what still waits", {
    count: w.count,
    posts: w.waitingPosts,
  }),
  acknowledged: mail("tells the author that a post has gone out", {
    subject,
    request: w.request,
  }),
  "post-waits": mail("tells the author that a post waits", { subject, reason }),
  "post-rejected": mail("tells the author that a moderator has said no", {
    subject,
    reason: w.reasonLines,
  }),
  "post-expired": mail("tells the author that nobody has decided in time", {
    subject,
    days,
  }),
  flood: mail("tells the owners that posts wait, for there were too many", {
    posts: w.postCount,
    window: w.window,
    calm: w.calm,
  }),
  "member-joined": mail("tells the owners of a new member", {
    address,
    how: w.how,
  }),
  "member-left": mail("tells the owners of one who has left", {
    address,
    how: w.how,
  }),
  results: mail("answers a message with commands", {
    results: w.results,
    stopped: w.stopped,
  }),
  help: mail("answers the command help", {
    commands: w.commands,
    owner,
    request: w.request,
  }),
  faq: mail("answers the command faq", { owner }),
  who: mail("answers the command who", { count: w.count, members: w.members }),
  info: mail("answers the command info", { owner }),
  "set-done": mail("tells a member what has been changed", {
    address,
    changes,
  }),
  "not-allowed": mail("to who may not do what was asked for", {
    command,
    reason,
  }),
  failed: mail("something went wrong here, and the postmaster is told", {
    subject,
  }),
  rejected: mail("to the sender of a message that was not taken", {
    recipient: w.recipient,
    reason: w.reasonLines,
  }),
  undeliverable: mail("to the sender of a message that did not reach all", {
    recipients: w.recipients,
  }),
  digest: mail("an issue of the digest, the page before its posts", {
    name: w.name,
    volume: w.volume,
    number: w.issue,
    posts: w.posts,
    topics: w.topics,
  }),
  shrunk: mail("tells the owners that a post waits, for too few would get it", {
    subject,
    now: w.now,
    last: w.last,
    release: w.release,
  }),
  "no-recipients": mail(
    "tells the owners that a post waits, for nobody would get it",
    { subject, release: w.release },
  ),
  "bounce-probe": mail(
    "to a member whose mail came back, and who gets none but this for now",
    {
      address,
      reason: w.reason,
      number: w.probe,
      most: w.probes,
      days,
      posts: w.missed,
    },
  ),
  "bounce-restored": mail("to a member who gets mail again", {
    address,
    posts: w.missed,
  }),
  "bounce-removed": mail("to who was removed, for mail came back too long", {
    address,
    reason: w.reason,
    join,
    posts: w.missed,
  }),
  "bounce-summary": mail("tells the owners what came back on a day", {
    day: w.day,
    hard: w.hard,
    soft: w.soft,
    refused: w.refused,
    complaints: w.complaints,
    members: w.standing,
    suspended: w.suspended,
    restored: w.restored,
    removed: w.removed,
    note: w.note,
    show: w.show,
  }),
  "bounce-warning": mail("tells the owners that mail to many came back", {
    day: w.day,
    failed: w.failed,
    of: w.of,
    domain: w.domain,
  }),
  "bounce-halted": mail(
    "tells the owners that mail to so many came back that none of them is judged",
    { day: w.day, failed: w.failed, of: w.of, domain: w.domain },
  ),
  "bounce-refused": mail("tells the owners of a post that many refused", {
    subject,
    count: w.count,
    reply: w.serverReply,
  }),
  "bounce-complaint": mail(
    "tells the owners that a reader has called a post unwanted",
    { address, subject, done: w.done, remove: w.remove },
  ),
  "bounce-unread": mail(
    "tells whoever looks after the site what came back and is not understood",
    { count: w.count, reports: w.reports },
  ),

  "bounce-no-such-user": sentence("the address is not there"),
  "bounce-disabled": sentence("the address takes no mail"),
  "bounce-full": sentence("the mailbox is full"),
  "bounce-unreachable": sentence("the mail server could not be reached"),
  "bounce-other": sentence("the mail server said nothing else that is known"),
  "bounce-complaint-done": sentence("the member was removed"),
  "bounce-quiet": sentence("nothing is done yet, and all is only told"),
  "reason-not-member": sentence("only members may post", { author }),
  "reason-not-owner": sentence("only owners may", { author }),
  "reason-moderated": sentence("every post waits"),
  "reason-watched": sentence("the posts of this author wait", { author }),
  "reason-size": sentence("the post is too large", { size: w.size, most }),
  "reason-header-size": sentence("its header is too large", { most }),
  "reason-loop": sentence("it has been through the list already"),
  "reason-bounce": sentence("it tells of mail that was not delivered"),
  "reason-automatic": sentence("no person has written it"),
  "reason-no-list": sentence("there is no such list", { address }),
  "reason-no-address": sentence("there is no such address", { address }),
  "reason-outside": sentence("mail does not come in for it", { address }),
  "reason-frozen": sentence("the list takes no posts and no new members"),
  "reason-flood": sentence("too many posts came at once"),
  "reason-echo": sentence("too many posts of one author came at once", {
    author,
  }),
  "reason-moderators": sentence("the moderators have said no, and not why"),
  "reason-undecided": sentence("nobody has decided in time"),
  "reason-unconfirmed": sentence("the author was asked, and has not answered"),
  "reason-policy": sentence("a rule of the list says so"),
  "unknown-command": sentence("there is no such command", { command, help }),
  "wrong-command": sentence("a command that is not as it should be", {
    command,
    help,
  }),
  "no-post": sentence("there is no such post in the archive", {
    number: w.number,
  }),
  "too-many-commands": sentence("the message has too many commands", {
    most: w.mostCommands,
  }),
  "digest-cut": sentence("in a plain digest, where a post is cut"),
  "digest-attachment": sentence("in a plain digest, for what is not text", {
    attachment: w.attachment,
    size: w.size,
  }),
  "answer-subject": sentence("the subject that an answer needs", {
    answer: w.answer,
  }),
  "token-expired": sentence("an answer that came too late", { days }),
  "token-unknown": sentence("an answer to a question that was not asked"),
  "word-posts": sentence("a delivery"),
  "word-digest-mime": sentence("a delivery"),
  "word-digest-plain": sentence("a delivery"),
  "word-nomail": sentence("a delivery"),
  "word-accepted": sentence("what was decided about a post"),
  "word-rejected": sentence("what was decided about a post"),
  "word-discarded": sentence("what was decided about a post"),
  "word-freed": sentence("what was decided about a post"),
  "word-expired": sentence("what became of a post"),
  "word-no-subject": sentence("in place of a subject where there is none"),
} as const satisfies Record<string, Entry>;

export type TextName = keyof typeof catalogue;

export const textNames = Object.keys(catalogue) as readonly TextName[];

/** What every text may have. */
export const common = ["list", "description"] as const;

/** The words of a text, and what every text may have. */
export function wordsOf(name: TextName): Readonly<Record<string, w.Word>> {
  return catalogue[name].words;
}

export function isTextName(name: string): name is TextName {
  return Object.hasOwn(catalogue, name);
}

type Filling<W extends w.Word> = W["kind"] extends "lines"
  ? string | readonly string[]
  : string | number;

type WordsIn<N extends TextName> = (typeof catalogue)[N]["words"];

/** What is to be filled into a text: all of its words, but for optional ones. */
export type Words<N extends TextName> = N extends TextName
  ? {
      readonly [K in keyof WordsIn<N> as WordsIn<N>[K] extends {
        optional: true;
      }
        ? never
        : K]: WordsIn<N>[K] extends w.Word ? Filling<WordsIn<N>[K]> : never;
    } & {
      readonly [K in keyof WordsIn<N> as WordsIn<N>[K] extends {
        optional: true;
      }
        ? K
        : never]?: WordsIn<N>[K] extends w.Word
        ? Filling<WordsIn<N>[K]>
        : never;
    }
  : never;
