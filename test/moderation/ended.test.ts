import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { eventSchema } from "../../src/lists/schema/event.ts";
import type { Decision } from "../../src/moderation/decision.ts";
import { deciderOf, emitEnded } from "../../src/moderation/ended.ts";
import { newId } from "../../src/spool/name.ts";

const entry = newId(Date.UTC(2026, 0, 1));
const decision: Decision = {
  verdict: "reject",
  by: "mia@example.org",
  reason: "Not here.",
  at: Date.UTC(2026, 0, 2),
  id: "0mwslj4p4-01abc",
  author: "anna@example.org",
  subject: "one",
  sender: "anna@example.org",
  entry,
  messageId: "<1@x>",
};
const list = {
  address: "news@lists.example.org",
  local: "news",
  domain: "lists.example.org",
  settings: { events_without: [] as string[] },
};
const site = { delimiters: "-", hostname: "mill.example.org" };

async function told(one: Decision, at = list) {
  const texts: string[] = [];
  const emitted: Parameters<Parameters<typeof emitEnded>[0]["emit"]>[0][] = [];
  emitEnded({ site, list: at, emit: (it) => void emitted.push(it) }, one);
  for (const { content } of emitted)
    texts.push((await bytes(content, 1e5)).toString());
  return texts.map((text) =>
    eventSchema.parse(JSON.parse(text.slice(text.indexOf("\n\n")))),
  );
}

t.test(
  "a post that a moderator refuses is told, each time as the same",
  async (t) => {
    const [event, ...more] = await told(decision);
    t.same(more, []);
    t.match(event, {
      event: "post.rejected",
      by: { by: "mail", who: decision.by },
      cause: { id: `commands/${decision.id}`, message_id: "<1@x>" },
      detail: { entry, verdict: "reject", reason: "Not here." },
    });
    t.same(await told(decision), [event]);
    const [other] = await told({ ...decision, id: "0mwslj4p4-02abc" });
    t.not(other?.id, event?.id, "what was let go and is held again");
  },
);

t.test("who has decided", async (t) => {
  t.match(deciderOf({ ...decision, how: "command", by: "root" }), {
    ...{ by: "command", who: "root", cause: `command/${decision.id}` },
  });
  t.match(deciderOf({ ...decision, verdict: "expire", by: "time" }), {
    ...{ by: "mill", who: "", cause: `moderators/${decision.id}` },
  });
});

t.test("what goes on, and wishes to join, are not told so", async (t) => {
  for (const verdict of ["approve", "free"] as const)
    t.same(await told({ ...decision, verdict }), []);
  t.same(await told({ ...decision, wish: "subscribe" }), []);
  const { entry: _, ...old } = decision;
  t.same(await told(old), [], "one of before");
  const without = { ...list, settings: { events_without: ["post.rejected"] } };
  t.same(await told(decision, without), []);
});
