import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Orders, Runner } from "../../src/engine/runner.ts";
import { MESSAGE, Toy, until } from "./toy.ts";

const HOUR = 3_600_000;

/** A runner on a toy mill, ended with the test. */
function running(t: Test, toy: Toy, orders: Partial<Orders> = {}) {
  const runner = new Runner(toy.mill, {
    queues: ["q"],
    jobs: 4,
    scan: HOUR,
    untilEmpty: false,
    ...orders,
  });
  const ended = runner.run();
  const stop = () => {
    toy.ending.abort();
    return ended;
  };
  t.teardown(stop);
  return { ended, stop };
}

/** Waits until a runner has nothing to do and listens. */
async function quiet(toy: Toy, queue = "q") {
  const name = await toy.put(queue);
  await until("the runner has begun", () => toy.found(queue).length === 0);
  return name;
}

t.test("until empty, it goes through all queues and ends", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo second");
  toy.shell("second/20-route/10-on", "echo third");
  for (let n = 0; n < 10; n += 1) await toy.put("q");
  const { ended } = running(t, toy, {
    queues: ["second", "q"],
    untilEmpty: true,
  });
  t.equal(await ended, 20, "turns");
  t.equal(toy.found("third").length, 10);
  for (const queue of ["q", "second"])
    t.same(readdirSync(toy.spool.claimed(queue)), [], "its folders are gone");
});

t.test(
  "until empty, it ends with entries that wait for their time",
  async (t) => {
    const toy = new Toy(t);
    toy.shell("q/10-approve/10-no", "exit 75");
    await toy.put("q");
    t.equal(await running(t, toy, { untilEmpty: true }).ended, 1);
    t.equal(toy.one("q").name.attempt, 1);
  },
);

t.test(
  "what comes is noticed by the bell, long before the next scan",
  async (t) => {
    const toy = new Toy(t);
    toy.hook("q/20-route/10-on.hook.mjs", "export default () => 'next'");
    running(t, toy);
    await quiet(toy);
    for (let round = 1; round <= 20; round += 1) {
      // A burst: no ring may be lost in the wake of another.
      await Promise.all([toy.put("q"), toy.put("q"), toy.put("q")]);
      await until(
        "all of the burst is through",
        () => toy.found("next").length === 1 + 3 * round,
      );
    }
  },
);

t.test("what comes while a runner begins is noticed", async (t) => {
  for (let round = 0; round < 5; round += 1) {
    const toy = new Toy(t);
    toy.hook("q/20-route/10-on.hook.mjs", "export default () => 'next'");
    const { stop } = running(t, toy);
    for (let n = 0; n < 5; n += 1) await toy.put("q");
    await until("all are through", () => toy.found("next").length === 5);
    await stop();
  }
});

t.test("a file that an MTA delivers is noticed likewise", async (t) => {
  const toy = new Toy(t);
  toy.hook("incoming/20-route/10-on.hook.mjs", "export default () => 'next'");
  running(t, toy, { queues: ["incoming"] });
  await quiet(toy, "incoming");
  for (let n = 1; n <= 5; n += 1) {
    const name = `1700000000.M${n}P2.host`;
    const draft = join(toy.spool.writing("incoming"), name);
    writeFileSync(draft, MESSAGE);
    renameSync(draft, join(toy.spool.waiting("incoming"), name));
    await until("it is through", () => toy.found("next").length === 1 + n);
  }
});

t.test("the scan finds what no bell told of", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo next");
  running(t, toy, { scan: 50 });
  await quiet(toy);
  await toy.put("hidden");
  const { path } = toy.one("hidden");
  renameSync(path, path.replace("/hidden/", "/q/"));
  await until("it is through", () => toy.found("next").length === 2);
});

t.test("an entry is taken as soon as it is due", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo next");
  running(t, toy);
  const { id } = await quiet(toy);
  const now = Math.floor(Date.now() / 1000);
  for (const due of [now + 2, now + 1])
    await toy.put("q", { name: { due, attempt: 0, id } });
  t.equal(toy.found("q").length, 2);
  await until("both are through", () => toy.found("next").length === 3);
  t.ok(Date.now() / 1000 >= now + 2);
});

t.test(
  "what failed is tried again when it is due, not at the next scan",
  async (t) => {
    const toy = new Toy(t);
    const mill = toy.mill as { retry: (typeof toy.mill)["retry"] };
    mill.retry = { ...mill.retry, first: 500, most: 500 };
    const mended = join(toy.home, "mended");
    toy.shell("q/10-approve/10-bad", `[ -e ${mended} ] || exit 75`);
    toy.shell("q/20-route/10-on", "echo next");
    running(t, toy);
    await toy.put("q");
    await until("it has failed twice", () =>
      toy.found("q").some(({ name }) => name.attempt >= 2),
    );
    writeFileSync(mended, "");
    await until("it is through", () => toy.found("next").length === 1);
  },
);

