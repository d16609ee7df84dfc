import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Orders, Runner } from "../../src/engine/runner.ts";
import { laneOf, newId } from "../../src/spool/name.ts";
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
  const turns = await ended;
  t.ok(turns >= 10 && turns <= 20, `${turns} turns, some through both`);
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

t.test("another number of entries at once for some queues", async (t) => {
  const toy = new Toy(t);
  const hook = `let on = 0;
    export default async ({ log }) => {
      on += 1;
      log("at once " + on);
      await new Promise((resolve) => setTimeout(resolve, 20));
      on -= 1;
    }`;
  for (const queue of ["q", "r"]) {
    toy.hook(`${queue}/10-consume/10-count.hook.mjs`, hook);
    for (let n = 0; n < 8; n += 1) await toy.put(queue);
  }
  const queues = ["q", "r"];
  const orders = {
    queues,
    jobs: 2,
    jobsOf: (queue: string) => (queue === "r" ? 5 : undefined),
    untilEmpty: true,
  };
  t.equal(await running(t, toy, orders).ended, 16);
  const most = (queue: string) =>
    Math.max(
      ...toy.said
        .filter((line) => line.startsWith(`${queue}/`))
        .map((line) => Number(line.split("at once ")[1])),
    );
  t.same([most("q"), most("r")], [2, 5]);
});

/** Lets an inline deliver hook note who was served, turn by turn, and how many at once. */
function watched(toy: Toy) {
  toy.portion = 10_000;
  toy.hook(
    "outbound/10-deliver/10-a.hook.mjs",
    `let on = 0;
     export default async function* ({ recipients, log }) {
       on += 1;
       for await (const address of recipients()) {
         log("served " + address + " with " + on);
         await new Promise((resolve) => setTimeout(resolve, 20));
         yield [{ address, kind: "sent", reply: "ok" }];
       }
       on -= 1;
     }`,
  );
  let made = 0;
  return {
    async put(post: string, size: number, count = 1) {
      for (let n = 0; n < count; n += 1) {
        const lane = laneOf(post, post, size);
        const now = Date.now();
        const due = Math.floor(now / 1000) - 1000 + made++;
        const name = { due, attempt: 0, id: newId(now), lane };
        await toy.put("outbound", { name, recipients: [`${post}@x`] });
      }
    },
  };
}

t.test("whoever comes to an explosion has his turn", async (t) => {
  const toy = new Toy(t);
  const { put } = watched(toy);
  await put("large", 1000, 8);
  await put("other", 1000, 4);
  await put("small", 10, 2);
  const orders = { queues: ["outbound"], jobs: 1, untilEmpty: true };
  t.equal(await running(t, toy, orders).ended, 14);
  const order = toy.said.flatMap(
    (line) => /served (\w)\w*@x/.exec(line)?.[1] ?? [],
  );
  t.equal(order.join(""), "sslolololollll", "not by age alone");
});

t.test("an explosion leaves half of the turns to others", async (t) => {
  const toy = new Toy(t);
  const { put } = watched(toy);
  await put("large", 1000, 12);
  const orders = { queues: ["outbound"], jobs: 4, untilEmpty: true };
  t.equal(await running(t, toy, orders).ended, 12);
  const counts = toy.said.flatMap(
    (line) => / with (\d+)/.exec(line)?.[1] ?? [],
  );
  t.equal(Math.max(...counts.map(Number)), 2);
});

t.test("from a queue that is closed nothing is taken", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo next");
  toy.shell("r/20-route/10-on", "echo next");
  for (const queue of ["q", "q", "r"]) await toy.put(queue);
  const mill = toy.mill as { closedUntil(queue: string): number | undefined };
  mill.closedUntil = (queue) => (queue === "q" ? Date.now() + HOUR : undefined);
  const { ended } = running(t, toy, { queues: ["q", "r"], untilEmpty: true });
  t.equal(await ended, 1, "and until empty, it ends all the same");
  t.equal(toy.found("q").length, 2);
  toy.one("next");
});

t.test("what waits too long is taken from a closed queue too", async (t) => {
  const toy = new Toy(t);
  toy.hook(
    "outbound/10-deliver/10-a.hook.mjs",
    `export default async function* ({ recipients }) {
       for await (const address of recipients())
         yield [{ address, kind: "later", reply: "closed", after: 4e9 }];
     }`,
  );
  toy.closedUntil = Date.now() + HOUR;
  const born = Date.now() - toy.mill.retry.give_up;
  const due = Math.floor(Date.now() / 1000) - 10;
  const put = (address: string, birth: number) =>
    toy.put("outbound", {
      name: { due, attempt: 0, id: newId(birth) },
      recipients: [address],
    });
  await put("old@x", born - 1000);
  await put("young@x", born + HOUR);
  const orders = { queues: ["outbound"], untilEmpty: true };
  t.equal(await running(t, toy, orders).ended, 1);
  t.equal(toy.one("incoming").message, "Failed: old@x\n");
  t.equal(toy.one("outbound").recipients, "young@x\n");
});

