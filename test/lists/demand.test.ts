import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Answers, demandProblem, exists } from "../../src/lists/demand.ts";
import { type List, Lists } from "../../src/lists/directory.ts";
import { loadSite } from "../../src/lists/settings.ts";
import { groups } from "./groups.ts";

function at(home: string) {
  const site = loadSite(home);
  const lists = new Lists(home, site);
  const list = (address: string) => lists.get(address) as List;
  return {
    site,
    list,
    ask: (address: string, now = 0) => exists(list(address), site, now),
  };
}

t.test("there is what the source says, for a minute", async (t) => {
  const home = t.testdir({ lists: {} });
  const db = groups(home, "corp.org", ["sales"]);
  const { ask } = at(home);
  t.equal(await ask("sales@corp.org"), true);
  t.equal(await ask("Sales@corp.org"), true);
  t.equal(await ask("new@corp.org"), false);
  db.exec("DELETE FROM teams; INSERT INTO teams VALUES ('new')");
  t.equal(await ask("sales@corp.org", 59_999), true, "yes is remembered");
  t.equal(await ask("new@corp.org", 59_999), false, "no is, too");
  t.equal(await ask("sales@corp.org", 60_000), false);
  t.equal(await ask("new@corp.org", 60_000), true);
  t.equal(await ask("x'or'x'='x@corp.org"), false, "names are data");
  t.same(readdirSync(join(home, "lists")), ["@corp.org"], "nothing is made");
});

t.test("what cannot be asked is later, and is not remembered", async (t) => {
  const home = t.testdir({ lists: {} });
  groups(home, "down.org", ["sales"]).close();
  rmSync(join(home, "groups.db"));
  const { ask } = at(home);
  await t.rejects(ask("sales@down.org"), { name: "Failure", exitCode: 75 });
  groups(home, "down.org", ["sales"]);
  t.equal(await ask("sales@down.org"), true);
});

t.test("settings that name nobody to ask", async (t) => {
  const home = t.testdir({ lists: {} });
  groups(home, "corp.org", []);
  const { ask, list } = at(home);
  t.equal(demandProblem(list("x@corp.org")), undefined);
  t.equal(await ask("x@corp.org"), false);
  writeFileSync(join(home, "lists/@corp.org/list.toml"), "");
  const message =
    /@corp\.org\/list\.toml: .* needs a section \[ldap\] or \[sql\]/;
  t.match(demandProblem(list("x@corp.org")), message);
  await t.rejects(ask("x@corp.org"), { exitCode: 78, message });
});

t.test("a list that was made is there, and nobody is asked", async (t) => {
  const home = t.testdir({ lists: { "dev@corp.org": { "list.toml": "" } } });
  writeFileSync(join(home, "lists/dev@corp.org/list.toml"), "");
  t.equal(await at(home).ask("dev@corp.org"), true);
});

t.test(
  "only so many answers are kept, and those who ask share one",
  async (t) => {
    const answers = new Answers(2, 100);
    const owner = {};
    let asked: string[] = [];
    const get = (key: string, now = 0, by = owner) =>
      answers.get(key, by, now, async () => {
        asked.push(key);
        return true;
      });
    await Promise.all([get("a"), get("a"), get("b"), get("a", 99)]);
    t.same(asked, ["a", "b"]);
    asked = [];
    for (const key of ["c", "b", "c", "a"]) await get(key);
    t.same(asked, ["c", "a"], "the oldest was forgotten");
    asked = [];
    await get("a", 100);
    await get("a", 100, {});
    t.same(asked, ["a", "a"], "too old, and of other settings");
    const fails = () => Promise.reject(new Error("down"));
    await t.rejects(answers.get("d", owner, 0, fails), /down/);
    t.equal(await get("d"), true);
  },
);
