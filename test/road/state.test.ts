// The state in a real PostgreSQL: the same tables as in SQLite, brought up to date by one host at a
// time, never with a password in what is said, and used again when the server is back.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { copyTables, rowsOf } from "../../src/state/copy.ts";
import { postgresSteps } from "../../src/state/migrations.ts";
import { Pool } from "../../src/state/postgres.ts";
import { makeState, openState, type State } from "../../src/state/state.ts";
import { serverVersion, upgrade } from "../../src/state/upgrade.ts";
import { isKept, rows, STEPS } from "../state/before.ts";
import { tableTests } from "../state/tables.ts";
import { Databases } from "./databases.ts";
import { needServers } from "./servers.ts";
import { severing } from "./severing.ts";

const SECRET = "s3cret-word";
const later = { name: "Failure", exitCode: 75 };

t.setTimeout(300_000);
if (needServers(t, "postgres")) road(await Databases.start(t));

/** Opens; the test closes it. */
async function opened(t: Test, opening: Promise<State>): Promise<State> {
  const state = await opening;
  t.teardown(() => state.close());
  return state;
}

function poolOf(t: Test, databases: Databases, database: string): Pool {
  const { server } = databases.place("", database);
  if (!server) throw new Error("no server");
  const pool = new Pool(server);
  t.teardown(() => pool.end());
  return pool;
}

function road(databases: Databases): void {
  t.test("the tables", (t) => {
    tableTests(t, async (t) => {
      const place = databases.place(t.testdir(), databases.make());
      return () => opened(t, makeState(place));
    });
    t.end();
  });

  t.test(
    "a database without tables is not taken for an empty state",
    async (t) => {
      const place = databases.place(t.testdir(), databases.make());
      await t.rejects(openState(place), {
        ...later,
        message: /has no tables of listmill yet; make them with listmill init/,
      });
      const state = await opened(t, makeState(place));
      t.equal(await state.store.version(), postgresSteps.length);
      t.notMatch(state.store.where, /\?|:[^/]*@/);
      await opened(t, openState(place));
    },
  );

  t.test("what a state of before has is there as before", async (t) => {
    const name = databases.make();
    await upgrade(
      poolOf(t, databases, name),
      postgresSteps.slice(0, STEPS),
      true,
    );
    databases.run(rows, name);
    const place = databases.place(t.testdir(), name);
    const state = await opened(t, openState(place));
    t.equal(await state.store.version(), postgresSteps.length);
    await isKept(t, state);
  });

  t.test("a second list of 50,000 is no slower than the first", async (t) => {
    const place = databases.place(t.testdir(), databases.make());
    const { members, store } = await opened(t, makeState(place));
    const add = async (list: string) => {
      const start = performance.now();
      for (let n = 0; n < 50_000; n += 5000) {
        const some = Array.from({ length: 5000 }, (_, at) => {
          const key = `u${n + at}@x`;
          return { key, address: key };
        });
        await members.addAll(list, some, 1);
      }
      return performance.now() - start;
    };
    const first = await add("a@x");
    // The server knows one list now, and no other.
    await store.lookAt("members");
    const second = await add("b@x");
    t.ok(second < 4 * first + 5000, `${first} ms, then ${second} ms`);
  });

  t.test("hosts that start at once take each step once", async (t) => {
    const name = databases.make();
    const steps = [
      "CREATE TABLE a (x integer); INSERT INTO a VALUES (1)",
      "INSERT INTO a VALUES (2)",
    ];
    const pools = Array.from({ length: 5 }, () => poolOf(t, databases, name));
    await Promise.all(pools.map((pool) => upgrade(pool, steps, true)));
    t.equal(databases.run("SELECT count(*) FROM a", name), "2");
    const [pool] = pools;
    if (!pool) return;
    const more = [...steps, "INSERT INTO a VALUES (3)", "oops"];
    await t.rejects(upgrade(pool, more, false), later, "all or none");
    t.equal(await serverVersion(pool), 2);
    t.equal(databases.run("SELECT count(*) FROM a", name), "2");
    await t.rejects(upgrade(pool, steps.slice(1), false), {
      exitCode: 78,
      message: /made by a newer listmill \(version 2, this one knows 1\)/,
    });
  });

  t.test("a database that cannot hold every address is refused", async (t) => {
    databases.run(
      "CREATE DATABASE ascii TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'",
    );
    await t.rejects(makeState(databases.place(t.testdir(), "ascii")), {
      exitCode: 78,
      message: /encoding must be UTF8/,
    });
  });

  t.test("the password stands in a file, and in nothing that is said", (t) =>
    passwords(t, databases),
  );

  t.test("a state is copied there and back, and over no other", (t) =>
    copies(t, databases),
  );

  t.test("after a stop of the server the same state goes on", async (t) => {
    const place = databases.place(t.testdir(), databases.make());
    const state = await opened(t, makeState(place));
    const anna = { key: "a@x", address: "a@x" };
    await state.members.add("l@x", anna, 1);
    await Promise.all([1, 2, 3].map(() => state.members.count("l@x")));
    databases.stop();
    await t.rejects(state.members.get("l@x", "a@x"), {
      ...later,
      message: /^\[state\] postgres:\/\/postgres@127.0.0.1:\d+\/state\d+: /,
    });
    await t.rejects(state.members.add("l@x", anna, 1), later);
    await t.rejects(openState(place), later);
    databases.boot();
    t.match(await state.members.get("l@x", "a@x"), anna);
    t.equal(await state.members.add("l@x", anna, 1), "present");
  });

  t.test(
    "a server that falls silent is not waited for without end",
    async (t) => {
      const database = databases.make();
      await opened(t, makeState(databases.place(t.testdir(), database)));
      for (const then of ["silence", "cut"] as const)
        for (const bytes of [1, 400, 700, 1500]) {
          const port = await severing(t, databases.port, bytes, then);
          const given = { port, timeout: 300 };
          const place = databases.place(t.testdir(), database, given);
          const ask = async () => {
            const state = await openState(place);
            t.teardown(() => state.close());
            for (let n = 0; n < 99; n += 1) await state.members.count("l@x");
          };
          await t.rejects(ask(), later, `${then} after ${bytes} bytes`);
        }
    },
  );
}

