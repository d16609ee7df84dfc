import t from "tap";
import held from "../../src/cli/held.ts";
import { isPassword } from "../../src/lists/password.ts";
import { Town } from "../road/town.ts";
import { news, verb } from "./atHome.ts";

const [maria, paul] = ["maria@example.org", "paul@example.org"];

async function townWith(t: Parameters<typeof Town.build>[0], count: number) {
  const town = await Town.build(t, {
    moderators: [maria, paul],
    others: "hold",
  });
  await town.roster.add(news, "anna@example.com");
  for (let at = 0; at < count; at += 1)
    await town.write("eve@example.net", "", `Post ${at}`);
  const run = (args: string[], json = false) =>
    verb(t, town.home, held, args, json);
  const ids = async () =>
    (JSON.parse((await run([], true)).out) as { entry: string }[]).map(
      ({ entry }) => entry,
    );
  return { town, run, ids };
}

t.test("what waits is listed, shown and decided about", async (t) => {
  const { town, run, ids } = await townWith(t, 4);
  const [one = "", two = "", three = "", four = ""] = await ids();
  t.match((await run([])).out, /Post 0[\s\S]*Post 3/);
  t.match((await run([news])).out, /eve@example\.net/);
  t.match((await run(["show", one])).out, /Subject: Post 0/);
  t.match(await run(["approve", one, two]), { code: 0, out: /accepted/ });
  const posts = await town.work();
  t.same(
    posts
      .filter(({ to }) => to === "anna@example.com")
      .map(({ subject }) => subject)
      .sort(),
    ["Post 0", "Post 1"],
  );
  t.equal(
    posts.filter(({ to }) => to === maria).length,
    2,
    "moderators are told",
  );
  t.match(await run(["reject", three, "--reason", "Too late."]), { code: 0 });
  const [refusal] = (await town.work()).filter(({ to }) =>
    to.startsWith("eve"),
  );
  t.match(refusal?.text, "Too late.");
  t.match(await run(["discard", four]), { code: 0 });
  t.same(
    (await town.work()).filter(({ to }) => to.startsWith("eve")),
    [],
  );
  t.match(await run([]), { code: 0, out: "nothing waits for a moderator\n" });
  t.match(await run(["approve", four]), { code: 66 });
});

t.test("what is wrong is said", async (t) => {
  const { run } = await townWith(t, 0);
  for (const [args, code, err] of [
    [["approve"], 64, /which entries\?/],
    [["approve", "abc"], 66, /no entry/],
    [["nolist@x.org"], 67, /there is no list/],
    [["approve", "x", "--reason", "y"], 64, /--reason goes with/],
  ] as const)
    t.match(await run([...args]), { code, err }, args.join(" "));
});

t.test("a password becomes a hash", async (t) => {
  const { run } = await townWith(t, 0);
  const before = Object.getOwnPropertyDescriptor(process, "stdin");
  t.teardown(() => before && Object.defineProperty(process, "stdin", before));
  Object.defineProperty(process, "stdin", {
    configurable: true,
    value: (async function* () {
      yield Buffer.from("open sesame\n");
    })(),
  });
  const { out } = await run(["password"]);
  t.ok(await isPassword("open sesame", out.trim()));
});
