/**
 * The settings of nodes, of the section [node]: leases, and what the runners of a host do where that
 * differs from host to host. Pure.
 */
import { z } from "zod";
import { count, duration, several, textLike } from "../../base/settings.ts";
import { canonical, canonicalDomain } from "../../mail/address.ts";
import { isQueueName } from "../../spool/name.ts";
import type { Wrong } from "./fitting.ts";
import { note } from "./words.ts";

/** What the runners of a host do. */
const role = z.strictObject({
  queues: note(
    several(
      textLike("a queue's name such as outbound, or lmtp or http", isQueueName),
    ).optional(),
    "Queues that its runners take from where the command names none; lmtp and http open these doors too.",
    { without: "all that have hooks" },
  ),
  lists: note(
    several(
      textLike(
        'the address of a list, or a domain such as "@example.org"',
        (value) =>
          value.startsWith("@")
            ? canonicalDomain(value.slice(1)) !== undefined
            : canonical(value) !== undefined,
      ),
    ).optional(),
    "Lists whose entries it takes; incoming is for all.",
    { without: "all lists" },
  ),
  jobs: note(count(1, 1000).optional(), "Instead of [runner] jobs.", {
    without: "as [runner] says",
  }),
  entries: note(count(1, 1000).optional(), "Instead of [outbound] entries.", {
    without: "as [outbound] says",
  }),
  rate: note(count(0, 1e9).optional(), "Instead of [outbound] rate.", {
    without: "as [outbound] says",
  }),
  connections: note(
    count(1, 1000).optional(),
    "Instead of [outbound] connections.",
    { without: "as [outbound] says" },
  ),
});

export type Role = z.output<typeof role>;

const roles = note(
  role,
  "What the runners of a host do, a section for each host that differs; its name is the one before the first dot (`hostname -s`).",
  { example: ["mx1", { queues: ["incoming", "posts", "outbound"], jobs: 8 }] },
);

export const node = note(
  z
    .strictObject({
      renew: note(
        duration().prefault("5s"),
        "How often a node renews its lease.",
      ),
      stale: note(
        duration().prefault("30s"),
        "Age of a lease at which other nodes take over; at least three times renew. The same on all hosts.",
      ),
    })
    .catchall(roles)
    .prefault({})
    .refine(({ renew, stale }) => Number(stale) >= 3 * Number(renew), {
      path: ["stale"],
      message: "must be at least three times node.renew",
    }),
  "How hosts notice that another is dead, and what each of them does.",
);

interface Sections {
  readonly node: Readonly<Record<string, unknown>>;
  readonly outbound: { readonly max_repeat: number };
}

/** What does not fit the rest of the settings. */
export function* wrongInRoles({ node, outbound }: Sections): Iterable<Wrong> {
  const { max_repeat } = outbound;
  for (const [name, section] of Object.entries(node)) {
    if (!/^[A-Za-z0-9_-]+$/.test(name))
      yield [
        ["node", name],
        "is no name that a host goes by here: give the one before the first dot (hostname -s)",
      ];
    const { connections = 0 } = Object(section) as Partial<Role>;
    if (max_repeat !== 0 && max_repeat < connections)
      yield [
        ["node", name, "connections"],
        `is more than [outbound] max_repeat = ${max_repeat}, and each connection may repeat one; give fewer`,
      ];
  }
}
