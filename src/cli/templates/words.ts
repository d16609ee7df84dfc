/**
 * What a new hook's first lines say of its verb, whatever the language. Pure.
 */
import type { Verb } from "../../engine/layers.ts";

export const asked: Readonly<Record<Verb, readonly string[]>> = {
  approve: [
    "Asked: may this message pass? The exit code says it, and the first line printed is the reason:",
    "0 pass, 75 later, 77 reject, 80 hold for a moderator, 81 discard, 99 pass and skip the stage.",
  ],
  route: [
    "Asked: which queue is this message for? The first hook that prints a queue's name wins;",
    "printing nothing leaves it to the next one.",
  ],
  edit: [
    "Asked to change the message: it is read from stdin, and the new one printed, whole.",
    "Printing nothing leaves it as it is.",
  ],
  recipients: [
    "Asked: who gets this message? Addresses are printed, one a line, and added to the others.",
    "Exit code 75 where they cannot be had: then the message waits, and nobody is left out.",
  ],
  refine: [
    "Given the distribution list on stdin, an address a line; what is printed takes its place.",
    "Nothing printed is an empty list.",
  ],
  emit: [
    "Asked: what else follows from this message? New messages are written to",
    "$LISTMILL_EMIT/RECIPIENT/NAME: a folder called as the address, and any file name in it.",
  ],
  deliver: [
    "Asked to bring the message on stdin to the addresses in the file $LISTMILL_RECIPIENTS. A line",
    "for each is printed: address TAB sent, later or never TAB reply. Of whom nothing is said, the",
    "next hook is asked, or they are tried again.",
  ],
  answer: [
    "Asked for by mail to LIST-request@, by the name of this file without its number: what is printed",
    "is the answer. The rest of the line is in LISTMILL_ARGUMENTS. It may be asked twice, after a crash.",
  ],
  consume: [
    "Given the message to do something with it. It may be asked twice about one message, after a",
    "crash: name what you make by LISTMILL_ID. With LISTMILL_TRIAL set it should leave nothing.",
  ],
};

/** The same for a hook that is a function: what it returns. */
export const returned: Readonly<Record<Verb, string>> = {
  approve: "May this message pass? Returns nothing (it may) or a verdict.",
  route:
    "Which queue is it for? Returns its name, or nothing to leave it to the next hook.",
  edit: "Returns the new message, or nothing to leave it as it is.",
  recipients:
    "Who gets it? Returns addresses, which are added to the others, or nothing.",
  refine: "Returns the new distribution list, or nothing to leave it as it is.",
  emit: "What else follows from it? Calls emit for each new message.",
  deliver:
    "Brings it to its recipients. Returns what became of them; of whom nothing is said, the next hook is asked.",
  answer:
    "Asked for by mail to LIST-request@, by the name of this file. Returns the text of the answer.",
  consume:
    "Does something with the message. It may be asked twice about one, after a crash.",
};
