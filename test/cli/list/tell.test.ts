// What a command does to a list is told where it was done, and with one id however often it is said.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Context } from "../../../src/cli/context.ts";
import { tell, telling } from "../../../src/cli/list/tell.ts";
import { tellOverdue } from "../../../src/lists/outbox.ts";
import { eventSchema } from "../../../src/lists/schema/event.ts";
import { stateOf } from "../../../src/lists/state.ts";
import { makeHome, news, waiting } from "../atHome.ts";

const events = (home: string) =>
  waiting(home, "events").map((entry) => {
    const text = readFileSync(join(entry, "message"), "utf8");
    return eventSchema.parse(JSON.parse(text.slice(text.indexOf("\n\n"))));
  });
const noted = async (home: string) =>
  (await stateOf(home)).outbox.since(Number.MAX_SAFE_INTEGER);

t.test("it stands in the state before it is done", async (t) => {
  const home = await makeHome(t);
  const file = join(home, "lists", news, "list.toml");
  const done = await telling(
    new Context(home, false),
    news,
    "list.frozen",
    {},
    async () => {
      t.match(await noted(home), [{ event: "list.frozen", list: news }]);
      t.same(events(home), []);
      writeFileSync(file, "frozen = true\n");
      return "done";
    },
  );
  t.equal(done, "done");
  t.match(events(home), [{ event: "list.frozen", by: { by: "command" } }]);
  t.same(await noted(home), []);
});

t.test("what fails is not told, but what has come to it is", async (t) => {
  const home = await makeHome(t);
  const context = new Context(home, false);
  const fails = (change: () => void) =>
    telling(context, news, "list.frozen", {}, async () => {
      change();
      throw new Error("no");
    });
  await t.rejects(
    fails(() => {}),
    /no/,
  );
  t.same(await noted(home), []);
  const file = join(home, "lists", news, "list.toml");
  await t.rejects(
    fails(() => writeFileSync(file, "frozen = true\n")),
    /no/,
  );
  t.same(events(home), []);
  t.equal((await noted(home)).length, 1, "a runner tells it");
  await tellOverdue(home);
  t.same(events(home), [], "in a moment");
});

t.test("what is set as it was is no change", async (t) => {
  const home = await makeHome(t);
  const context = new Context(home, false);
  await telling(context, news, "list.thawed", {}, async () => {});
  t.same(events(home), []);
  t.same(await noted(home), []);
});

t.test("what is said again while it is marked is the same event", async (t) => {
  const home = await makeHome(t);
  const context = new Context(home, false);
  const mark = join(home, "mark");
  writeFileSync(mark, "");
  const say = () => tell(context, news, "list.removed", { aside: "x" }, mark);
  await say();
  await say();
  const [one, two] = events(home);
  t.equal(one?.id, two?.id);
  rmSync(mark);
  await say();
  t.equal(new Set(events(home).map(({ id }) => id)).size, 2);
});

t.test("without a state it is done and told all the same", async (t) => {
  const home = t.testdir();
  const made = await makeHome(t, { dir: join(home, "home") });
  rmSync(join(made, "state"), { recursive: true });
  mkdirSync(join(made, "state"));
  const file = join(made, "lists", news, "list.toml");
  await telling(new Context(made, false), news, "list.frozen", {}, async () =>
    writeFileSync(file, "frozen = true\n"),
  );
  t.match(events(made), [{ event: "list.frozen" }]);
});
