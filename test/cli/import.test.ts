import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { exit } from "../../src/base/errors.ts";
import list from "../../src/cli/list.ts";
import suppress from "../../src/cli/suppress.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import { dumped } from "../transfer/mailman/dumps.ts";
import { plainList } from "../transfer/mlmmj/lists.ts";
import { verb } from "./atHome.ts";
import { homeOf, talk } from "./importing.ts";

t.test("a list that is there is changed only when that is said", async (t) => {
  const { home, source, run } = await homeOf(t);
  plainList(source, {
    "control/prefix": "[talk]\n",
    "subscribers.d/a": "anna@x.org\nno address\n",
  });
  t.match(await run(["mlmmj", source]), {
    code: exit.dataError,
    out: /made/,
    err: /^listmill: .*subscribers\.d\/a:2: no address: no usable address\n$/,
  });
  writeFileSync(join(source, "control/prefix"), "[other]\n");
  t.match(await run(["mlmmj", source]), {
    code: exit.cannotCreate,
    err: /this list exists already, and subject_prefix is not as imported; --into changes it/,
  });
  t.match(await run(["mlmmj", source, "--into"]), {
    code: exit.dataError,
    out: /: changed, from/,
  });
  t.match(JSON.parse((await verb(t, home, list, ["show", talk], true)).out), {
    settings: { subject_prefix: "[other] " },
  });
  t.match(await run(["mlmmj", source, "--list", "Copy@lists.example.org"]), {
    code: exit.dataError,
    out: /^copy@lists\.example\.org: made/,
  });
  t.match(
    await run(["mlmmj", source, "--list", "news-owner@lists.example.org"]),
    { code: exit.usage, err: /mistaken for an address of the list news@/ },
  );
});

t.test(
  "members, options and bans of Mailman 2, and the report as JSON",
  async (t) => {
    const { home, source, run } = await homeOf(t);
    const file = join(source, "dump");
    writeFileSync(
      file,
      dumped({
        members: "{'anna@x.org': 0, 'gone@x.org': 0}",
        delivery_status: "{'gone@x.org': (4, 1700000000)}",
        user_options: "{'anna@x.org': 258}",
        ban_list: "['bad@x.org']",
        subject_prefix: "'[Talk] '",
        welcome_msg: "'Be nice.'",
        cp_own: "7",
      }),
    );
    writeFileSync(
      join(source, "more"),
      "# those of list_members\nBerta Bär <berta@x.org>\nanna@x.org\n",
    );
    const { code, out, err } = await run(
      ["mailman2", file, "--members", join(source, "more")],
      true,
    );
    t.equal(code, exit.dataError);
    t.match(err, /more:3: anna@x\.org: is there already/);
    const report = JSON.parse(out);
    t.match(report, {
      manager: "mailman2",
      list: talk,
      made: "made",
      members: { added: 3, refused: [{ address: "anna@x.org" }] },
      suppressed: { added: 1 },
      settings: { subject_prefix: "[Talk] " },
      roles: [{ address: "owner@example.org", role: "owner" }],
    });
    const settings = [...report.kept, ...report.lost, ...report.moot].map(
      ({ setting }: { setting: string }) => setting,
    );
    for (const name of [
      "cp_own",
      "subject_prefix",
      "created_at",
      "welcome_msg",
    ])
      t.ok(settings.includes(name), name);
    t.match(
      await rosterOf(home).get(talk, "gone@x.org"),
      { delivery: "posts", suspended: 1_700_000_000_000 },
      "who bounced gets no mail",
    );
    t.match(await rosterOf(home).get(talk, "berta@x.org"), {
      name: "Berta Bär",
    });
    t.match(
      (await verb(t, home, suppress, ["list"])).out,
      /bad@x\.org +talk@lists\.example\.org .*banned in Mailman/,
    );
    t.match(JSON.parse((await run(["mailman2", file], true)).out), {
      made: "unchanged",
      members: { added: 0, changed: 0, present: 2 },
      suppressed: { present: 1 },
      texts: [],
    });
  },
);

t.test("a list that has moved gets nothing of another one", async (t) => {
  const { home, source, run } = await homeOf(t);
  plainList(source, { "subscribers.d/a": "anna@x.org\n" });
  await verb(t, home, list, ["create", talk]);
  await verb(t, home, list, ["rename", talk, "new@lists.example.org"]);
  t.match(await run(["mlmmj", source, "--into"]), {
    code: exit.cannotCreate,
    err: /talk@\S+ has moved to new@\S+; end that first/,
  });
  t.equal(await rosterOf(home).count("new@lists.example.org"), 0);
});

t.test("what cannot be read is told, and nothing is made", async (t) => {
  const { home, source, run } = await homeOf(t);
  t.match(await run(["sympa", source]), {
    code: exit.usage,
    err: /import takes mlmmj, mailman2, mailman3, ezmlm, majordomo, and what to read/,
  });
  t.match(await run(["constructor", source]), { code: exit.usage });
  t.match(await run(["mlmmj"]), { code: exit.usage });
  t.match(await run(["mlmmj", source]), {
    code: exit.dataError,
    err: /control\/listaddress is missing/,
  });
  const file = join(source, "dump");
  writeFileSync(file, dumped({ owner: "[" }));
  t.match(await run(["mailman2", file]), {
    code: exit.dataError,
    err: /dump:\d+: /,
  });
  t.match(await run(["mailman2", source]), {
    code: exit.noInput,
    err: /source: this is a folder, not a file/,
  });
  plainList(source);
  t.match(await run(["mlmmj", source, "--members", "/none"]), {
    code: exit.noInput,
    err: /\/none: there is no such file/,
  });
  t.match(JSON.parse((await verb(t, home, list, [], true)).out), [
    { list: "news@lists.example.org" },
  ]);
});