t.test("where nothing at all is to be taken, nothing is", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo r");
  toy.shell("r/20-route/10-on", "echo next");
  await toy.put("q");
  const due = Math.floor(Date.now() / 1000) - 10;
  const born = Date.now() - 2 * toy.mill.retry.give_up;
  await toy.put("r", { name: { due, attempt: 0, id: newId(born) } });
  const mill = toy.mill as { closedUntil(queue: string): number | undefined };
  mill.closedUntil = (queue) =>
    queue === "r" ? Number.POSITIVE_INFINITY : undefined;
  const { ended } = running(t, toy, { queues: ["q", "r"], untilEmpty: true });
  t.equal(await ended, 1, "what goes there is not gone on with");
  t.equal(toy.found("r").length, 2, "however long it waits");
  t.equal(toy.found("next").length, 0);
});

t.test("what was found in a queue is not taken once it closes", async (t) => {
  const toy = new Toy(t);
  const shut = join(toy.home, "shut");
  toy.shell("q/10-approve/10-shut", `>${shut}`);
  toy.shell("q/20-route/10-on", "echo next");
  const mill = toy.mill as { closedUntil(queue: string): number | undefined };
  mill.closedUntil = () => (existsSync(shut) ? Date.now() + HOUR : undefined);
  for (let n = 0; n < 5; n += 1) await toy.put("q");
  t.equal(await running(t, toy, { jobs: 1, untilEmpty: true }).ended, 1);
  t.equal(toy.found("q").length, 4);
});

t.test("it goes on when it opens, not at the next scan", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo next");
  const opens = Date.now() + 1000;
  toy.closedUntil = opens;
  for (let n = 0; n < 3; n += 1) await toy.put("q");
  running(t, toy);
  await until("all are through", () => toy.found("next").length === 3);
  t.ok(Date.now() >= opens);
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
    const file = join(path, "progress");
    return existsSync(file) && readFileSync(file, "utf8").startsWith("sent");
  };
  await until("it has begun", () => toy.found("outbound").length === 0);
  await until("the first is noted", notes);
  toy.ending.abort();
  await ended;
  const left = toy.one("outbound");
  t.same(left.name, name, "nothing was tried");
  t.match(left.progress, /^sent\t1\tok\n(sent\t2\tok\n)? *$/);
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

t.test(
  "what is routed to a queue has no more turns there than it has",
  async (t) => {
    const toy = new Toy(t);
    toy.hook("q/20-route/10-on.hook.mjs", "export default () => 'narrow'");
    // Whoever finds another one at work there says so.
    toy.hook(
      "narrow/10-consume/10-alone.hook.mjs",
      `let active = 0;
    export default async ({ log }) => {
      active += 1;
      if (active > 1) log("crowded");
      await new Promise((done) => setTimeout(done, 5));
      active -= 1;
    }`,
    );
    for (let n = 0; n < 40; n += 1) await toy.put("q");
    const { ended } = running(t, toy, {
      ...{
        queues: ["q", "narrow"],
        jobsOf: (queue: string) => (queue === "narrow" ? 1 : undefined),
        untilEmpty: true,
      },
    });
    await ended;
    t.equal(toy.found("narrow").length, 0);
    t.notMatch(toy.said.join("\n"), "crowded");
  },
);

t.test("who is away is asked once, and gets all when it is back", async (t) => {
  const toy = new Toy(t);
  const closed = new Map<string, number>();
  Object.assign(toy.mill, {
    close: (queue: string, until: number) => closed.set(queue, until),
    closedUntil: (queue: string) => closed.get(queue),
  });
  const back = Date.now() + 1000;
  toy.hook(
    "q/10-consume/10-absent.hook.mjs",
    `export default ({ now, attempt, log }) => {
      if (now < ${back}) return { kind: "later", reason: "nobody there", until: ${back} };
      log("got it after " + attempt + " tries");
    }`,
  );
  for (let n = 0; n < 20; n += 1) await toy.put("q");
  running(t, toy, { jobs: 1 });
  await until("all are through", () => toy.found("q").length === 0);
  const said = toy.said.join("\n");
  t.equal(said.match(/is away: nobody there/g)?.length, 1, said);
  t.equal(said.match(/got it after 0 tries/g)?.length, 20);
});