/** Something in every table. */
async function fill(state: State) {
  const { members, suppressed, sizes, numbers, roles, windows } = state;
  const all = Array.from({ length: 2345 }, (_, n) => ({
    key: `u${n}@x`,
    address: `Ü${n}@x`,
    name: n % 2 ? "" : `"N" \\ ${n}`,
    ownCopy: [undefined, true, false][n % 3],
    away: n % 5 ? null : 1_800_000_000_000 + n,
    language: n % 7 ? "" : "ja",
  }));
  await members.addAll("l@x", all, 1_700_000_000_000);
  await members.addAll("m@x", all.slice(0, 10), 2);
  const one = { list: "", key: "@x", address: "@x", reason: "r", since: 3 };
  await suppressed.add([one, { ...one, list: "l@x", key: "a@x" }]);
  await sizes.put("l@x", 2345, 4);
  await numbers.of(all.slice(0, 1234).map(({ address }) => address));
  const [first] = all;
  if (!first) return;
  const bounces = { suspended: 5, suspendedFor: "bounces" };
  await members.change("l@x", { ...first, ...bounces }, 5);
  const mail = { by: "mail", who: "a@x", messageId: "<1@x>" } as const;
  await roles.set("l@x", { ...first, role: "owner" }, true, 6, mail);
  await windows.note("post", "a@x", "<1@x>", 7, 1000);
}

/** All that a state holds. */
async function contents(state: State) {
  const { store, members, suppressed, sizes, numbers } = state;
  return {
    rows: await rowsOf(store.queries),
    members: (await Array.fromAsync(members.all("l@x"))).flat(),
    suppressed: (await Array.fromAsync(suppressed.all())).flat(),
    size: await sizes.get("l@x"),
    number: await numbers.addressOf(1234),
    roles: await state.roles.all("l@x"),
    journal: (await Array.fromAsync(state.journal.all("l@x"))).flat(),
    due: await state.outbox.since(Number.MAX_SAFE_INTEGER),
    window: await state.windows.latest("post", "a@x"),
  };
}

async function copies(t: Test, databases: Databases): Promise<void> {
  const there = databases.place(t.testdir(), databases.make());
  const file = await opened(t, makeState({ home: t.testdir({ a: {} }) }));
  const server = await opened(t, makeState(there));
  const back = await opened(t, makeState({ home: join(t.testdir(), "b") }));
  await fill(file);
  const whole = await contents(file);
  let told = 0;
  const tell = (more: number) => {
    told += more;
  };
  t.same(await copyTables(file.store, server.store, tell), whole.rows);
  // Of those who joined at once a thousand are one event.
  const events = 3 + 10 + 1 + 1;
  t.equal(told, 2 * (2345 + 10) + 2 + 1 + 1234 + 1 + 2 + 1 + events);
  t.same(await contents(server), whole);
  for (const [from, to] of [
    [file, server],
    [server, file],
  ] as const)
    await t.rejects(copyTables(from.store, to.store, tell), {
      exitCode: 73,
      message:
        /has rows already, of members, suppressed, sizes, numbers, roles, journal, outbox, windows:/,
    });
  t.same(await contents(server), whole);
  await copyTables(server.store, back.store, tell);
  t.same(await contents(back), whole);
  for (const state of [server, back]) await goesOn(t, state);
}

async function goesOn(t: Test, { numbers, members, journal }: State) {
  t.same(await numbers.of(["new@x"]), [1235], "numbers go on");
  await members.add("new@x", { key: "a@x", address: "a@x" }, 1);
  const [[entry] = []] = await Array.fromAsync(journal.all("new@x"));
  t.equal(entry?.id, 2345 + 10 + 2 + 1, "those of the journal too");
}

async function passwords(t: Test, databases: Databases): Promise<void> {
  const home = t.testdir({ right: `${SECRET}\n`, wrong: "another-word\n" });
  const database = databases.make();
  databases.run(
    `CREATE ROLE mill LOGIN PASSWORD '${SECRET}'; ALTER DATABASE ${database} OWNER TO mill`,
  );
  databases.mustHavePassword("mill");
  const open = (password?: string) =>
    makeState(databases.place(home, database, { user: "mill", password }));
  await (await open(SECRET)).close();
  const said: unknown = await open("another-word").catch((error) => error);
  t.match(said, { ...later, message: /password authentication failed/ });
  t.notMatch(String(said), "another-word");
  const file = join(home, "pgpass");
  writeFileSync(
    file,
    `127.0.0.1:${databases.port}:${database}:mill:${SECRET}\n`,
    { mode: 0o600 },
  );
  process.env.PGPASSFILE = file;
  t.teardown(() => {
    delete process.env.PGPASSFILE;
  });
  await (await open()).close();
  writeFileSync(file, "");
  await t.rejects(open(), later);
}
