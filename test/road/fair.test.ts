// A post to ten that comes in the middle of one to thousands is out long before that is.
import t from "tap";
import { countingSink } from "./countingsink.ts";
import { Mill, until } from "./mill.ts";

const RATE = 10_000;
const small = "small@lists.example.org";
const few = Array.from({ length: 10 }, (_, at) => `few${at}@y.example`);
const many = Array.from({ length: 6000 }, (_, at) => `many${at}@x.example`);

t.setTimeout(300_000);

for (const other of [true, false])
  t.test(other ? "of another list" : "of the same list", async (t) => {
    const sink = await countingSink();
    t.teardown(() => sink.close());
    const mill = await Mill.make(t.testdir(), {
      smtp: sink.url,
      members: many.slice(0, 1),
      site: `[outbound]\nrate = ${RATE}\n[list]\npolicy = "open"\narchive = false\n[list.refine]\nshrink_limit = "100%"\n`,
    });
    await mill.tell(
      ["member", "import", "dev@lists.example.org"],
      many.join("\n"),
    );
    await mill.tell(["list", "create", small]);
    await mill.tell(["member", "add", small, ...few]);
    await mill.receive("large", "author@z.example");
    const run = mill.start(["run"]);
    t.teardown(async () => {
      run.child.kill("SIGKILL");
      await run.ended;
    });
    const served = (id: string) =>
      sink.taken
        .filter(({ message }) => message === `<${id}@home.example>`)
        .reduce((sum, { recipients }) => sum + recipients.length, 0);
    await until(
      () => served("large") > 500,
      () => "the large post to be on its way",
    );
    if (!other) {
      // The list has few members from now on; those of the post on its way are known.
      await mill.tell([
        "member",
        "remove",
        "dev@lists.example.org",
        ...many.slice(10),
      ]);
    }
    const before = served("large");
    const text = `From: <author@z.example>\nTo: <${small}>\nSubject: few\nMessage-ID: <few@home.example>\n\nfew\n`;
    await mill.tell(
      [
        "receive",
        "--sender",
        "author@z.example",
        other ? small : "dev@lists.example.org",
      ],
      text,
    );
    await until(
      () => served("few") === 10,
      () => "the small post to be out",
    );
    const meanwhile = served("large") - before;
    t.ok(
      meanwhile <= (RATE / 60) * 5,
      `${meanwhile} of the large post in between, ${(RATE / 60) * 5} go in five seconds`,
    );
    t.ok(served("large") < many.length, "the large one is far from its end");
  });
