// Posts of a real mill by a real Redis to consumers: nothing is lost, whatever is cut, full or killed.
import { join } from "node:path";
import t from "tap";
import { Press, Taker } from "./broking.ts";
import { Gate } from "./gate.ts";
import { list, until } from "./mill.ts";
import { call, freePort, needServers, Servers } from "./servers.ts";

/** Like start_redis, with what was written to the file of appended commands. */
const again = `
(cd "$1" && runuser -u redis -- redis-server --port "$2" --bind 127.0.0.1 --dir "$1" --save '' --appendonly yes \
  --daemonize yes --pidfile "$1/redis.pid" --logfile "$1/redis.log") </dev/null >/dev/null 2>&1
_svc_wait 10 redis-cli -p "$2" ping
_svc_wait 5 test -s "$1/redis.pid"
_svc_reg redis "$1" "$(cat "$1/redis.pid")" "redis-cli -p $2 shutdown nosave"`;

t.test("posts go by Redis", async (t) => {
  if (!needServers(t, "redis")) return;
  const servers = new Servers(t);
  const port = await freePort();
  const dir = join(servers.dir, "redis");
  servers.bash('start_redis "$1" "$2"', [dir, `${port}`]);
  const cli = (...args: string[]) =>
    call("redis-cli", ["-p", `${port}`, ...args]).trim();
  const gate = await Gate.before(t, port);
  const root = t.testdir({ home: {}, takers: {} });
  const press = await Press.make(
    join(root, "home"),
    "redis",
    `[archive.redis]\nurl = "redis://127.0.0.1:${gate.port}"\ntimeout = "1s"\ninline = "64KB"\n`,
  );
  const taker = (name: string, ...more: string[]) =>
    new Taker(t, join(root, "takers", name), [
      ...["redis", "--url", `redis://127.0.0.1:${port}`, "--group", name],
      ...["--wait", "200ms", "--archive", join(press.mill.home, "archive")],
      ...more,
    ]);
  const first = taker("first").start();
  const runner = press.run();
  t.teardown(() => runner.child.kill("SIGKILL"));

  await t.test("byte for byte, a large one from the archive", async (t) => {
    press.post(["a1"]);
    press.post(["a2"], 100_000);
    await first.all(press, 2);
    t.same(first.posts(), press.stored());
    const isEvent = ([id, body]: [string, Buffer]) =>
      !id.startsWith(list) && JSON.parse(`${body}`).event === "list.created";
    await until(
      () => [...first.got()].some(isEvent),
      () => `the event\n${first.log}`,
    );
  });

  await t.test("what was taken unheard comes again under its id", async (t) => {
    gate.silence();
    press.post(["b1"]);
    await until(
      () => /is away/.test(runner.log()),
      () => `away\n${runner.log()}`,
    );
    gate.open();
    await first.all(press, 3);
    await until(
      () => /dev@lists.example.org\/3: came again, was done/.test(first.log),
      () => `a double\n${first.log}`,
    );
    t.equal(first.runs(press.idOf("b1")), 1, "the program ran once");
  });

  await t.test("full, and away", async (t) => {
    cli("config", "set", "maxmemory", "1");
    press.post(["c1"]);
    await until(
      () => /is away: .*memory is full/.test(runner.log()),
      () => `full\n${runner.log()}`,
    );
    gate.shut();
    cli("config", "set", "maxmemory", "0");
    press.post(["c2"]);
    await until(
      () => press.stored().size === 5,
      () => "it is stored",
    );
    gate.open();
    await first.all(press, 5);
    t.same(first.posts(), press.stored());
  });

  await t.test("a consumer that fails holds up no other post", async (t) => {
    first.answer(`${list}/6`, 75);
    first.answer(`${list}/7`, 77);
    press.post(["d1"]);
    await until(
      () => first.runs(`${list}/6`) >= 2,
      () => `a second try\n${first.log}`,
    );
    press.post(["d2"]);
    await until(
      () => cli("xlen", "first.dead") === "1",
      () => `a dead letter\n${first.log}`,
    );
    first.answer(`${list}/6`, 0);
    await until(
      () => /\/6: done/.test(first.log),
      () => `done\n${first.log}`,
    );
    t.match(cli("xrange", "first.dead", "-", "+"), /rejects it/);
    t.equal(first.runs(`${list}/7`), 1);
    await until(
      () => /^0\b/.test(cli("xpending", "listmill", "first")),
      () => `nothing to be pending\n${first.log}`,
    );
  });

  await t.test("killed in the middle, all come again", async (t) => {
    const second = taker("second").start("consume-ran:3");
    t.equal(await second.end(), "SIGKILL");
    second.start("consume-noted:2");
    t.equal(await second.end(), "SIGKILL");
    second.start();
    await second.all(press, 7);
    t.same(second.posts(), press.stored());
    t.match(second.log, /came again, was done already/);
    t.equal(await second.end("SIGTERM"), 0);
  });

  await t.test(
    "the server is stopped, and starts with what it had",
    async (t) => {
      cli("config", "set", "appendonly", "yes");
      await until(
        () => /aof_rewrite_in_progress:0/.test(cli("info", "persistence")),
        () => "the file to be written",
      );
      const before = cli("xlen", "listmill");
      servers.stop(dir);
      servers.bash(again, [dir, `${port}`]);
      t.equal(cli("xlen", "listmill"), before);
      press.post(["r1"]);
      await first.all(press, 8);
      t.match(first.log, /the broker is away, again in 1 s/);
      t.same(first.posts(), press.stored());
    },
  );

  await t.test("told to stop, it finishes what it has begun", async (t) => {
    const third = taker("third");
    third.slow(1);
    third.start();
    await until(
      () => third.runs(`${list}/1`) === 1 || third.got().size > 0,
      () => `a program to run\n${third.log}`,
    );
    t.equal(await third.end("SIGTERM"), 0);
    const [id = ""] = third.got().keys();
    t.equal(third.got().size, 1);
    t.match(third.log, `${id}: done`);
    t.match(cli("xpending", "listmill", "third"), /^0\b/);
    third.slow(0);
    const rest = taker("third", "--until-empty", "--prefetch", "3").start();
    t.equal(await rest.end(), 0);
    t.same(rest.posts(), press.stored());
  });

  await t.test("what is dropped while it waits is told", async (t) => {
    const waiting = `${list}/9`;
    first.answer(waiting, 75);
    press.post(["w1"]);
    await until(
      () => /\/9: again in/.test(first.log),
      () => `a first try\n${first.log}`,
    );
    cli("xtrim", "listmill", "maxlen", "0");
    await until(
      () => /LOST: .* has dropped entry/.test(first.log),
      () => `a warning\n${first.log}`,
    );
    await until(
      () => /^0\b/.test(cli("xpending", "listmill", "first")),
      () => `nothing to be pending\n${first.log}`,
    );
    t.notMatch(first.log, `${waiting}: done`);
  });

  await t.test("what was dropped before it was read is told", async (t) => {
    await first.end("SIGTERM");
    const before = Number(cli("xlen", "listmill"));
    const said = first.log.length;
    press.post(["e1", "e2"]);
    // With an event for each.
    await until(
      () => Number(cli("xlen", "listmill")) >= before + 4,
      () => `posts\n${runner.log()}`,
    );
    cli("xtrim", "listmill", "maxlen", "1");
    first.start();
    await until(
      () => /LOST: .* dropped [1-9]\d* entries/.test(first.log.slice(said)),
      () => `a warning\n${first.log}`,
    );
    t.equal(await first.end("SIGTERM"), 0);
  });

  runner.child.kill("SIGTERM");
  const { code } = await runner.ended;
  t.equal(code, 0);
});
