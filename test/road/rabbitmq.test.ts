// Posts of a real mill by a real RabbitMQ to consumers: nothing is lost, whatever is cut, full or killed.
import { join } from "node:path";
import { connect } from "amqplib";
import t from "tap";
import { Press, Taker } from "./broking.ts";
import { Gate } from "./gate.ts";
import { list, until } from "./mill.ts";
import { freePort, needServers, Servers } from "./servers.ts";

t.setTimeout(180_000);

t.test("posts go by RabbitMQ", async (t) => {
  if (!needServers(t, "rabbitmq")) return;
  const servers = new Servers(t);
  const port = await freePort();
  const dir = join(servers.dir, "rabbit");
  servers.bash('start_rabbitmq "$1" "$2"', [dir, `${port}`]);
  const gate = await Gate.before(t, port);
  const root = t.testdir({ home: {}, takers: {} });
  const press = await Press.make(
    join(root, "home"),
    "amqp",
    `[archive.amqp]\nurl = "amqp://127.0.0.1:${gate.port}"\ntimeout = "1s"\ninline = "64KB"\n`,
  );
  const taker = (name: string, ...more: string[]) =>
    new Taker(t, join(root, "takers", name), [
      ...["amqp", "--url", `amqp://127.0.0.1:${port}`, "--queue", name],
      ...["--wait", "200ms", "--archive", join(press.mill.home, "archive")],
      ...more,
    ]);
  const runner = press.run();
  t.teardown(() => runner.child.kill("SIGKILL"));
  const first = taker("first");
  const posts = taker("posts", "--bind", `${list}.post`);

  await t.test("what no queue is bound for waits", async (t) => {
    press.post(["a1"]);
    await until(
      () => /no queue is bound to the exchange "listmill"/.test(runner.log()),
      () => `a reason\n${runner.log()}`,
    );
    first.start();
    await first.all(press, 1);
    t.same(first.posts(), press.stored(), "byte for byte");
  });

  await t.test("two consumers, one of them slow", async (t) => {
    posts.slow(2);
    posts.start();
    await until(
      () => /waits for messages/.test(posts.log),
      () => `its queue\n${posts.log}`,
    );
    press.post(["b1", "b2"]);
    press.post(["b3"], 100_000);
    await first.all(press, 4);
    t.ok(posts.posts().size < 3, "the fast one need not wait");
    posts.slow(0);
    await until(
      () => posts.posts().size === 3,
      () => `the slow one\n${posts.log}`,
    );
    t.same(first.posts(), press.stored());
    t.ok(
      [...posts.got().keys()].every((id) => id.startsWith(list)),
      "no events, for these it is not bound",
    );
    t.equal(await posts.end("SIGTERM"), 0);
  });

  await t.test("what was taken unheard comes again under its id", async (t) => {
    gate.silence();
    press.post(["c1"]);
    await until(
      () => /no confirmation within 1 s/.test(runner.log()),
      () => `away\n${runner.log()}`,
    );
    gate.open();
    await first.all(press, 5);
    await until(
      () => /\/5: came again, was done already/.test(first.log),
      () => `a double\n${first.log}`,
    );
    t.equal(first.runs(press.idOf("c1")), 1, "the program ran once");
  });

  await t.test("a queue that is full", async (t) => {
    const model = await connect(`amqp://127.0.0.1:${port}`);
    const channel = await model.createChannel();
    const limits = { "x-max-length": 2, "x-overflow": "reject-publish" };
    await channel.assertQueue("small", { durable: true, arguments: limits });
    await channel.bindQueue("small", "listmill", "#");
    press.post(["d1", "d2", "d3", "d4"]);
    await until(
      () => /later: .*is full/.test(runner.log()),
      () => `full\n${runner.log()}`,
    );
    const small = taker("small").start();
    await until(
      () => small.posts().size === 4,
      () => `all four\n${small.log}\n${runner.log()}`,
    );
    t.equal(await small.end("SIGTERM"), 0);
    await channel.deleteQueue("small");
    await model.close();
    await first.all(press, 9);
  });

  await t.test("a program that fails holds up no other post", async (t) => {
    first.answer(`${list}/10`, 75);
    first.answer(`${list}/11`, 77);
    const model = await connect(`amqp://127.0.0.1:${port}`);
    const channel = await model.createChannel();
    await channel.deleteQueue("first.dead");
    press.post(["e1"]);
    await until(
      () => first.runs(`${list}/10`) >= 2,
      () => `a second try\n${first.log}`,
    );
    press.post(["e2"]);
    await until(
      () => /\/11: laid aside/.test(first.log),
      () => `a dead letter\n${first.log}`,
    );
    first.answer(`${list}/10`, 0);
    await until(
      () => /\/10: done/.test(first.log),
      () => `done\n${first.log}`,
    );
    const dead = await channel.get("first.dead", { noAck: true });
    t.match(dead && JSON.parse(`${dead.content}`), { id: `${list}/11` });
    await model.close();
  });

  await t.test("runner and consumer are killed in the middle", async (t) => {
    runner.child.kill("SIGTERM");
    t.equal((await runner.ended).code, 0);
    t.equal(await first.end("SIGTERM"), 0);
    press.post(["f1", "f2", "f3"]);
    const killed = await press.pass("consumer-sent:2");
    t.equal(killed.signal, "SIGKILL");
    await press.finish();
    t.equal(await first.start("consume-ran:2").end(), "SIGKILL");
    t.equal(await first.start("consume-noted:1").end(), "SIGKILL");
    first.start();
    await first.all(press, 14);
    await until(
      () =>
        (first.log.match(/came again, was done already/g) ?? []).length >= 3,
      () => `doubles\n${first.log}`,
    );
    t.same(first.posts(), press.stored());
  });

  const control = (...words: string[]) =>
    servers.bash('rabbitmq_ctl "$@"', [dir, ...words]);

  await t.test("the broker is low on memory, then stopped", async (t) => {
    press.post(["g1", "g2"]);
    control("set_vm_memory_high_watermark", "0.0001");
    const low = await press.pass();
    t.match(low.log, /is away: .*takes nothing; it says: low on memory/);
    control("stop_app");
    const away = await press.pass();
    t.match(away.log, /waits: .*is away: \[archive.amqp\]/);
    t.equal(press.mill.entries("archive-amqp").length, 2);
    control("start_app");
    await press.finish();
    await first.all(press, 16);
    t.match(first.log, /the broker is away, again in 1 s/);
    t.same(first.posts(), press.stored());
    t.equal(await first.end("SIGTERM"), 0);
  });

  await t.test("until the queue is empty, two programs at once", async (t) => {
    press.post(["h1", "h2", "h3", "h4"]);
    await press.finish();
    const last = taker("first", "--until-empty", "--prefetch", "2").start();
    t.equal(await last.end(), 0);
    t.same(last.posts(), press.stored());
  });
});
