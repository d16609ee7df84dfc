/**
 * What every broker carries, whichever it is: one JSON object a message, version 1. Whoever reads it
 * passes over fields that it does not know; a field that changes its meaning makes another version.
 * docs/consumer-envelope.schema.json is made from this. Pure.
 */
import { z } from "zod";

export const VERSION = 1;

/** What is in each, whatever it is about. */
const common = {
  version: z.literal(VERSION),
  id: z
    .string()
    .min(1)
    .max(1000)
    .describe(
      "The same in every try and for every broker: LIST/NUMBER for a post.",
    ),
  kind: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,100}$/)
    .describe('"post", or the name of an event such as "member.joined".'),
  list: z
    .looseObject({
      address: z.string(),
      description: z.string().optional(),
    })
    .describe("The list; its address is empty where it belongs to none."),
  received: z.iso.datetime().describe("When it came in or happened, UTC."),
};

/** Of a message: what can be told without reading it again. */
const ofMessage = {
  number: z
    .int()
    .positive()
    .optional()
    .describe("The number that the post has in the list's archive."),
  message_id: z.string().optional().describe("The field as it stands there."),
  hash: z
    .string()
    .optional()
    .describe("Message-ID-Hash as GNU Mailman 3 makes it."),
  permalink: z.string().optional().describe("Where it is found on the web."),
  headers: z
    .array(z.tuple([z.string(), z.string()]))
    .describe("Names and values in order, values unfolded and not decoded."),
};

const reference = z.looseObject({
  path: z.string().describe("From the folder archive/ of the home."),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const envelopeSchema = z
  .union([
    z.looseObject({
      ...common,
      ...ofMessage,
      raw: z.base64().describe("The message, byte for byte (RFC 4648, 4)."),
    }),
    z.looseObject({
      ...common,
      ...ofMessage,
      reference: reference.describe("Where a large message lies."),
    }),
    z.looseObject({
      ...common,
      event: z
        .record(z.string(), z.unknown())
        .describe("The event as it stands in the queue events."),
    }),
  ])
  .describe("What listmill gives to consumers of posts and events, version 1.");

export type Envelope = z.output<typeof envelopeSchema>;
export type Reference = z.output<typeof reference>;

/** The schema for other programs (JSON Schema 2020-12), as text. */
export function schemaPage(): string {
  const schema = z.toJSONSchema(envelopeSchema, {
    io: "input",
    target: "draft-2020-12",
  });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** What bytes from a broker are. */
export type Reading =
  | { readonly is: "envelope"; readonly envelope: Envelope }
  /** `isLasting`: no listmill will ever read it. */
  | {
      readonly is: "trouble";
      readonly reason: string;
      readonly isLasting: boolean;
    };

export function readEnvelope(body: Uint8Array): Reading {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return { is: "trouble", reason: "it is no JSON", isLasting: true };
  }
  const { version } = (found ?? {}) as { version?: unknown };
  if (typeof version === "number" && version > VERSION)
    return {
      is: "trouble",
      reason: `it is of version ${version} and this listmill knows ${VERSION}: install a newer one`,
      isLasting: false,
    };
  const read = envelopeSchema.safeParse(found);
  if (read.success) return { is: "envelope", envelope: read.data };
  const reason =
    "it is no envelope of listmill's (docs/consumer-envelope.schema.json)";
  return { is: "trouble", reason, isLasting: true };
}
