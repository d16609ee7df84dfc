import t from "tap";
import { Toy } from "./toy.ts";

const asks = (...lines: string[]) => ({
  message: [Buffer.from(`Subject: x\n\n${lines.join("\n")}\n`)],
});

t.test(
  "each request is put to the hook of its name, in its order",
  async (t) => {
    const toy = new Toy(t);
    toy.shell(
      "q/20-answer/10-echo",
      'echo "$LISTMILL_COMMAND: $LISTMILL_ARGUMENTS"',
    );
    toy.shell("q/20-answer/no.sh", "echo no; exit 77");
    toy.hook(
      "q/20-answer/30-add.hook.mjs",
      "export default ({ request }) => String(request.rest.split(' ').reduce((a, b) => a + Number(b), 0));\n",
    );
    await toy.put(
      "q",
      asks("ask add 1 2", "ask echo some words; $(id)", "ask no", "ask what"),
    );
    await toy.turn("q");
    const [answer] = toy.found("outbound");
    t.equal(
      answer?.message,
      "Answers: add done 3; echo done echo: some words; $(id)\n; no refused no; what unknown \n",
    );
    t.same(toy.found("q"), []);
  },
);

t.test("a hook that has to wait makes all of it wait", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-answer/first", "echo 1");
  toy.shell("q/20-answer/second", "exit 75");
  await toy.put("q", asks("ask first", "ask second"));
  await toy.turn("q");
  t.same(toy.found("outbound"), []);
  t.match(toy.found("q"), [{ name: { attempt: 1 } }]);
});

t.test("what an answer emits goes out, and silence is no answer", async (t) => {
  const toy = new Toy(t);
  toy.shell(
    "q/20-answer/copy",
    'mkdir -p "$LISTMILL_EMIT/a@b.example" && printf "Subject: mine\\n\\n" > "$LISTMILL_EMIT/a@b.example/1"',
  );
  await toy.put("q", asks("ask copy"));
  await toy.turn("q");
  t.match(toy.found("incoming"), [
    { envelope: { recipient: "a@b.example" }, message: "Subject: mine\n\n" },
  ]);
  t.same(toy.found("outbound"), []);
});

t.test("a message that asks for nothing is done", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-answer/copy", "exit 1");
  await toy.put("q", asks("hello"));
  await toy.turn("q");
  for (const queue of ["q", "outbound", "held", "failed"])
    t.same(toy.found(queue), []);
});

t.test(
  "a held request waits for a person, and is asked again when it is released",
  async (t) => {
    const toy = new Toy(t);
    toy.tellsHeld = true;
    toy.shell("q/20-answer/join", "echo ask a person; exit 80");
    await toy.put("q", asks("ask join"));
    await toy.turn("q");
    t.match(toy.found("held"), [
      { envelope: { rest: { queue: "q", stage: "q/20-answer" } } },
    ]);
    const [told] = toy.found("told");
    t.equal(told?.envelope.recipient, "ask a person");
    t.match(told?.envelope.origin, /^q\/\S+$/);
  },
);
