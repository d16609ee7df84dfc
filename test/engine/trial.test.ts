// A trial goes the way that the mill goes, and leaves the spool as it was.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { Scratch, Trial, type Tried } from "../../src/engine/trial.ts";
import { MESSAGE, type Text, Toy } from "./toy.ts";

const envelope = {
  sender: "author@a.example",
  recipient: "list@b.example",
  origin: "mta",
  received: "2026-01-01T00:00:00.000Z",
  history: [],
};

function trier(t: Test) {
  const toy = new Toy(t);
  const scratch = new Scratch();
  t.teardown(() => scratch.remove());
  const file = join(toy.home, "sample");
  writeFileSync(file, MESSAGE);
  const { trade, pipelines, launchers, servers, limits, clock, signal } =
    toy.mill;
  const gear = {
    trade,
    pipelines,
    launchers,
    servers,
    limits,
    clock,
    signal,
    trial: true,
  };
  const open = () => {
    const sample = { queue: "q", envelope, message: file };
    return Trial.open<Text>(scratch, sample, trade.place(envelope), gear);
  };
  return {
    toy,
    scratch,
    open,
    async walk(really = false) {
      const trial = await open();
      const { layers } = trade.place(envelope);
      const steps = await Array.fromAsync(
        trial.walk(pipelines.get("q", layers, clock.now()), really),
      );
      const tried = steps.filter((step): step is Tried<Text> => step.asked);
      return { trial, steps, tried };
    },
  };
}

t.test(
  "hook after hook, each with what it found and what it left",
  async (t) => {
    const { toy, walk } = trier(t);
    toy.shell("q/10-approve/10-a", 'echo "trial $LISTMILL_TRIAL" >&2');
    toy.shell("q/20-edit/10-a", "sed 's/message/letter/'");
    toy.shell("q/20-edit/20-b", "exit 0");
    toy.shell("q/30-recipients/10-a", "echo a@x; echo b@x");
    toy.shell("q/30-recipients/20-b", "echo c@x");
    toy.shell("q/40-refine/10-a", "grep -v b@x");
    toy.shell(
      "q/50-emit/10-a",
      'mkdir "$LISTMILL_EMIT/copy@x"; cat >"$LISTMILL_EMIT/copy@x/1"',
    );
    const { trial, tried } = await walk();
    t.same(trial.end, { kind: "done" });
    const [approve, edit, unchanged, first, second, refine, emit] = tried;
    t.same(approve?.said, ["trial 1"]);
    t.equal(edit?.before.text, MESSAGE);
    t.equal(edit?.after.text, MESSAGE.replace("message", "letter"));
    t.equal(unchanged?.before, unchanged?.after);
    const text = async (pieces: Parameters<typeof bytes>[0] = []) =>
      (await bytes(pieces, 1000)).toString();
    t.equal(await text(first?.given), "a@x\nb@x\n");
    t.equal(await text(second?.addressesBefore), "a@x\nb@x\n");
    t.equal(await text(second?.given), "c@x\n");
    t.equal(await text(refine?.addressesAfter), "a@x\nc@x\n");
    t.match(emit?.emissions, [{ recipient: "copy@x" }]);
    t.match(await trial.follows(), {
      kind: "spreads",
      recipients: 2,
    });
    t.same(readdirSync(toy.spool.root), [], "nothing in the spool");
  },
);

t.test("a verdict ends the way, a skip ends the stage", async (t) => {
  const { toy, walk } = trier(t);
  toy.shell("q/10-approve/10-a", "exit 99");
  toy.shell("q/10-approve/20-b", "exit 80");
  toy.shell("q/20-approve/10-c", "echo No.; exit 77");
  toy.shell("q/20-approve/20-d", "exit 80");
  const { trial, tried } = await walk();
  t.same(
    tried.map(({ hook }) => hook.path),
    ["q/10-approve/10-a", "q/20-approve/10-c"],
  );
  t.match(await trial.follows(), {
    kind: "reject",
    where: "q/20-approve/10-c",
    reason: "No.",
    told: { envelope: { recipient: "author@a.example" } },
  });
});

t.test("an observed skip skips nothing", async (t) => {
  const { toy, walk } = trier(t);
  toy.observe = ["q/10-approve/10-a"];
  toy.shell("q/10-approve/10-a", "exit 99");
  toy.shell("q/10-approve/20-b", "exit 80");
  const { trial, tried } = await walk();
  t.match(tried, [
    { observed: true, verdict: { kind: "skip" } },
    { observed: false },
  ]);
  t.match(await trial.follows(), { kind: "hold" });
});

t.test("what is not asked is named", async (t) => {
  const { toy, walk } = trier(t);
  const acted = join(toy.home, "acted");
  toy.shell("q/20-route/10-a", "echo next");
  toy.shell("q/20-route/20-b", "echo other");
  toy.shell("q/40-refine/10-a", "cat");
  toy.shell("q/50-consume/10-a", `touch ${acted}`);
  const { trial, steps } = await walk();
  t.match(
    steps.map((step) => (step.asked ? "asked" : step.why)),
    [
      "asked",
      /has named the queue/,
      /no distribution list/,
      /consume hooks are not run/,
    ],
  );
  t.notOk(existsSync(acted));
  t.match(await trial.follows(), { kind: "moves", queue: "next" });
  await walk(true);
  t.ok(existsSync(acted), "but really");
});

t.test("a route that leads nowhere", async (t) => {
  const { toy, walk } = trier(t);
  toy.shell("q/20-route/10-a", "echo held");
  t.match(await (await walk()).trial.follows(), {
    kind: "later",
    reason: 'it cannot be routed to "held"',
  });
  toy.shell("q/20-route/10-a", "exit 0");
  t.match(await (await walk()).trial.follows(), {
    kind: "later",
    reason: /no route hook named/,
  });
});

t.test("its entries can be removed one by one", async (t) => {
  const { scratch, open } = trier(t);
  const [one, other] = [await open(), await open()];
  t.equal(readdirSync(scratch.folder).length, 2);
  one.remove();
  other.remove();
  t.same(readdirSync(scratch.folder), []);
  scratch.remove();
  t.notOk(existsSync(scratch.folder));
});
