// queue show --why: who gave an address, and what became of it, on entries that a real mill made.
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import t, { type Test } from "tap";
import queue from "../../src/cli/queue.ts";
import { formatName, parseName } from "../../src/spool/name.ts";
import { feed, makeHome, runAll, verb, waiting } from "./atHome.ts";
import { member } from "./member.ts";

async function outbound(t: Test, settings = "") {
  const home = await makeHome(t, { settings, list: { archive: false } });
  await member(t, home, "anna@example.com", "ben@example.com");
  const hook = (path: string, text: string) => {
    const file = join(home, "hooks.d", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
  };
  hook(
    "posts/30-recipients/80-more",
    "printf 'Anna@example.com\\ncleo@example.com\\n'",
  );
  hook("posts/40-refine/50-away", "grep -v cleo");
  await feed(home, "From: x@example.org\nSubject: a\n\nText\n");
  await runAll(home);
  const paths = waiting(home, "outbound");
  const show = (args: string[], json = false) =>
    verb(t, home, queue, ["show", ...args], json);
  const ids = paths.map((path) => parseName(basename(path))?.id ?? "");
  return { home, paths, ids, show };
}

t.test("given, by whom, as what, and what became of it", async (t) => {
  const {
    show,
    paths: [path = ""],
    ids: [id = ""],
  } = await outbound(t);
  const anna = await show([id, "--why", "ANNA@example.com"]);
  t.equal(anna.code, 0);
  t.match(
    anna.out,
    "given by posts/30-recipients/10-members.hook.ts, as anna@example.com\n",
  );
  t.match(
    anna.out,
    "given by posts/30-recipients/80-more, as Anna@example.com\n",
  );
  t.match(anna.out, `among the recipients of ${id}, not delivered yet\n`);
  const cleo = await show([id, "--why", "cleo@example.com"]);
  t.equal(cleo.code, 0);
  t.match(cleo.out, "given by posts/30-recipients/80-more\n");
  t.match(cleo.out, /a refine hook left it out/);
  t.match(await show([id, "--why", "nobody@example.com"]), {
    code: 67,
    out: "no hook gave nobody@example.com\n",
  });
  writeFileSync(
    join(path, "progress"),
    "later\t1,3\t451 wait\nsent\t2\t250 2.0.0 ok\n",
  );
  t.match(
    (await show([id, "--why", "ben@example.com"])).out,
    "delivered: 250 2.0.0 ok\n",
  );
  t.match(
    JSON.parse((await show([id, "--why", "ben@example.com"], true)).out),
    {
      given: [
        {
          hook: "posts/30-recipients/10-members.hook.ts",
          as: "ben@example.com",
        },
      ],
      recipient: true,
      settled: { kind: "sent" },
    },
  );
  appendFileSync(join(path, "progress"), "dropped\t1\tby a person\n");
  t.match(
    (await show([id, "--why", "anna@example.com"])).out,
    "dropped: by a person\n",
  );
  const shown = await show([id]);
  t.match(shown.out, /^1 recipient delivered: ben@example\.com$/m);
  t.match(
    shown.out,
    "posts/30-recipients/10-members.hook.ts gave 2 (33 bytes)\n",
  );
  t.match(shown.out, "posts/30-recipients/80-more gave 2 (34 bytes)\n");
});

t.test("in another entry of the same post", async (t) => {
  const { show, ids, paths } = await outbound(t, "");
  t.equal(ids.length, 1);
  const [path = ""] = paths;
  // As a post of more recipients than an entry holds would have it.
  const name = parseName(basename(path));
  if (!name) throw new Error(path);
  const id = name.id.replace(/.{4}$/, "zzzz");
  const other = join(dirname(path), formatName({ ...name, id }));
  mkdirSync(other);
  for (const file of ["message", "given"])
    linkSync(join(path, file), join(other, file));
  const list = "cleo@example.com\n";
  writeFileSync(join(other, "recipients"), `${list}dora@example.com\n`);
  const envelope = JSON.parse(
    readFileSync(join(path, "envelope.json"), "utf8"),
  );
  const portion = { start: 0, end: list.length, count: 1 };
  writeFileSync(
    join(other, "envelope.json"),
    JSON.stringify({ ...envelope, portion }),
  );
  const { out } = await show([ids[0] ?? "", "--why", "cleo@example.com"]);
  t.match(out, `not a recipient of this entry, but of ${id}\n`);
  const dora = await show([ids[0] ?? "", "--why", "dora@example.com"]);
  t.notMatch(dora.out, "but of", "her line is another entry's");
});

t.test("what it is not for", async (t) => {
  const {
    home,
    show,
    ids: [id = ""],
  } = await outbound(t);
  t.match(await show([id, id, "--why", "a@x.org"]), {
    code: 64,
    err: /--why is for queue show and one entry/,
  });
  t.match(await verb(t, home, queue, ["drop", id, "--why", "a@x.org"]), {
    code: 64,
  });
  const [plain = ""] = await feed(home, "From: x@example.org\n\nText\n");
  t.match(await show([plain, "--why", "a@x.org"]), {
    code: 67,
    out: /^recipients are not known yet: .*; see: listmill hooks trace$/m,
  });
});

t.test(
  "an envelope that names a file elsewhere reads nothing there",
  async (t) => {
    const {
      show,
      paths: [path = ""],
      ids: [id = ""],
    } = await outbound(t);
    const file = join(path, "envelope.json");
    const envelope = JSON.parse(readFileSync(file, "utf8"));
    envelope.given[0].file = "../../../../../../../../etc/passwd";
    envelope.given[0].end = 100;
    writeFileSync(file, JSON.stringify(envelope));
    const said = await show([id, "--why", "ben@example.com"]);
    t.equal(said.code, 0);
    t.notMatch(said.out, "given by");
  },
);
