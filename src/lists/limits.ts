/**
 * How much a list writes by itself: so many letters a day to an address (RFC 3834), so many questions
 * to an address, on behalf of a sender, and for a list. Who is suppressed gets none. Counted in the
 * state, over all hosts; what is asked again for the same entry counts once.
 */
import { createHash } from "node:crypto";
import { DAY, HOUR } from "../base/units.ts";
import { domainOf, keyOf } from "../mail/address.ts";
import type { Header } from "../mail/header.ts";
import { roleOf } from "../mail/roleAddress.ts";
import type { List } from "./directory.ts";
import { isSuppressed } from "./refine/suppress.ts";
import type { Site } from "./settings.ts";
import { stateOf } from "./state.ts";

/** On what occasion something would be written. */
export interface Occasion {
  readonly site: Pick<Site, "home" | "answers">;
  readonly list: Pick<List, "address" | "dir">;
  /** Of the entry; the same in every try. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Only tried out: nothing is counted. */
  readonly trial?: boolean;
  log(text: string): void;
}

/**
 * Whether an address may get one more letter today; the log says why not.
 * @param which tells the letters of an entry apart
 */
export async function mayBeWritten(
  occasion: Occasion,
  address: string,
  which: string,
): Promise<boolean> {
  const { site, id, log } = occasion;
  const most = site.answers.a_day;
  const limit = { kind: "answer", key: keyOf(address), most, window: DAY };
  const full = await reached(occasion, [limit], `${id}/${which}`);
  const why = full
    ? `it has had ${most} today (answers.a_day)`
    : await whyNever(occasion, address);
  if (why === undefined) return true;
  log(`${address} gets no letter: ${why}`);
  return false;
}

/**
 * Whether an address may be sent a question that somebody has caused; the log says why not.
 * @param from where the cause came from, as `sourceOf` tells it
 * @param which tells the questions of an entry apart
 */
export async function mayBeAsked(
  occasion: Occasion,
  address: string,
  from: string,
  which: string,
): Promise<boolean> {
  const { site, list, id, log } = occasion;
  const { requests, requests_sender, requests_list } = site.answers;
  const role = roleOf(address);
  const full =
    role === undefined
      ? await reached(
          occasion,
          [
            {
              kind: "asked-by",
              key: from,
              most: requests_sender,
              window: HOUR,
            },
            {
              kind: "asked-for",
              key: keyOf(list.address),
              most: requests_list,
              window: HOUR,
            },
            { kind: "asked", key: keyOf(address), most: requests, window: DAY },
          ],
          `${id}/${which}`,
        )
      : undefined;
  const why =
    role !== undefined
      ? `it is ${role}`
      : full
        ? `${full.kind} ${full.key} has reached ${full.most}`
        : await whyNever(occasion, address);
  if (why === undefined) return true;
  log(`${address} is not asked: ${why}`);
  return false;
}

interface Limit {
  readonly kind: string;
  readonly key: string;
  readonly most: number;
  /** Milliseconds. */
  readonly window: number;
}

/** The limit that is reached; where none is, one more is counted against all of them. */
async function reached(
  { site, now, trial }: Occasion,
  limits: readonly Limit[],
  mark: string,
): Promise<Limit | undefined> {
  const { windows } = await stateOf(site.home);
  const event = createHash("sha256").update(mark).digest("hex");
  for (const limit of limits) {
    const { kind, key, most, window } = limit;
    // What was counted in an earlier try is not in its own way.
    const noted = await windows.has(kind, key, event);
    if (!noted && (await windows.count(kind, key, now - window)) >= most)
      return limit;
  }
  if (trial) return undefined;
  for (const limit of limits) {
    const { kind, key, most, window } = limit;
    // Others may have come meanwhile.
    if ((await windows.note(kind, key, event, now, window)) >= most)
      return limit;
  }
  return undefined;
}

async function whyNever(
  { site, list, log }: Occasion,
  address: string,
): Promise<string | undefined> {
  const place = { home: site.home, list };
  return (await isSuppressed({ log }, place, address))
    ? "it is suppressed"
    : undefined;
}

/**
 * Where a message comes from: the client that our MTA took it from, or else the author's domain. Of
 * IPv6 the network that one customer has.
 */
export function sourceOf(header: Header, author: string): string {
  const [received = ""] = header.all("Received");
  // What the client calls itself stands first, or behind helo=; what the MTA has seen stands last.
  const [whole = ""] = received.split(/\sby\s/, 1);
  const from = whole.replace(/\b[he]{2}lo[= ]\s*[^\s)]*/gi, "");
  const client =
    /[[(]((?:\d{1,3}\.){3}\d{1,3}|(?:IPv6:)?[0-9a-f:]{3,45})[\])]/gi;
  const last = [...from.matchAll(client)].at(-1)?.[1]?.toLowerCase();
  if (last === undefined) return domainOf(author);
  const address = last.replace(/^ipv6:/, "");
  if (!address.includes(":")) return address;
  return `${networkOf(address)}::/64`;
}

/** The first four groups of an IPv6 address, without leading zeros. */
function networkOf(address: string): string {
  const [before = "", after] = address.split("::");
  const groups = (text: string) => text.split(":").filter((one) => one !== "");
  const [head, tail] = [groups(before), groups(after ?? "")];
  const zeros = Array(Math.max(0, 8 - head.length - tail.length)).fill("0");
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((one) => one.replace(/^0+(?=.)/, ""))
    .join(":");
}
