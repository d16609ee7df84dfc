import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { siteFile } from "../../../src/lists/manual.ts";
import { listSettings, loadSite } from "../../../src/lists/settings.ts";

const home = t.testdir();

/** The settings of a home whose listmill.toml says this. */
function load(content: string) {
  writeFileSync(join(home, "listmill.toml"), content);
  return loadSite(home).outbound;
}

/** What is wrong with it. */
function wrong(content: string): string {
  try {
    load(content);
    return "";
  } catch (error) {
    return (error as Error).message.replaceAll(`${home}/listmill.toml:`, "");
  }
}

t.test("without them there is no other limit than rate", async (t) => {
  t.match(load(""), {
    rate: 600,
    shared_rate: 0,
    daily: 0,
    quiet: [],
    timezone: undefined,
    adapt: true,
    domains: {},
  });
});

t.test("what fits is taken", async (t) => {
  const outbound = load(`[outbound]
shared_rate = 3000
daily = 10000
quiet = ["22:00-06:00", "sat,sun 00:00-24:00"]
timezone = "Europe/Zurich"
adapt = false
[outbound.domains."Bücher.example"]
rate = 100
[outbound.domains."gmail.com"]
connections = 2
`);
  t.match(outbound, {
    shared_rate: 3000,
    daily: 10_000,
    quiet: [
      { from: 1320, to: 360 },
      { days: [0, 6], from: 0, to: 1440 },
    ],
    adapt: false,
    domains: {
      "Bücher.example": { rate: 100, connections: 0 },
      "gmail.com": { rate: 0, connections: 2 },
    },
  });
});

t.test("what cannot work is told with its line", async (t) => {
  const domains = (text: string) => wrong(`[outbound.domains]\n${text}`);
  t.equal(
    wrong('[outbound]\ntimezone = "UTC"'),
    "2: outbound.timezone: is for quiet: set that too, or leave this out",
  );
  t.match(
    wrong('[outbound]\nquiet = ["22:00-06:00"]\ntimezone = "Zurich"'),
    /^3: outbound\.timezone: must be a time zone such as "Europe\/Zurich", not "Zurich"$/,
  );
  t.match(
    wrong('[outbound]\nquiet = ["22-6"]'),
    /^2: outbound\.quiet\[1\]: must be hours such as "22:00-06:00" or .*, not "22-6"$/,
  );
  t.equal(
    wrong('[outbound]\nquiet = ["06:00-22:00", "21:00-06:00"]'),
    "2: outbound.quiet: leaves no minute of a week in which mail could leave",
  );
  t.equal(
    domains('"gmail.com" = {}'),
    '2: outbound.domains."gmail.com": sets no limit: give rate or connections',
  );
  t.equal(
    domains(
      '"Bücher.example" = { rate = 1 }\n"xn--bcher-kva.example" = { rate = 2 }',
    ),
    '3: outbound.domains."xn--bcher-kva.example": is the same domain as "Bücher.example"',
  );
  t.equal(
    domains('"anna@gmail.com" = { rate = 1 }'),
    '2: outbound.domains."anna@gmail.com": not a domain such as "example.org"',
  );
  t.equal(
    wrong('[outbound.domains."gmail.com"]\nrate = -1\nspeed = 5'),
    [
      '2: outbound.domains."gmail.com".rate: must be a whole number, 0 to 1000000000, not -1',
      '3: outbound.domains."gmail.com".speed: no such setting; there are rate, connections',
    ].join("\n"),
  );
  t.equal(
    domains('"gmail.com" = 5'),
    '2: outbound.domains."gmail.com": must be a section, [outbound.domains."gmail.com"], not 5',
  );
});

t.test("the commented file shows a domain that can be taken", async (t) => {
  const line = '#"gmail.com" = { rate = 100, connections = 2 }';
  t.ok(siteFile().includes(`\n[outbound.domains]\n${line}\n`));
  const opened = siteFile().replace(line, line.slice(1));
  t.same(load(opened).domains, {
    "gmail.com": { rate: 100, connections: 2 },
  });
  t.match(siteFile(), /^# rate: Most messages a minute/m);
});

t.test("a list may wait before it sends, up to a day", async (t) => {
  const cadence = (text: string) =>
    listSettings({ list: {} }, `cadence = "${text}"`, "l").cadence;
  t.equal(listSettings({ list: {} }, "", "l").cadence, 0);
  t.equal(cadence("15m"), 900_000);
  t.equal(cadence("0s"), 0);
  for (const bad of ["25h", "0m", "15"])
    t.throws(
      () => cadence(bad),
      /l:1: cadence: must be a duration .*"0s", not/,
    );
});

t.test("max_repeat leaves each connection one recipient", async (t) => {
  t.match(load("outbound.max_repeat = 4\n"), { max_repeat: 4 });
  t.match(load("outbound = { max_repeat = 1, connections = 1 }\n"), {});
  t.match(
    wrong("[outbound]\nmax_repeat = 3\n"),
    /max_repeat.*cannot be kept.* 4 connections/,
  );
});
