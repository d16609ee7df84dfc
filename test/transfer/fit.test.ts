// What this listmill does not have, or does not take, is lost instead of kept.
import t from "tap";
import { tableOf } from "../../src/lists/change.ts";
import { Account } from "../../src/transfer/account.ts";
import { fitted } from "../../src/transfer/fit.ts";
import { keptRows, lostLines } from "../../src/transfer/report.ts";
import { senders } from "../../src/transfer/senders.ts";
import { list, none } from "./outcomes.ts";

t.test("settings, values and texts that do not fit are lost", (t) => {
  const account = new Account();
  account.set("prefix", "x", "subject_prefix", "[x] ");
  account.set("long", "y", "description", "y".repeat(501));
  account.set("new", "z", "no_such_thing", true);
  account.put("digest.nothing", 1);
  account.put("archive", "perhaps");
  account.put("digest.posts", 7);
  account.role("owner", "boss@x.org", "owner");
  t.notOk(account.role("owner", "no address", "owner"));
  account.text("help", "help", "en", "Subject: x\n\ny\n");
  account.text("odd", "oddity", "en", "Subject: x\n\ny\n");
  const fit = fitted(account.found(list, none()), new Set(["help"]));
  t.same(Object.fromEntries(fit.settings), {
    owners: ["boss@x.org"],
    subject_prefix: "[x] ",
    "digest.posts": 7,
  });
  t.same({ ...(tableOf(fit.settings).digest as object) }, { posts: 7 });
  t.same(
    fit.kept.map(({ setting }) => setting),
    ["prefix", "help"],
  );
  const why = Object.fromEntries(
    fit.lost.map(({ setting, why }) => [setting, why]),
  );
  t.match(why, {
    owner: "no usable address",
    long: /description: must be text on one line/,
    new: "this listmill has no such setting: no_such_thing",
    "digest.nothing": "this listmill has no such setting: digest.nothing",
    archive: /must be true or false/,
    odd: "this listmill has no text oddity",
  });
  t.match(lostLines([...fit.lost, ...fit.lost]), [
    /^ {2}owner = no address: no usable address\n {6}instead: listmill list set/,
    /long/,
    /new/,
    /odd|nothing|archive/,
  ]);
  t.equal(keptRows([...fit.kept, ...fit.kept]).length, 2);
  t.end();
});

t.test("people beyond what lines can say get a role, or are counted", (t) => {
  const many = Array.from({ length: 1500 }, (_, n) => `a${n}@x.org`);
  const account = new Account();
  const how = { deed: "post", action: "accept", when: "accept" } as const;
  senders(account, "guests", [...many, "nobody", "^[0-9]"], how);
  senders(account, "bad", ["z@x.org"], { ...how, action: "discard" });
  senders(account, "none", [" "], how);
  const { roles, kept, lost, moot, settings } = account.found(list, none());
  t.equal((settings["rules.post"] as string[]).length, 1000);
  t.equal(roles.length, 500);
  t.match(kept, [
    { setting: "guests", key: "rules.post" },
    { becomes: "role poster" },
  ]);
  t.same(
    lost.map(({ setting, value }) => `${setting} ${value}`),
    ["guests nobody", "guests ^[0-9]", "bad 1 more"],
  );
  t.match(moot, [{ setting: "none" }]);
  t.end();
});

t.test(
  "lines are in the order in which they must be asked, each once, and bounded",
  (t) => {
    const account = new Account();
    account.rules("post", ["accept if free"], "accept");
    account.rules("post", ["hold"], "first");
    account.rules("post", ["hold", "hold"], "first");
    t.notOk(account.rules("post", [undefined, "accept"]));
    account.ruled(
      "big",
      "",
      "who",
      Array.from({ length: 1001 }, (_, n) => `hold if from a${n}@x.org`),
    );
    const { settings, lost } = account.found(list, none());
    t.same(settings["rules.post"], ["hold", "accept if free"]);
    t.match(lost, [{ setting: "big" }]);
    t.end();
  },
);
