// A runner that is killed while it judges a bounce: another one finishes, and it was judged once.
import { chmodSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { reportAt, reportsOf } from "../../src/bounce/judge/reports.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import { stateOf } from "../../src/lists/state.ts";
import { report } from "../bounce/judge/court.ts";
import { countingSink } from "./countingsink.ts";
import { list, Mill } from "./mill.ts";

const ben = "ben@box.test";

const places = [
  ...["hook-asked", "bounce-noted", "bounce-kept", "trial-begun"],
  ...["trial-silenced", "child-written", "before-commit", "committed"],
  "child-published",
];

const folder = t.testdir();
const template = join(folder, "template");
const at = list.replace("@", "-bounces@");

t.before(async () => {
  const mill = await Mill.make(template, {
    smtp: "smtp://127.0.0.1:1",
    members: [ben, "carla@box.test"],
    list: '[bounces]\nlog_only = "0s"\nthreshold = 1\ndays = 1\nposts = 1\n',
  });
  const text = `Return-Path: <>\nDelivered-To: ${at}\n${report([{ to: ben }])}`;
  const file = join(mill.spool("incoming", "new"), "bounce");
  writeFileSync(file, text, { mode: 0o640 });
});

t.test("killed while a bounce is judged", { timeout: 300_000 }, async (t) => {
  t.jobs = 2;
  for (const place of places)
    t.test(place, { buffered: true }, async (t) => {
      const sink = await countingSink();
      t.teardown(() => sink.close());
      const home = join(folder, place);
      cpSync(template, home, { recursive: true });
      // A copy of a folder has other permissions than the folder.
      chmodSync(join(home, "secrets/keys"), 0o700);
      const mill = Mill.at(home);
      mill.settle("", sink.url);
      const run = ["run", "--until-empty", "--jobs", "1"];
      const { signal, log } = await mill.start(run, place).ended;
      t.equal(signal, "SIGKILL", log);
      await mill.finish();
      const trials = sink.taken.filter(({ recipients }) =>
        recipients.includes(ben),
      );
      t.equal(trials.length, 1, "one trial");
      t.equal(mill.calendar().length, 1, "one look at the end of the day");
      const { bounces, probes } = await stateOf(home);
      t.match(await probes.get(list, ben), { sent: 1, failed: 0, ended: "" });
      const [noted, ...more] = await bounces.about(list, [ben], 0);
      t.same(more, []);
      const kept = reportAt(reportsOf(home, list), noted?.report ?? "");
      t.ok(kept, "its report is kept");
      t.match(await rosterOf(home).get(list, ben), {
        suspendedFor: /^bounces: no-such-user/,
      });
    });
});
