/**
 * The shape of an event, version 1: each kind with what its `detail` says. docs/event.schema.json is made
 * of it. Within a version fields and kinds may be added, none is taken away. Pure.
 */
import { z } from "zod";
import { actors } from "../../state/actor.ts";
import { deliveries, moderations, personRoles } from "../../state/member.ts";

/** What stands in `version`. */
export const VERSION = 1;

const moment = () =>
  z.string().meta({ format: "date-time", description: "ISO 8601, UTC." });
const address = () => z.string().describe("An address, as it was written.");
const choice = () =>
  z.boolean().nullable().describe("null: as the list has it.");

const member = {
  address: address(),
  name: z.string().optional(),
  delivery: z.enum(deliveries),
  own_copy: choice().optional(),
  duplicates: choice().optional(),
  acknowledge: choice().optional(),
  language: z.string().optional().describe("Of what is said to the member."),
  moderation: z.enum(moderations).optional(),
  away: moment().nullable().optional().describe("No mail before then."),
  suspended: moment().nullable().optional().describe("No mail since then."),
  suspended_for: z.string().optional(),
  joined: moment().nullable(),
};

const members = () => z.array(memberShape);

const memberShape = z.object(member).meta({ id: "member" });

const post = {
  author: z.string().describe('The address in From; "": none can be read.'),
  sender: z.string().describe('Envelope sender; "": none.'),
  subject: z.string(),
};

const hook = () => z.string().describe("The hook, QUEUE/STAGE/NAME.");

const nothing = () => z.object({});

/** What can be assigned to people, in the kinds of events. */
const offices = Object.fromEntries(
  personRoles.flatMap((role) => [
    [
      `${role}.assigned`,
      z
        .object({ address: address() })
        .describe(`Somebody has become ${role} of the list.`),
    ],
    [
      `${role}.removed`,
      z
        .object({ address: address() })
        .describe(`Somebody is ${role} of the list no more.`),
    ],
  ]),
) as Record<
  `${(typeof personRoles)[number]}.${"assigned" | "removed"}`,
  z.ZodObject<{ address: z.ZodString }>
>;

/** The detail of each kind. */
export const details = {
  "list.created": nothing().describe("A list was made."),
  "list.changed": z
    .object({ settings: z.array(z.string()).describe("Their names.") })
    .describe(
      "Settings were changed; no values, there are secrets among them.",
    ),
  "list.frozen": nothing().describe("Nothing is posted, and nobody joins."),
  "list.thawed": nothing().describe("It is as before it was frozen."),
  "list.renamed": z
    .object({ from: address() })
    .describe("`list` is its address from now on."),
  "list.removed": z
    .object({ aside: z.string().describe("The folder that it is kept in.") })
    .describe(
      "A list was taken away with all members and roles: no events of these tell it.",
    ),
  "list.restored": z
    .object({ members: z.int() })
    .describe("A list is back; its members were told before."),
  ...offices,
  "member.joined": z
    .object(member)
    .describe(
      "Somebody has become a member. What is as with most is left out.",
    ),
  "member.left": z
    .object({ address: address() })
    .describe("Somebody is a member no more."),
  "member.changed": z
    .object({
      ...member,
      was: z
        .record(z.string(), z.unknown())
        .describe("What has changed, as it was before."),
    })
    .describe("Options of a member as they are now."),
  "member.suspended": z
    .object({ address: address(), reason: z.string(), since: moment() })
    .describe("A member gets no mail until restored."),
  "member.restored": z
    .object({ address: address() })
    .describe("A member who was suspended gets mail again."),
  "members.imported": z
    .object({ joined: members(), changed: members() })
    .describe("More than 20 members at once, a thousand an event at most."),
  "post.accepted": z
    .object(post)
    .describe("A post goes to the list: its entry has gone through `posts`."),
  "post.held": z
    .object({ ...post, entry: z.string(), hook: hook(), reason: z.string() })
    .describe("A post waits for a moderator, as the entry held/ENTRY."),
  "post.rejected": z
    .object({
      ...post,
      entry: z.string().describe("The post's id in the queue `posts`."),
      verdict: z
        .enum(["reject", "discard", "expire"])
        .describe("expire: no moderator has answered in time."),
      hook: hook().optional(),
      reason: z.string(),
    })
    .describe("A post was refused by a hook, or ended by a moderator."),
  "post.expunged": z
    .object({ number: z.int(), reason: z.string() })
    .describe("A post was taken out of the archive: consumers may do so too."),
  "digest.issued": z
    .object({
      issue: z.int().describe("Counted through all volumes."),
      volume: z.int(),
      number: z.int().describe("In its volume."),
      posts: z.int(),
    })
    .describe("An issue of the digest is on its way."),
  "bounce.judged": z
    .object({
      address: address(),
      standing: z.enum(["suspended", "restored", "removed"]),
      reason: z.string(),
    })
    .describe(
      "What came back has changed whether somebody gets mail. Of members member.suspended, member.restored or member.left tells it too; readers whom a source brings are no members.",
    ),
} as const satisfies Record<string, z.ZodObject>;

export type Kind = keyof typeof details;
export type DetailOf<K extends Kind> = z.input<(typeof details)[K]>;

export const kindsOfEvents = Object.keys(details) as Kind[];

const by = z
  .object({
    by: z
      .enum(actors)
      .describe(
        "The door: a mail, the command line, an import, the web, or the mill by itself.",
      ),
    who: z.string().describe("An address, an account, or a hook."),
  })
  .meta({ id: "by", description: "Who did it." });

const cause = z
  .object({
    id: z
      .string()
      .optional()
      .describe("An entry, QUEUE/ID, or a command, command/ID."),
    message_id: z.string().optional().describe("Of the mail, where it is one."),
  })
  .meta({ id: "cause", description: "What it follows from." });

function shapeOf<K extends Kind>(kind: K) {
  const { description } = details[kind];
  const schema = z.object({
    version: z.literal(VERSION),
    id: z
      .string()
      .regex(/^[0-9a-z]{9}-[0-9a-z]{12}$/)
      .describe("Sorts by time; the same however often the event comes."),
    event: z.literal(kind),
    list: z.string().describe("The list's address, in lower case."),
    at: moment(),
    by,
    cause,
    detail: details[kind],
  });
  return schema.meta({ id: kind, ...(description ? { description } : {}) });
}

/** An event of any kind. */
export const eventSchema = z.discriminatedUnion(
  "event",
  kindsOfEvents.map(shapeOf) as unknown as [
    ReturnType<typeof shapeOf>,
    ...ReturnType<typeof shapeOf>[],
  ],
);

/** docs/event.schema.json, as text. */
export function eventPage(): string {
  const schema = z.toJSONSchema(eventSchema, { io: "input" });
  const { $schema, ...rest } = schema;
  const page = {
    $schema,
    title: "An event of listmill",
    description: "See events.md.",
    ...rest,
  };
  return `${JSON.stringify(page, undefined, 2)}\n`;
}
