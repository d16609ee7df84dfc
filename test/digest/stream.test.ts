import { join } from "node:path";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { claim } from "../../src/digest/issues.ts";
import { type Arrival, collectOrIssue } from "../../src/digest/stream.ts";
import { Lists } from "../../src/lists/directory.ts";
import { loadSite } from "../../src/lists/settings.ts";

const HOUR = 3_600_000;
const noon = Date.parse("2026-03-01T12:00:00Z");

/** A list whose digest is due with three posts or after an hour. */
async function digest(home: string) {
  const site = loadSite(home);
  const digest = { posts: 3, age: "1h" };
  const list = await new Lists(home, site).create("dev@x.org", { digest });
  const arrive = (id: string, more: Partial<Arrival> = {}) =>
    collectOrIssue({
      site,
      list,
      id,
      received: new Date(noon),
      now: noon,
      extension: "",
      byHand: false,
      content: [Buffer.from(`Subject: ${id}\n\nHello\n`)],
      address: (extension) => `dev-${extension}@x.org`,
      ...more,
    });
  const digestDir = join(home, "archive/dev@x.org/digest");
  return { arrive, digestDir };
}

const names = (found: readonly { recipient: string }[]) =>
  found.map(({ recipient }) => recipient);
const both = ["dev-digest-mime@x.org", "dev-digest-plain@x.org"];

t.test("the oldest post sets an alarm, the third makes an issue", async (t) => {
  const { arrive } = await digest(t.testdir({ lists: {} }));
  t.match(await arrive("aaa"), [
    { recipient: "dev-digest-issue@x.org", due: (noon + HOUR) / 1000 },
  ]);
  t.same(await arrive("bbb"), []);
  const issue = await arrive("ccc");
  t.same(names(issue), both);
  const text = String(await bytes(issue[0]?.content ?? [], 100_000));
  t.match(text, /Subject: dev digest, issue 1\n/);
});

t.test("an alarm that rings too early is set again", async (t) => {
  const { arrive } = await digest(t.testdir({ lists: {} }));
  await arrive("aaa");
  const ring = { extension: "issue", now: noon + 60_000 };
  t.match(await arrive("ring", ring), [
    { recipient: "dev-digest-issue@x.org", due: (noon + HOUR) / 1000 },
  ]);
  t.same(names(await arrive("ring2", { ...ring, now: noon + HOUR })), both);
  t.same(await arrive("ring3", { ...ring, now: noon + HOUR }), [], "nothing");
});

t.test("an operator's wish needs no time", async (t) => {
  const { arrive } = await digest(t.testdir({ lists: {} }));
  await arrive("aaa");
  const wish = { extension: "issue", byHand: true };
  t.same(names(await arrive("wish", wish)), both);
  t.same(names(await arrive("wish", wish)), both, "done again for its id");
});

t.test("an issue that a crash cut short is finished first", async (t) => {
  const { arrive, digestDir } = await digest(t.testdir({ lists: {} }));
  await arrive("aaa");
  await claim({ digestDir, id: "bbb" });
  t.same(names(await arrive("bbb")), both);
});

t.test("issues on their way are left alone", async (t) => {
  const { arrive } = await digest(t.testdir({ lists: {} }));
  t.same(await arrive("aaa", { extension: "mime" }), []);
  t.same(await arrive("bbb", { extension: "plain" }), []);
});
