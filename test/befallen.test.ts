import t from "tap";
import { bytes } from "../src/base/pieces.ts";
import { befallen } from "../src/befallen.ts";
import type { List } from "../src/lists/directory.ts";
import { eventSchema } from "../src/lists/schema/event.ts";
import type { Site } from "../src/lists/settings.ts";
import { openMessage } from "../src/mail/message.ts";
import type { Envelope, Event } from "../src/spool/envelope.ts";
import { newId } from "../src/spool/name.ts";

const site = { delimiters: "-", hostname: "mill.example.org" } as Site;
const list = {
  address: "news@lists.example.org",
  local: "news",
  domain: "lists.example.org",
  settings: { events_without: [] as string[] },
} as unknown as List;
const id = newId(Date.UTC(2026, 0, 1));
const where = "posts/10-approve/20-policy.hook.ts";

async function told(
  kind: "hold" | "reject",
  history: readonly Event[] = [],
  queue = "posts",
  now = Date.UTC(2026, 0, 1),
) {
  const envelope: Envelope = {
    ...{ sender: "anna@example.org", recipient: list.address },
    ...{ list: list.address, origin: "mta", received: "", history },
  };
  const text =
    "From: Anna <anna@example.org>\nSubject: One\nMessage-ID: <1@x>\n\n";
  const message = await openMessage([Buffer.from(text)], 1000);
  const subject = { id, queue, envelope, message };
  const end = { kind, where, reason: "why\nnot" };
  const drafts = befallen(site, () => list, subject, end, now);
  const events = [];
  for (const { queue, envelope, content } of drafts) {
    t.match([queue, envelope.extension], ["events", "events"]);
    t.equal(envelope.origin, `posts/${id}`);
    const text = (await bytes(content, 10_000)).toString();
    const json = text.slice(text.indexOf("\n\n"));
    events.push(eventSchema.parse(JSON.parse(json)));
  }
  return events;
}

t.test("a post that is held, or refused", async (t) => {
  t.match(await told("hold"), [
    {
      event: "post.held",
      by: { by: "mill", who: where },
      cause: { id: `posts/${id}`, message_id: "<1@x>" },
      detail: { entry: id, hook: where, reason: "why not", subject: "One" },
    },
  ]);
  t.match(await told("reject"), [
    { event: "post.rejected", detail: { verdict: "reject", entry: id } },
  ]);
  t.same(await told("hold", [], "commands"), [], "of posts alone");
});

t.test(
  "one stay is one event in every try, another stay another",
  async (t) => {
    const [first] = await told("hold");
    const [again] = await told("hold", [], "posts", Date.UTC(2026, 0, 2));
    t.equal(again?.id, first?.id);
    const history = [
      { at: "2026-01-01T00:00:00Z", where, what: "held" },
      { at: "2026-01-01T01:00:00Z", where: "operator", what: "released" },
    ] as const;
    const [anew] = await told("hold", history);
    t.not(anew?.id, first?.id);
  },
);
