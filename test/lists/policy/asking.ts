// A list by its settings, a message and a roster in memory, and what its policy decides.

import { type Decision, decide } from "../../../src/lists/policy/decide.ts";
import { explained, type Outcome } from "../../../src/lists/policy/explain.ts";
import {
  type About,
  factsOf,
  type People,
  type Person,
} from "../../../src/lists/policy/facts.ts";
import type { Windows } from "../../../src/lists/policy/windows.ts";
import type { Deed } from "../../../src/lists/schema/people.ts";
import { listSettings } from "../../../src/lists/settings.ts";
import { openMessage } from "../../../src/mail/message.ts";
import type { PersonRole } from "../../../src/state/member.ts";

export const address = "news@lists.example.org";

/** The table of things that happened, in memory. */
export function memory(): Windows {
  const rows: { kind: string; key: string; id: string; at: number }[] = [];
  const of = (kind: string, key: string) =>
    rows.filter((row) => row.kind === kind && row.key === key);
  return {
    async note(kind, key, id, now, window) {
      if (!of(kind, key).some((row) => row.id === id))
        rows.push({ kind, key, id, at: now });
      return of(kind, key).filter(
        (row) => row.id !== id && row.at > now - window && row.at <= now,
      ).length;
    },
    async first(kind, key, id, now) {
      const [there] = of(kind, key);
      if (!there) rows.push({ kind, key, id, at: now });
      return there?.id ?? id;
    },
    async count(kind, key, since) {
      return of(kind, key).filter(({ at }) => at > since).length;
    },
    async latest(kind, key) {
      return of(kind, key).toSorted((a, b) => b.at - a.at)[0];
    },
    async forget(kind, key) {
      for (const row of of(kind, key)) rows.splice(rows.indexOf(row), 1);
    },
  };
}

export interface Case {
  /** list.toml */
  readonly list?: string;
  readonly from?: string;
  readonly sender?: string;
  /** The whole message; one from `from` without it. */
  readonly message?: string;
  readonly deed?: Deed;
  readonly id?: string;
  readonly now?: number;
  readonly members?: Readonly<Record<string, Omit<Person, "key">>>;
  readonly roles?: Readonly<Record<string, readonly PersonRole[]>>;
  readonly site?: Partial<About["site"]>;
  readonly windows?: Windows;
}

/** Facts that count how often the roster is asked. */
export async function about(given: Case) {
  const asked: string[] = [];
  const { members = {}, roles = {}, from = "anna@example.org" } = given;
  const people: People = {
    async get(list, who) {
      asked.push(`get ${list} ${who}`);
      return members[who] && { key: who, ...members[who] };
    },
    async roles(_, who) {
      asked.push(`roles ${who}`);
      return new Set(roles[who]);
    },
    async withRole(_, role) {
      asked.push(`with ${role}`);
      return Object.keys(roles).filter((who) => roles[who]?.includes(role));
    },
  };
  const text = given.message ?? `From: ${from}\nSubject: Hello\n\nText\n`;
  const settings = listSettings({ list: {} }, given.list ?? "", "list.toml");
  const { windows } = given;
  const facts = factsOf(
    {
      id: given.id ?? "one",
      now: given.now ?? 0,
      trial: false,
      site: {
        home: "/nowhere",
        delimiters: "-+",
        authserv_ids: ["mx.example.org"],
        outbound: { timezone: "UTC" },
        ...given.site,
      },
      lists: { get: () => undefined },
      list: {
        address,
        local: "news",
        domain: "lists.example.org",
        dir: "/nowhere",
        onDemand: false,
        settings,
        environment: {},
      },
      envelope: {
        sender: given.sender ?? "bounce@example.net",
        recipient: address,
      },
      message: await openMessage([Buffer.from(text)], 1 << 20),
      log: () => {},
      scratch: () => "/nowhere",
      async *recipientsOf() {},
    },
    { people, ...(windows && { windows: async () => windows }) },
  );
  return { facts, settings, asked, deed: given.deed ?? "post" };
}

export async function decided(given: Case): Promise<Decision> {
  const { facts, settings, deed } = await about(given);
  return decide(deed, settings, facts);
}

export async function outcomes(given: Case): Promise<Outcome[]> {
  const { facts, settings, deed } = await about(given);
  return explained(deed, settings, facts);
}

/** Only what is done. */
export async function action(given: Case): Promise<string> {
  return (await decided(given)).action;
}
