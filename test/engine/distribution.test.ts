// The list of an entry while hooks make it: who gave which bytes of it, however addresses come.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Distribution } from "../../src/engine/distribution.ts";
import { answerOf, type Reply } from "../../src/engine/question.ts";

function listIn(t: Test) {
  const path = t.testdir();
  const work = join(path, "work");
  mkdirSync(work);
  const name = { due: 0, attempt: 0, id: "1" };
  const list = new Distribution({ queue: "posts", name, path });
  let files = 0;
  const file = (text: string, folder = work) => {
    files += 1;
    const path = join(folder, `mine.${files}`);
    writeFileSync(path, text);
    return path;
  };
  const take = (hook: string, reply: Reply, how: "append" | "replace") =>
    list.take(
      answerOf(reply, how === "append" ? "recipients" : "refine"),
      how,
      hook,
      20_000,
    );
  return { list, path, file, take };
}

const content = (list: Distribution) => readFileSync(list.file ?? "", "utf8");

function gifts(list: Distribution): string[] {
  return list.given.map(({ hook, file, start, end }) => {
    const bytes = readFileSync(file).subarray(start, end);
    return `${hook}: ${bytes.toString().replaceAll("\n", " ")}`;
  });
}

t.test("addresses one by one, many at once and as files", async (t) => {
  const { list, path, file, take } = listIn(t);
  t.equal(await take("one", ["a@x", " b@x \r", "", "\n"], "append"), undefined);
  await take("many", [["c@x", "d@x"], ["e@x ", ""], [], [""], "f@x"], "append");
  await take("own", { file: file("g@x\nh@x\n") }, "append");
  await take("foreign", { file: file("i@x\r\n\r\nj@x", path) }, "append");
  await take("none", [], "append");
  t.equal(content(list), "a@x\nb@x\nc@x\nd@x\ne@x\nf@x\ng@x\nh@x\ni@x\nj@x\n");
  const wanted = [
    "one: a@x b@x ",
    "many: c@x d@x e@x f@x ",
    "own: g@x h@x ",
    "foreign: i@x j@x ",
    "none: ",
  ];
  t.same(gifts(list), wanted);
  await take("refine", [["z@x"]], "replace");
  t.equal(content(list), "z@x\n");
  await take("file", { file: file("y@x\n") }, "replace");
  t.equal(content(list), "y@x\n");
  await take("foreign", { file: file(" x@x\n", path) }, "replace");
  t.equal(content(list), "x@x\n");
  t.same(gifts(list), wanted, "what was given stays as it was");
  t.same(await Array.fromAsync(list.addresses()), ["x@x"]);
});

t.test(
  "a file that comes first is the list, and others go behind",
  async (t) => {
    const { list, file, take } = listIn(t);
    await take("own", { file: file("a@x\n") }, "append");
    await take("one", ["b@x"], "append");
    await take("own too", { file: file("c@x\n") }, "append");
    t.equal(content(list), "a@x\nb@x\nc@x\n");
    t.same(gifts(list), ["own: a@x ", "one: b@x ", "own too: c@x "]);
  },
);

t.test("no addresses are a list too, and no answer is none", async (t) => {
  const { list, take } = listIn(t);
  t.equal(await take("silent", undefined, "append"), undefined);
  t.equal(list.file, undefined);
  await take("nobody", [], "append");
  t.equal(content(list), "");
});

t.test("a file that is not there is told", async (t) => {
  const { list, path, take } = listIn(t);
  for (const gone of [join(path, "work", "gone"), join(path, "gone")])
    t.match(await take("hook", { file: gone }, "append"), /ENOENT.*gone/);
  t.equal(list.file, undefined);
});

t.test(
  "as of which change members were read is known from then on",
  async (t) => {
    const { list, file, take } = listIn(t);
    t.equal(list.asOf, undefined);
    await take("members", { file: file("a@x\n"), asOf: 17 }, "append");
    await take("others", ["b@x"], "append");
    await take("refine", ["a@x"], "replace");
    t.equal(list.asOf, 17);
  },
);
