import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import rate from "../../src/cli/rate.ts";
import { makeHome, verb } from "./atHome.ts";

t.test("what holds is shown, and changed while runners run", async (t) => {
  const home = await makeHome(t);
  const settings = readFileSync(join(home, "listmill.toml"), "utf8");
  writeFileSync(
    join(home, "listmill.toml"),
    settings.replace("rate = 0", "rate = 600"),
  );
  const run = (args: string[], json = false) => verb(t, home, rate, args, json);
  t.match((await run([])).out, /^queue .*\noutbound +600 +600\n$/);
  t.same(JSON.parse((await run([], true)).out), [
    { queue: "outbound", rate: 600, settings: 600, ordered: null, since: null },
  ]);
  t.match(await run(["outbound", "1200"]), {
    code: 0,
    out: "outbound: at most 1200 messages a minute and runner; runners follow within 5 seconds\n",
  });
  const [row] = JSON.parse((await run(["outbound"], true)).out);
  t.match(row, { rate: 1200, settings: 600, ordered: 1200 });
  t.ok(Math.abs(Date.parse(row.since) - Date.now()) < 60_000);
  t.match((await run([])).out, /\noutbound +1200 +600 +1200 +20\d\d-/);
  t.match(
    (await run(["outbound", "0"])).out,
    /^outbound: no limit of a runner/,
  );
  t.match((await run([])).out, /\noutbound +no limit +600 +no limit +20/);
  t.match(await run(["outbound", "default"]), {
    code: 0,
    out: /^outbound: at most 600 messages a minute and runner, as the settings say/,
  });
  t.match(JSON.parse((await run(["outbound", "7"], true)).out), [{ rate: 7 }]);
  writeFileSync(join(home, "spool/outbound/rate"), "{");
  t.match(await run([]), { code: 65, err: /spool\/outbound\/rate: no order/ });
  t.match(await run(["outbound", "5"]), { code: 0 });
});

t.test("what makes no sense is refused with what would", async (t) => {
  const home = await makeHome(t);
  const run = (args: string[]) => verb(t, home, rate, args);
  const cases: [string[], RegExp][] = [
    [
      ["posts", "5"],
      /^"posts" has no rate that can be ordered, only outbound has; .*--jobs N$/,
    ],
    [["held"], /^"held" has no rate/],
    [
      ["outbound", "fast"],
      /^"fast" is no rate: give messages a minute, 0 to 1000000000 /,
    ],
    [["outbound", "-5"], /-5/],
    [["outbound", "1.5"], /^"1.5" is no rate/],
    [["outbound", "1000000001"], /is no rate/],
    [["outbound", "5", "6"], /"6" is an argument too many/],
  ];
  for (const [args, err] of cases)
    t.match(await run(args), { code: 64, err }, args.join(" "));
});
