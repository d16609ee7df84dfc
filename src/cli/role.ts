/**
 * What a runner is to do on this host: the command says it, then the section [node.HOST] of the
 * settings, then the settings for all.
 */
import { host } from "../base/environment.ts";
import { exit, Failure } from "../base/errors.ts";
import { outbound } from "../engine/aftermath.ts";
import type { Orders } from "../engine/runner.ts";
import { isConsumer } from "../lists/consumers.ts";
import type { Role } from "../lists/schema/node.ts";
import type { Site } from "../lists/settings.ts";
import {
  canonical,
  canonicalDomain,
  domainOf,
  keyOf,
} from "../mail/address.ts";
import { type Context, wholeNumber } from "./context.ts";
import { type DoorWord, isDoor } from "./doors.ts";

/** The words of a command. */
export interface Said {
  readonly named: readonly string[];
  readonly queues?: readonly string[] | undefined;
  readonly rate?: string | undefined;
  readonly jobs?: string | undefined;
  readonly lists?: readonly string[] | undefined;
}

export interface Part {
  /** The settings as they hold for this runner. */
  readonly site: Site;
  /** Those that are named; none: all. */
  readonly queues: readonly string[];
  /** Doors for an MTA that shall be open. */
  readonly doors: readonly DoorWord[];
  /** Whether the command names queues and doors, not the section of the host. */
  readonly isOrdered: boolean;
  readonly orders: Pick<Orders, "jobs" | "jobsOf" | "scan" | "lists">;
}

/** Throws Failure where the command, or the section of this host, says what cannot be. */
export function roleFor(context: Context, said: Said): Part {
  const own = context.site.roles.get(host());
  const site = playing(context.site, own, said);
  const spoken = [...said.named, ...words(said.queues)];
  const { jobs, scan } = site.runner;
  const lists = chosenLists(context, own, said);
  const isSpoken = spoken.length > 0;
  const named = isSpoken ? spoken : (own?.queues ?? []);
  return {
    site,
    queues: named.filter((name) => !isDoor(name)),
    doors: [...new Set(named.filter(isDoor))],
    isOrdered: isSpoken,
    orders: {
      ...(said.jobs === undefined
        ? { jobs, jobsOf: shares(site) }
        : { jobs: jobsOf(said.jobs), jobsOf: oneOfConsumers }),
      scan,
      ...(lists && { lists }),
    },
  };
}

/** Queues of which more or fewer entries are worked on at once; a consumer gets one after the other. */
function shares({ outbound: { entries }, bounces }: Site): Orders["jobsOf"] {
  return (queue) => {
    if (queue === outbound) return entries;
    if (queue === "bounces") return bounces.jobs;
    return oneOfConsumers(queue);
  };
}

function oneOfConsumers(queue: string): 1 | undefined {
  return isConsumer(queue) ? 1 : undefined;
}

/** The settings of a host. */
function playing(site: Site, own: Role | undefined, { rate }: Said): Site {
  const { outbound, runner } = site;
  return {
    ...site,
    runner: { ...runner, jobs: own?.jobs ?? runner.jobs },
    outbound: {
      ...outbound,
      entries: own?.entries ?? outbound.entries,
      connections: own?.connections ?? outbound.connections,
      rate:
        rate === undefined
          ? (own?.rate ?? outbound.rate)
          : wholeNumber(rate, "--rate"),
    },
  };
}

function chosenLists(context: Context, own: Role | undefined, said: Said) {
  const spoken = said.lists && words(said.lists);
  const wanted = spoken ?? own?.lists;
  if (!wanted) return undefined;
  const domains = new Set<string>();
  const addresses = new Set<string>();
  for (const text of wanted) {
    if (text.startsWith("@"))
      domains.add(keyOf(canonicalDomain(text.slice(1)) ?? text.slice(1)));
    // One that is not made yet may stand in the settings.
    else if (spoken) addresses.add(context.list(text).address);
    else addresses.add(keyOf(canonical(text) ?? text));
  }
  return {
    has: (list: string) => addresses.has(list) || domains.has(domainOf(list)),
    ...(domains.size === 0 && { addresses: [...addresses] }),
  };
}

function words(texts: readonly string[] = []): string[] {
  return texts.flatMap((text) => text.split(",")).filter((word) => word !== "");
}

function jobsOf(text: string): number {
  const jobs = wholeNumber(text, "--jobs");
  if (jobs < 1)
    throw new Failure(exit.usage, "--jobs takes a number from 1 on");
  return jobs;
}
