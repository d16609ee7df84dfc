import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { host } from "../../src/base/environment.ts";
import archive from "../../src/cli/archive.ts";
import check from "../../src/cli/check.ts";
import { makeHome, news, verb } from "./atHome.ts";

const FROM = "From anna@x.org Thu Nov  5 08:07:06 2020\n";
const message = (id: string, fields: string, text: string) =>
  `${FROM}Message-ID: <${id}>\nDate: Thu, 5 Nov 2020 08:00:00 +0000\n${fields}\n\n${text}\n\n`;

const BOX =
  message("a@x", "From: Anna <anna@x.org>\nSubject: The lake", "It is cold.") +
  message(
    "b@x",
    "From: bo@x.org\nSubject: Re: The lake\nReferences: <a@x>",
    "Not\n>From here.",
  ) +
  message("c@x", "From: cy@x.org\nSubject: Trip", "By boat.");

async function home(t: Test) {
  const dir = await makeHome(t);
  const box = join(dir, "in.mbox");
  writeFileSync(box, BOX);
  const run = (...args: string[]) => verb(t, dir, archive, args);
  const json = async (...args: string[]) =>
    JSON.parse((await verb(t, dir, archive, args, true)).out);
  const taken = await run("import", news, "--mbox", box);
  t.equal(taken.out, `${news}: 3 taken in, 0 there already, 0 refused\n`);
  return { dir, box, run, json };
}

t.test("posts are listed, searched and shown", async (t) => {
  const { run, json } = await home(t);
  const { out } = await run("list", news);
  t.equal(
    out,
    "     1  2020-11-05  Anna                  The lake\n" +
      "     2  2020-11-05  bo@x.org              Re: The lake\n" +
      "     3  2020-11-05  cy@x.org              Trip\n",
  );
  t.match(await json("list", news, "--most", "1"), [
    { number: 3, message_id: "c@x", subject: "Trip", hash: /^[A-Z2-7]{32}$/ },
  ]);
  t.match(await json("search", news, "cold"), [{ number: 1 }]);
  t.match(await json("search", news, "lake", "-cold"), [{ number: 2 }]);
  t.same(await json("search", news, "--before", "2", "lake"), [
    ...(await json("list", news, "--before", "2")),
  ]);
  t.same(await json("list", news, "--until", "2019"), []);
  t.equal((await json("list", news, "--from", "2020-11-05")).length, 3);
  t.equal(
    (await run("search", news, "nothing")).out,
    "there are no such posts\n",
  );
  t.match((await run("show", news, "2")).out, "\n\nNot\nFrom here.\n");
  const [{ hash }] = await json("list", news, "--before", "3", "--most", "1");
  for (const name of ["<b@x>", "b@x", hash, hash.toLowerCase()])
    t.match((await run("show", news, name)).out, /^Message-ID: <b@x>/, name);
});

t.test("a thread is shown as a tree", async (t) => {
  const { run, json } = await home(t);
  t.equal(
    (await run("thread", news, "2")).out,
    "     1  2020-11-05  Anna                  The lake\n" +
      "       2  2020-11-05  bo@x.org              Re: The lake\n",
  );
  t.match(await json("thread", news, "1"), [
    { depth: 0, post: { number: 1 } },
    { depth: 1, post: { number: 2 } },
  ]);
});

t.test("what goes out can be read in again", async (t) => {
  const { dir, run } = await home(t);
  const out = join(dir, "out.mbox");
  t.equal((await run("export", news, "--mbox", out)).code, 0);
  t.match(readFileSync(out, "utf8"), "\n>From here.\n");
  const again = await run("import", news, "--mbox", out);
  t.equal(again.out, `${news}: 0 taken in, 3 there already, 0 refused\n`);
  const { code, err } = await run("export", news, "--mbox", out);
  t.equal(code, 73);
  t.match(err, /out\.mbox is there already/);
  const some = await run("export", news, "--mbox", "-", "3,1-1");
  t.match(some.out, /^From cy@x\.org.*<c@x>.*\n\nFrom anna@x\.org.*<a@x>/s);
});

