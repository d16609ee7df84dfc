import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { toMhonarc } from "../../src/archivers/mhonarc.ts";
import { list, postOf, text } from "./post.ts";

const settings = {
  folder: "pages",
  program: "/usr/bin/mhonarc",
  timeout: 60_000,
};
const skip = existsSync(settings.program) ? false : "no mhonarc here";
const pagesOf = (home: string) =>
  readdirSync(join(home, "pages", list.address))
    .filter((name) => name.startsWith("msg"))
    .map((name) =>
      readFileSync(join(home, "pages", list.address, name), "utf8"),
    );

t.test("a page a post, once", { skip }, async (t) => {
  const home = t.testdir();
  const posts = [
    text(
      "a",
      "Hi.\nFrom x@y Mon Jan  1 00:00:00 2026\nSubject: not one\n\n<script>\n",
    ),
    "Subject: no id\n\nText.\n",
  ];
  for (const again of [false, true])
    for (const [at, one] of posts.entries())
      t.match(
        await toMhonarc(await postOf(home, at + 1, one), settings),
        { kind: "done" },
        String(again),
      );
  const pages = pagesOf(home);
  t.equal(pages.length, 2);
  t.match(pages[0], "Subject: not one\n\n&lt;script&gt;");
  t.same(readdirSync(join(home, "state/mhonarc", list.address)), []);
});

t.test("how pages look says the resource file", { skip }, async (t) => {
  const home = t.testdir({
    "look.mrc": "<MSGHEAD>\nour own head\n</MSGHEAD>\n",
  });
  await toMhonarc(await postOf(home, 1), { ...settings, rcfile: "look.mrc" });
  t.match(pagesOf(home)[0], "our own head");
});

t.test("a program that fails, hangs, or is not there", async (t) => {
  const home = t.testdir();
  const post = await postOf(home, 1);
  const program = join(home, "program");
  const as = (lines: string) => {
    writeFileSync(program, `#!/bin/sh\n${lines}\n`);
    chmodSync(program, 0o755);
    return { ...settings, program };
  };
  await t.rejects(
    toMhonarc(post, as("echo no room >&2; exit 3")),
    /program ended with 3: no room/,
  );
  await t.rejects(
    toMhonarc(post, { ...as("exec sleep 60"), timeout: 100 }),
    /took more than 0\.1 s/,
  );
  await t.rejects(
    toMhonarc(post, { ...settings, program: join(home, "none") }),
    /none is needed and not installed/,
  );
});
