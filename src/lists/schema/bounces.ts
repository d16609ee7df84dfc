/**
 * The settings about mail that comes back: when a member is judged by it, and what is done then.
 * Pure.
 */
import { z } from "zod";
import {
  choice,
  count,
  delay,
  duration,
  flag,
  several,
} from "../../base/settings.ts";
import { bouncehandler } from "./bouncehandler.ts";
import { address, note } from "./words.ts";

/** Those of a list. */
export const bounces = z.strictObject({
  action: note(
    choice("remove", "suspend", "log").prefault("remove"),
    "What is done about a member whose mail comes back for good: remove: no mail, some trials, and when these come back too the member is removed; suspend: the same without the end; log: only the log and the owners' summary tell.",
  ),
  log_only: note(
    delay("3650d").prefault("30d"),
    "How long after the first bounce of this home nothing is done and all is only told; 0s: not at all.",
  ),
  threshold: note(
    count(1, 1000).prefault(5),
    "The score from which on something is done: a day on which mail came back for good counts 1, one on which it came back for now a half.",
  ),
  days: note(
    count(1, 365).prefault(3),
    "On so many days, at least, it must have come back,",
  ),
  posts: note(
    count(1, 365).prefault(3),
    "and so many posts, whatever the score.",
  ),
  stale: note(
    duration("365d").prefault("7d"),
    "After so long without one, what came back before counts for nothing.",
  ),
  half_life: note(
    duration("3650d").prefault("14d"),
    "After so long a day counts half.",
  ),
  unsigned: note(
    flag().prefault(true),
    "Whether reports count that came to an address which anybody can make up, LIST-bounces@ without a signature.",
  ),
  probes: note(
    count(1, 100).prefault(3),
    "How many trials are sent to a member who gets no mail.",
  ),
  probe_every: note(
    duration("365d").prefault("7d"),
    "How long after a trial that came back the next one is sent.",
  ),
  arrived: note(
    duration("365d").prefault("6d"),
    "A trial that has not come back after so long has arrived; mail systems try for five days before they give up.",
  ),
  warn: note(
    count(1, 100).prefault(30),
    "Where mail to so many of a hundred members of the list, or of one domain, comes back on one day, the owners are told:",
  ),
  halt: note(
    count(1, 100).prefault(50),
    "from so many on it is taken for trouble on the way: nobody is judged by that day, and nothing is done on it. Fewer than 10 members never are so many.",
  ),
  summary: note(
    flag().prefault(true),
    "Whether the owners get a summary after each day on which mail came back.",
  ),
});

/** Those of a site. */
export const siteBounces = z.strictObject({
  jobs: note(
    count(1, 1000).prefault(1),
    "Bounces that a runner works on at once, however many come: posts and commands go on beside them.",
  ),
  judged: note(
    duration("365d").prefault("3d"),
    "How old the return path of a bounce may be for the member to be judged by it;",
  ),
  recorded: note(
    duration("365d").prefault("30d"),
    "and for the bounce to be noted at all.",
  ),
  keep: note(
    duration("3650d").prefault("60d"),
    "How long reports are kept, and what is noted of them.",
  ),
  unrecognised_notify: note(
    several(address()).prefault([]),
    "Who gets what came to the bounces and nobody understood: in one mail a day.",
  ),
  bouncehandler,
});