t.test(
  "a post that is taken out leaves its number and the reason",
  async (t) => {
    const { dir, run } = await home(t);
    t.equal((await run("expunge", news, "2")).code, 64, "not without a reason");
    const gone = await run("expunge", news, "2", "9", "--reason", "asked for");
    t.equal(gone.code, 66);
    t.equal(gone.out, `${news}: post 2 is taken out\n`);
    t.match(gone.err, "there is no post 9");
    const events = join(dir, "spool", "events", "new");
    const told = readdirSync(events)
      .map((name) => readFileSync(join(events, name, "message"), "utf8"))
      .filter((text) => text.includes('"post.expunged"'));
    t.equal(told.length, 1, "the other one was none");
    t.match(told[0], /"number": 2/);
    const shown = await run("show", news, "2");
    t.equal(shown.code, 66);
    t.match(
      shown.err,
      /post 2 was taken out on \d{4}-\d\d-\d\d by .+: asked for/,
    );
    t.notMatch((await run("list", news)).out, "Re: The lake");
    const index = join(dir, "state", `index@${host()}`, `${news}.db`);
    t.notOk(readFileSync(index).includes("Re: The lake"), "nor in its file");
    const again = await run("import", news, "--mbox", join(dir, "in.mbox"));
    t.match(again, { code: 65, err: /this post was taken out of the archive/ });
    t.match(await run("verify", news), {
      code: 0,
      out: "2 posts: all whole\n",
    });
    t.notOk(existsSync(join(dir, "archive", news, "2020", "11", "2.eml")));
  },
);

t.test("what has changed since it was indexed is found", async (t) => {
  const { dir, run } = await home(t);
  writeFileSync(join(dir, "archive", news, "numbers", "0", "3"), "X: y\n\n");
  const { code, out } = await run("verify", news);
  t.equal(code, 65);
  t.match(out, /numbers\/0\/3: it is not what it was when it was indexed/);
  t.match(await run("reindex", news), {
    code: 0,
    out: `${news}: 3 posts indexed\n`,
  });
  t.equal((await run("verify", news)).code, 0);
});

t.test("a consumer is given posts that are there already", async (t) => {
  const { dir, run } = await home(t);
  t.match(await run("feed", news, "amqp"), { code: 64 });
  const stage = join(dir, "hooks.d", "archive-mine", "10-consume");
  mkdirSync(stage, { recursive: true });
  writeFileSync(join(stage, "10-do"), "#!/bin/sh\n", { mode: 0o755 });
  t.match(await run("feed", news, "mine", "2-3"), {
    code: 0,
    out: `${news}: 2 posts put into archive-mine\n`,
  });
  t.match(await run("feed", news, "nobody"), { code: 64, err: "one of mine" });
});

t.test("what is wrong is told, with an exit code", async (t) => {
  const { dir, run } = await home(t);
  const wrong: [args: string[], code: number, err: RegExp][] = [
    [["list", "none@x.org"], 67, /there is no list/],
    [["list", news, "--from", "yesterday"], 64, /--from takes 2026/],
    [["list", news, "--from", "2026-02-31"], 64, /--from takes 2026/],
    [["list", news, "--mbox", "x"], 64, /archive list takes no --mbox/],
    [["search", news, "-lake"], 64, /no word to look for/],
    [["show", news, "17"], 66, /there is no post 17/],
    [["show", news, "<x@y>"], 66, /there is no post <x@y>/],
    [["thread", news, "17"], 66, /there is no post 17/],
    [["export", news], 64, /--mbox FILE/],
    [["export", news, "--mbox", "-", "7-9"], 66, /there are no such posts/],
    [["export", news, "--mbox", "-", "7-5"], 64, /5, 5-10 or 5-10,17/],
    [["import", news, "--mbox", join(dir, "gone")], 66, /gone is not there/],
    [["import", news, "--mbox", join(dir, "listmill.toml")], 65, /no mailbox/],
    [["dance", news], 64, /archive takes list, search/],
  ];
  for (const [args, code, err] of wrong)
    t.match(await run(...args), { code, err }, args.join(" "));
});

t.test("archives are for the account of the home", async (t) => {
  const { dir } = await home(t);
  for (const folder of ["archive", "state"])
    t.equal(statSync(join(dir, folder)).mode & 0o777, 0o700, folder);
  chmodSync(join(dir, "archive"), 0o755);
  t.match(
    (await verb(t, dir, check, [])).out,
    /archive: other users of this host may enter it/,
  );
});
