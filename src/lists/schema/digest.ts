/** The settings of the digests of a list, of the section [digest]: see docs/digests.md. Pure. */
import { z } from "zod";
import { isTimeZone } from "../../base/hours.ts";
import {
  choice,
  count,
  delay,
  flag,
  sizeOrNone,
  type Table,
  textLike,
} from "../../base/settings.ts";
import { parseTimes } from "../../base/timetable.ts";
import { note } from "./words.ts";

/** How often a volume begins. */
export const frequencies = [
  "never",
  "yearly",
  "quarterly",
  "monthly",
  "weekly",
  "daily",
] as const;

export type Frequency = (typeof frequencies)[number];

export const digest = z.strictObject({
  enabled: note(flag().prefault(true), "Whether there are digests."),
  posts: note(
    count(0, 10_000).prefault(20),
    "A digest goes out with this many posts; 0: whatever their number. Where times are set with at, 0 without it,",
  ),
  size: note(
    sizeOrNone().prefault("256KB"),
    "or with posts of this size together; 0: of limits.message of the site, 10 MB at most. Where times are set with at, 0 without it,",
  ),
  age: note(
    delay("365d").prefault("24h"),
    'or when its oldest post is this old; "0s": however old. Where times are set with at, "0s" without it,',
  ),
  at: note(
    textLike(
      'times such as "08:00", "mon-fri 08:00,18:00; sat 10:00", or a line of cron such as "0 8 1 * *"; or ""',
      (text) => text === "" || parseTimes(text) !== undefined,
    ).prefault(""),
    "or at these times, if there is a post for it.",
  ),
  timezone: note(
    textLike('a time zone such as "Europe/Zurich"', isTimeZone).optional(),
    "Whose clock at and volume go by.",
    { without: "the host's" },
  ),
  volume: note(
    choice(...frequencies).prefault("never"),
    "How often a new volume begins, in which issues are counted from 1 again.",
  ),
});

/** What holds without being set where digests go out at fixed times: then only at these. */
export const timed: Table = { posts: 0, size: 0, age: "0s" };

export type DigestSettings = z.output<typeof digest>;
