// listmill import, of a list that mlmmj's own programs have made: they must be installed for it.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import list from "../../src/cli/list.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import { madeList, missing, subscribe } from "../transfer/mlmmj/lists.ts";
import { verb } from "./atHome.ts";
import { homeOf, talk } from "./importing.ts";

t.test(
  "a list of mlmmj, with its own programs",
  { skip: missing },
  async (t) => {
    const { home, source, run } = await homeOf(t);
    const dir = madeList(source);
    for (const name of ["anna", "berta", "carl"])
      subscribe(dir, `${name}@example.org`);
    subscribe(dir, "dora@example.org", "-d");
    writeFileSync(join(dir, "control/prefix"), "[talk]\n");
    const before = execFileSync("find", [source, "-printf", "%p %T@ %s\n"], {
      encoding: "utf8",
    });
    t.match(await run(["mlmmj", dir, "--dry-run"]), {
      code: 0,
      out: /^talk@lists\.example\.org: would be made, from mlmmj in .*\nmembers: 4 found, 0 refused\n/,
    });
    t.match(
      JSON.parse((await verb(t, home, list, [], true)).out),
      [{ list: "news@lists.example.org" }],
      "nothing is made",
    );
    t.match(await run(["mlmmj", dir]), {
      code: 0,
      err: "",
      out: /: made, from mlmmj in .*\nmembers: 4 added, 0 changed, 0 there already, 0 refused\n\nKept:\n\nsetting +value +becomes\n(.*\n)*prefix +\[talk\] +subject_prefix = "\[talk\] "\n/,
    });
    t.match(await run(["mlmmj", dir]), {
      code: 0,
      out: /: unchanged, .*\nmembers: 0 added, 0 changed, 4 there already, 0 refused\n/,
    });
    t.match(JSON.parse((await verb(t, home, list, ["show", talk], true)).out), {
      members: 4,
      settings: { subject_prefix: "[talk] ", owners: ["owner@example.org"] },
    });
    t.match(await rosterOf(home).get(talk, "dora@example.org"), {
      delivery: "digest-mime",
    });
    t.equal(
      execFileSync("find", [source, "-printf", "%p %T@ %s\n"], {
        encoding: "utf8",
      }),
      before,
      "nothing of the source is changed",
    );
  },
);
