import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Toy } from "./toy.ts";

const bad: Record<
  string,
  [verb: string, text: string, reason: string | RegExp]
> = {
  throws: [
    "10-approve",
    "export default () => { throw new Error('no\\ndatabase') }",
    "no database",
  ],
  "rejects its promise": [
    "10-approve",
    "export default async () => { throw new Error('gone') }",
    "gone",
  ],
  "never answers": [
    "10-approve",
    "export default () => new Promise(() => {})",
    "no answer within 0.3 s",
  ],
  "exports nothing": [
    "10-approve",
    "export const x = 1",
    /exports no function/,
  ],
  "cannot be parsed": ["10-approve", "export default (", /Unexpected/],
  "imports what is not there": [
    "10-approve",
    "import './none.mjs'; export default () => {}",
    /none\.mjs/,
  ],
  "gives a verdict that there is not": [
    "10-approve",
    "export default () => ({ kind: 'maybe' })",
    "it returned what approve cannot use",
  ],
  "gives a list where a verdict is asked": [
    "10-approve",
    "export default () => ['a@b']",
    "it returned what approve cannot use",
  ],
  "gives a number": [
    "20-edit",
    "export default () => 5",
    "it returned what edit cannot use",
  ],
  "gives text for a message": [
    "20-edit",
    "export default () => 'Subject: x'",
    "it returned what edit cannot use",
  ],
  "gives text for a list": [
    "30-recipients",
    "export default () => 'a@b, c@d'",
    "it returned what recipients cannot use",
  ],
  "fails halfway through its list": [
    "30-recipients",
    "export default async function* () { yield 'a@b'; throw new Error('the server went away') }",
    "the server went away",
  ],
};

for (const [name, [verb, text, reason]] of Object.entries(bad))
  t.test(`a hook that ${name} delays the message`, async (t) => {
    const toy = new Toy(t, { timeout: 300, output: 50_000 });
    toy.hook(`q/${verb}/10-bad.hook.mjs`, text);
    toy.shell("q/60-route/10-on", "echo next");
    await toy.put("q");
    await toy.turn("q");
    const [event] = toy.one("q").envelope.history;
    t.match(event, { what: "later", where: `q/${verb}/10-bad.hook.mjs` });
    if (typeof reason === "string") t.equal(event?.reason, reason);
    else t.match(event?.reason, reason);
    t.equal(toy.said.length, 1);
    t.same(toy.found("next"), []);
    t.same(toy.found("outbound"), []);
  });

t.test("a changed hook is loaded anew for the next message", async (t) => {
  const toy = new Toy(t);
  const text = (queue: string) => `export default () => "${queue}"`;
  const file = toy.hook("q/20-route/10-on.hook.mjs", text("first"));
  for (const queue of ["first", "another", "third"]) {
    writeFileSync(file, text(queue));
    await toy.put("q");
    await toy.turn("q");
    toy.one(queue);
  }
});

t.test("TypeScript is taken, and what a route says is trimmed", async (t) => {
  const toy = new Toy(t);
  toy.hook(
    "q/20-route/10-on.hook.ts",
    "#!/usr/bin/env listmill-hook\nexport default function (): string { return ' next\\n' }\n",
  );
  await toy.put("q");
  await toy.turn("q");
  toy.one("next");
});

t.test("a hook that could not be loaded once is loaded again", async (t) => {
  const toy = new Toy(t);
  const needed = join(toy.home, "needed");
  toy.hook(
    "q/10-approve/10-late.hook.mjs",
    `import { readFileSync } from "node:fs";
readFileSync(${JSON.stringify(needed)});
export default () => ({ kind: "hold", reason: "here" });`,
  );
  await toy.put("q");
  await toy.turn("q");
  t.match(toy.heard().join("\n"), /waits .*ENOENT/);
  writeFileSync(needed, "");
  toy.ahead += 700_000;
  await toy.turn("q");
  t.equal(toy.found("held").length, 1);
});

t.test("a hook that is never loaded makes the message wait", async (t) => {
  const toy = new Toy(t, { timeout: 50, output: 1_000_000 });
  toy.hook(
    "q/10-approve/10-never.hook.mjs",
    "await new Promise(() => {}); export default () => {};",
  );
  await toy.put("q");
  await toy.turn("q");
  t.match(toy.heard().join("\n"), /waits .*no answer within 0.05 s/);
});