t.test("no more entries at once than it may", async (t) => {
  const toy = new Toy(t);
  const on = join(toy.home, "on");
  mkdirSync(on);
  toy.hook(
    "q/10-consume/10-count.hook.mjs",
    `import { readdirSync, rmSync, writeFileSync } from "node:fs";
     export default async ({ id, log }) => {
       writeFileSync("${on}/" + id, "");
       await new Promise((resolve) => setTimeout(resolve, 20));
       log("at once " + readdirSync("${on}").length);
       rmSync("${on}/" + id);
     }`,
  );
  for (let n = 0; n < 12; n += 1) await toy.put("q");
  await running(t, toy, { jobs: 3, untilEmpty: true }).ended;
  const counts = toy.said.map((line) => Number(line.split("at once ")[1]));
  t.equal(counts.length, 12);
  t.equal(Math.max(...counts), 3, `${counts}`);
});

t.test(
  "told to stop, it finishes what it has claimed and takes no more",
  async (t) => {
    const toy = new Toy(t);
    const go = join(toy.home, "go");
    toy.shell(
      "q/10-approve/10-wait",
      `while ! [ -e ${go} ]; do sleep 0.01; done`,
    );
    toy.shell("q/20-route/10-on", "echo second");
    toy.shell("second/20-route/10-on", "echo third");
    for (let n = 0; n < 5; n += 1) await toy.put("q");
    const { ended } = running(t, toy, { queues: ["q", "second"], jobs: 2 });
    await until("two are claimed", () => toy.found("q").length === 3);
    toy.ending.abort();
    t.equal(
      await Promise.race([
        ended,
        new Promise((next) => setImmediate(next, "on")),
      ]),
      "on",
      "it does not leave them",
    );
    writeFileSync(go, "");
    t.equal(await ended, 2);
    t.equal(toy.found("q").length, 3);
    t.equal(toy.found("second").length, 2, "published, and left to others");
    t.notOk(existsSync(toy.spool.claimed("q", "toy")));
  },
);

t.test(
  "a runner that begins when it is told to stop takes nothing",
  async (t) => {
    const toy = new Toy(t);
    toy.shell("q/20-route/10-on", "echo next");
    await toy.put("q");
    toy.ending.abort();
    t.equal(await running(t, toy).ended, 0);
    toy.one("q");
  },
);

t.test("a delivery that is told to stop goes back as it was", async (t) => {
  const toy = new Toy(t);
  toy.hook(
    "outbound/10-deliver/10-slow.hook.mjs",
    `export default async function* ({ recipients, signal }) {
       for await (const address of recipients()) {
         if (signal.aborted) return;
         yield [{ address, kind: "sent", reply: "ok" }];
         if (address === "b@x" && !signal.aborted) await new Promise((stop) =>
           signal.addEventListener("abort", stop, { once: true }));
       }
     }`,
  );
  const name = await toy.put("outbound", {
    recipients: ["a@x", "b@x", "c@x"],
  });
  const { ended } = running(t, toy, { queues: ["outbound"] });
  const notes = () => {
    const [claimed = ""] = readdirSync(toy.spool.claimed("outbound", "toy"));
    const path = join(toy.spool.claimed("outbound", "toy"), claimed);
    return existsSync(join(path, "progress"));
  };
  await until("it has begun", () => toy.found("outbound").length === 0);
  await until("the first is noted", notes);
  toy.ending.abort();
  await ended;
  const left = toy.one("outbound");
  t.same(left.name, name, "nothing was tried");
  t.match(left.progress, /^a@x\tsent\tok\n/);
  t.notMatch(left.progress, /c@x/);
});

t.test("only the entries of its lists", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo next");
  await toy.put("q");
  const { envelope } = toy.one("q");
  await toy.put("q", { envelope: { ...envelope, list: "a@x" } });
  await toy.put("q", { envelope: { ...envelope, list: "b@x" } });
  await running(t, toy, { untilEmpty: true, lists: new Set(["b@x"]) }).ended;
  t.equal(toy.one("next").envelope.list, "b@x");
  t.equal(toy.found("q").length, 2);
});

t.test(
  "a queue that cannot be listed is told of, and the others go on",
  async (t) => {
    const toy = new Toy(t);
    toy.shell("q/20-route/10-on", "echo next");
    running(t, toy, { queues: ["q", "gone"], scan: 20 });
    await quiet(toy);
    rmSync(toy.spool.waiting("gone"), { recursive: true });
    await until("it is told of", () =>
      toy.said.some((line) => /^gone: could not be listed: ENOENT/.test(line)),
    );
    await toy.put("q");
    await until("it is through", () => toy.found("next").length === 2);
  },
);

t.test("a runner whose lease is lost stops by itself", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo next");
  const { ended } = running(t, toy, { scan: 20 });
  await quiet(toy);
  toy.holds = false;
  await toy.put("q");
  await ended;
  toy.one("q");
});
