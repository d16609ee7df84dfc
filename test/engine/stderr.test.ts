// What a hook writes to stderr goes to the log, as much of it as is of use.
import t from "tap";
import { Toy } from "./toy.ts";

t.test("all lines up to twenty, then how many more", async (t) => {
  const toy = new Toy(t);
  const hook = "q/10-approve/10-a";
  const said = async (text: string) => {
    toy.shell(hook, text);
    await toy.put("q");
    await toy.turn("q");
    const lines = toy.heard().filter((line) => line.includes(`${hook}: `));
    return lines.map((line) =>
      line.slice(line.indexOf(hook) + hook.length + 2),
    );
  };
  toy.shell("q/20-route/10-a", "echo next");
  t.same(await said("echo one >&2; echo >&2; echo two >&2"), ["one", "two"]);
  t.same(await said("exit 0"), []);
  const many = await said("seq 21 >&2");
  t.equal(many.length, 21);
  t.same(many.slice(-2), ["20", "and 1 more line"]);
  t.same((await said("seq 5000 >&2")).at(-1), "and 4980 more lines");
  const [long = ""] = await said("printf '%05000d' 1 >&2");
  t.match(long, /^0{500}…$/);
  const held = await said("echo why >&2; echo more >&2; exit 80");
  t.equal(held[0], "more", "the reason is told once, with the verdict");
  t.same(await said("printf 'a\\033[31m\\n' >&2"), ["a [31m"]);
});
