import { join } from "node:path";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { collect } from "../../src/digest/collect.ts";
import { issuedBy } from "../../src/digest/event.ts";
import { claim } from "../../src/digest/issues.ts";
import { eventSchema } from "../../src/lists/schema/event.ts";
import { newId } from "../../src/spool/name.ts";

t.test(
  "an issue is told by the entry that has made it, as the same",
  async (t) => {
    const home = t.testdir();
    const address = "news@lists.example.org";
    const digestDir = join(home, "archive", address, "digest");
    const now = Date.UTC(2026, 0, 1);
    for (const text of ["one", "two"])
      await collect({
        digestDir,
        id: newId(now),
        content: [Buffer.from(`Subject: ${text}\n\nText.\n`)],
        received: new Date(now),
        asOf: 0,
      });
    const counting = { volume: "never", timezone: "UTC", now } as const;
    const id = newId(now);
    const told = async (id: string, at = now) => {
      const emission = await issuedBy({
        site: { home, delimiters: "-", hostname: "mill.example.org" },
        list: {
          address,
          local: "news",
          domain: "lists.example.org",
          settings: { events_without: [], digest: counting },
        },
        envelope: {
          ...{ sender: "", recipient: "", received: "", history: [] },
          origin: "operator",
        },
        ...{ id, queue: "digest", now: at },
      });
      if (!emission) return undefined;
      const text = (await bytes(emission.content, 10_000)).toString();
      return eventSchema.parse(JSON.parse(text.slice(text.indexOf("\n\n"))));
    };
    t.equal(await told(id), undefined);
    await claim({ digestDir, id }, counting);
    const event = await told(id);
    t.match(event, {
      event: "digest.issued",
      by: { by: "command" },
      cause: { id: `digest/${id}` },
      detail: { issue: 1, volume: 1, number: 1, posts: 2 },
    });
    t.equal((await told(id, now + 1000))?.id, event?.id);
    const late = newId(now);
    await claim({ digestDir, id: late }, counting);
    t.equal(await told(late), undefined, "there was nothing left");
  },
);
