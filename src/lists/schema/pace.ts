/**
 * The settings of how fast mail may leave, of the section [outbound]: see docs/pace.md. Pure.
 */
import { z } from "zod";
import { coverWeek, type Hours, isTimeZone } from "../../base/hours.ts";
import { count, flag, hours, several, textLike } from "../../base/settings.ts";
import { canonicalDomain } from "../../mail/address.ts";
import type { Wrong } from "./fitting.ts";
import { domainName, note } from "./words.ts";

const domain = z.strictObject({
  rate: note(
    count(0, 1e9).prefault(0),
    "Most messages a minute and runner to this domain; 0: no limit of its own.",
  ),
  connections: note(
    count(0, 1000).prefault(0),
    "Most transactions at once, of a runner, that have recipients of this domain; 0: no limit.",
  ),
});

export const pace = {
  shared_rate: note(
    count(0, 1e9).prefault(0),
    "Most messages a minute of all runners of this home together, on all hosts: each gets its share; 0: no limit.",
  ),
  daily: note(
    count(0, 1e9).prefault(0),
    "Most messages in any 24 hours of all runners together; 0: no limit.",
  ),
  quiet: note(
    several(hours()).prefault([]),
    "When nothing is sent, as a clock on the wall shows it; what is due waits.",
  ),
  timezone: note(
    textLike('a time zone such as "Europe/Zurich"', isTimeZone).optional(),
    "Whose clock quiet goes by.",
    { without: "the host's" },
  ),
  adapt: note(
    flag().prefault(true),
    "Whether mail leaves slower while the MTA answers that it is full or busy, or answers late.",
  ),
  domains: note(
    z.record(domainName(), domain).prefault({}),
    "Limits for mail to single domains, a section for each. They count besides the others.",
    { example: ["gmail.com", { rate: 100, connections: 2 }] },
  ),
};

interface Pace {
  readonly connections: number;
  readonly max_repeat: number;
  readonly quiet: readonly Hours[];
  readonly timezone?: string | undefined;
  readonly domains: Readonly<
    Record<string, { readonly rate: number; readonly connections: number }>
  >;
}

export function* wrongInPace(section: Pace): Iterable<Wrong> {
  const { quiet, timezone, domains, connections, max_repeat } = section;
  if (max_repeat !== 0 && max_repeat < connections)
    yield [
      "max_repeat",
      `cannot be kept: each of the ${connections} connections may repeat one; give at least that, or fewer connections`,
    ];
  if (timezone !== undefined && quiet.length === 0)
    yield ["timezone", "is for quiet: set that too, or leave this out"];
  if (coverWeek(quiet))
    yield ["quiet", "leaves no minute of a week in which mail could leave"];
  const known = new Map<string, string>();
  for (const [name, { rate, connections }] of Object.entries(domains)) {
    const canonical = canonicalDomain(name) ?? name;
    const other = known.get(canonical);
    known.set(canonical, name);
    if (other !== undefined)
      yield [["domains", name], `is the same domain as "${other}"`];
    else if (rate === 0 && connections === 0)
      yield [["domains", name], "sets no limit: give rate or connections"];
  }
}
