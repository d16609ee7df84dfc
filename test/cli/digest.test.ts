// digest: what is told of issues, both ways, and its errors.
import { join } from "node:path";
import { simpleParser } from "mailparser";
import t from "tap";
import digest from "../../src/cli/digest.ts";
import { collect } from "../../src/digest/collect.ts";
import { claim } from "../../src/digest/issues.ts";
import { makeHome, news, verb } from "./atHome.ts";

t.test("issues are listed and shown, volumes begun", async (t) => {
  const home = await makeHome(t);
  const run = (args: string[], json = false) =>
    verb(t, home, digest, args, json);
  const digestDir = join(home, "archive", news, "digest");
  const post = (id: string) =>
    collect({
      digestDir,
      id,
      content: [Buffer.from(`Subject: ${id}\nMessage-ID: <${id}@x>\n\nHi\n`)],
      received: new Date(),
      asOf: 0,
    });
  t.match(await run(["list", news]), { code: 0, out: /^number +volume.*\n$/ });
  t.same(JSON.parse((await run(["list", news], true)).out), []);
  await post("one");
  await post("two");
  t.match((await run(["list", news])).out, /^2 posts wait .*, until 20\S+ at/m);
  const now = Date.parse("2026-03-01T12:00:00Z");
  await claim({ digestDir, id: "i1" }, { now, volume: "never" });
  t.match((await run(["volume", news])).out, /^news@.*: volume 2 begins with/);
  await post("three");
  await claim({ digestDir, id: "i2" }, { now, volume: "never" });
  t.match(JSON.parse((await run(["list", news], true)).out), [
    { number: 1, volume: 1, issue: 1, posts: 2, date: /^2026-03-01/ },
    { number: 2, volume: 2, issue: 1, posts: 1 },
  ]);
  const mime = await simpleParser((await run(["show", news, "1"])).out);
  t.equal(mime.subject, "news Digest, Vol 1, Issue 1");
  t.match(mime.messageId, /^<digest\.1\.i1@/, "as it went out");
  t.equal(mime.attachments.length, 2);
  const { out } = await run(["show", news, "2", "--plain"]);
  const plain = await simpleParser(out);
  t.match(plain.text, /\nSubject: three\n[\s\S]*End of news Digest, Vol 2, I/);
});

t.test("what is wrong is told", async (t) => {
  const home = await makeHome(t);
  for (const [args, code, err] of [
    [["show", news, "7"], 66, /there is no issue 7, or its posts are no/],
    [["show", news, "x"], 64, /takes a whole number/],
    [["show", news], 64, /a number, and --mime or --plain/],
    [["show", news, "1", "--mime", "--plain"], 64, /--mime or --plain/],
    [["list", news, "7"], 64, /take a list's address/],
    [["post", news], 64, /take a list's address/],
    [["list", "none@lists.example.org"], 67, /there is no list/],
  ] as const)
    t.match(await verb(t, home, digest, [...args], false), { code, err });
});
