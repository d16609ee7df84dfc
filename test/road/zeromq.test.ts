// Posts of a real mill by ZeroMQ to consumers, which answer for each.
import { join } from "node:path";
import t from "tap";
import { Subscriber } from "zeromq";
import { Press, Taker } from "./broking.ts";
import { list, until } from "./mill.ts";
import { freePort } from "./servers.ts";

t.setTimeout(120_000);

t.test("posts go by ZeroMQ", async (t) => {
  const root = t.testdir({ home: {}, takers: {} });
  const endpoint = `tcp://127.0.0.1:${await freePort()}`;
  const notice = `tcp://127.0.0.1:${await freePort()}`;
  const press = await Press.make(
    join(root, "home"),
    "zeromq",
    `[archive.zeromq]\nendpoint = "${endpoint}"\nnotice = "${notice}"\ntimeout = "1s"\ninline = "64KB"\n`,
  );
  const subscriber = new Subscriber();
  await subscriber.bind(notice);
  subscriber.subscribe(`${list}.post`);
  const notices: string[] = [];
  const told = (async () => {
    // What begins so are events, too.
    for await (const [topic, body] of subscriber)
      if (`${topic}` === `${list}.post`)
        notices.push(`${topic} ${JSON.parse(`${body}`).id}`);
  })();
  t.teardown(async () => {
    subscriber.close();
    await told.catch(() => {});
  });
  const taker = new Taker(t, join(root, "takers/only"), [
    ...["zeromq", "--endpoint", endpoint],
    ...["--archive", join(press.mill.home, "archive")],
  ]);
  const runner = press.run();
  t.teardown(() => runner.child.kill("SIGKILL"));

  await t.test("a post waits for a consumer, and is announced", async (t) => {
    press.post(["a1"]);
    press.post(["a2"], 100_000);
    await until(
      () => /is away: \[archive.zeromq\] nobody answers/.test(runner.log()),
      () => `away\n${runner.log()}`,
    );
    taker.start();
    await taker.all(press, 2);
    t.same(taker.posts(), press.stored(), "byte for byte");
    await until(
      () => notices.length === 2,
      () => `notices: ${notices}`,
    );
    t.same(
      notices.toSorted(),
      [1, 2].map((at) => `${list}.post ${list}/${at}`),
    );
  });

  await t.test("one that dies before its answer is asked again", async (t) => {
    await taker.end("SIGTERM");
    taker.start("consume-noted");
    press.post(["b1"]);
    t.equal(await taker.end(), "SIGKILL");
    taker.start();
    await until(
      () => /: came again, was done already/.test(taker.log),
      () => `the same id\n${taker.log}\n${runner.log()}`,
    );
    await taker.all(press, 3);
    t.equal(taker.runs(`${list}/3`), 1);
    t.match(runner.log(), /no answer from .* within 1 s/);
  });

  await t.test("later and reject", async (t) => {
    taker.answer(`${list}/4`, 75);
    press.post(["c1"]);
    await until(
      () => taker.runs(`${list}/4`) >= 2,
      () => `a second try\n${taker.log}`,
    );
    taker.answer(`${list}/4`, 77);
    await until(
      () => press.mill.entries("failed").length === 1,
      () => `a copy in failed/\n${runner.log()}`,
    );
    t.match(runner.log(), /the program rejects it/);
  });

  runner.child.kill("SIGTERM");
  t.equal((await runner.ended).code, 0);
  t.equal(await taker.end("SIGTERM"), 0);
});
