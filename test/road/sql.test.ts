// Recipients of a real PostgreSQL and a real MariaDB: whatever a stranger writes is only compared, nothing is
// written, a million takes no more memory than a thousand; and whatever breaks, an answer is whole or
// there is none.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import type { SourceContext } from "../../src/lists/sources/context.ts";
import { sqlFinds, sqlRecipients } from "../../src/lists/sources/sql.ts";
import { anyString } from "../anyString.ts";
import { contextIn, section } from "../lists/sources/asking.ts";
import { until } from "./mill.ts";
import { call, freePort, needServers, Servers } from "./servers.ts";
import { severing } from "./severing.ts";

/** Takes so many milliseconds, and a little more. */
function longerThan(milliseconds: number): Promise<void> {
  const since = performance.now();
  return until(
    () => performance.now() - since > milliseconds,
    () => "time to pass",
  );
}

const PEOPLE = 20_000;
const MILLION = 1_000_000;
const SECRET = "s3cret-word";

/** What differs between the two. */
interface Database {
  readonly name: string;
  readonly port: number;
  url(port: number, host?: string): string;
  /** Runs statements as the administrator. @returns what they gave */
  run(sql: string): string;
  /** SQL for so many addresses. */
  series(n: number): string;
  /** SQL that lasts for 30 seconds. */
  readonly sleep: string;
  /** How many statements like that are running. */
  readonly sleeping: string;
  /** A column that compares all characters. */
  readonly exact: string;
  readonly noSelects: readonly string[];
  /** SQL for an address, if the connection is encrypted. */
  readonly encrypted: string;
  /** The URL of its socket. */
  readonly socket: string;
  /** Begins to speak TLS, with a certificate for localhost that ca.pem has signed. */
  secure(): void;
}

function postgres(servers: Servers, port: number): Database {
  const dir = join(servers.dir, "pg");
  servers.bash('start_postgres "$1" "$2"', [dir, String(port)]);
  return {
    name: "PostgreSQL",
    port,
    url: (at, host = "127.0.0.1") => `postgres://reader@${host}:${at}/test`,
    run: (sql) =>
      call("psql", [
        ...["-qAtX", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"],
        ...["-p", String(port), "-U", "postgres", "-d", "test", "-c", sql],
      ]),
    series: (n) =>
      `SELECT 'u' || n || '@example.org' FROM generate_series(1, ${n}) n`,
    sleep: "SELECT pg_sleep(30)",
    sleeping:
      "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'",
    exact: "text",
    noSelects: [
      "COPY people TO STDOUT",
      "COPY people FROM STDIN",
      "SELECT FROM people",
      "CREATE TABLE other AS SELECT * FROM people",
      "SELECT * INTO other FROM people",
      "SELECT remove()",
    ],
    encrypted:
      "SELECT 'tls@x.org' FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl",
    socket: `postgres://postgres@${encodeURIComponent(dir)}:${port}/test`,
    secure() {
      certify(servers, dir, "postgres");
      for (const setting of [
        `ssl_cert_file = '${dir}/server.pem'`,
        `ssl_key_file = '${dir}/server.key'`,
        "ssl = on",
      ])
        this.run(`ALTER SYSTEM SET ${setting}`);
      this.run("SELECT pg_reload_conf()");
      servers.bash(
        `_svc_wait 20 psql "host=127.0.0.1 port=$1 user=postgres dbname=test sslmode=require" -c 'select 1'`,
        [String(port)],
      );
    },
  };
}

function mariadb(servers: Servers, port: number): Database {
  const dir = join(servers.dir, "my");
  servers.bash('start_mariadb "$1" "$2"', [dir, String(port)]);
  return {
    name: "MariaDB",
    port,
    url: (at, host = "127.0.0.1") => `mysql://reader@${host}:${at}/test`,
    run: (sql) =>
      call("mariadb", [
        ...["--no-defaults", `--socket=${dir}/mysqld.sock`, "-uroot", "-N"],
        "--default-character-set=utf8mb4",
        ...["test", "-e", sql],
      ]),
    series: (n) => `SELECT CONCAT('u', seq, '@example.org') FROM seq_1_to_${n}`,
    sleep: "SELECT SLEEP(30)",
    sleeping:
      "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'",
    exact: "varchar(500) COLLATE utf8mb4_nopad_bin",
    noSelects: [
      "SELECT mail INTO @x FROM people LIMIT 1",
      "CREATE TABLE other AS SELECT * FROM people",
      "SELECT remove()",
    ],
    encrypted:
      "SELECT 'tls@x.org' FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher' AND variable_value <> ''",
    socket: `mysql://root@${encodeURIComponent(`${dir}/mysqld.sock`)}/test`,
    secure() {
      certify(servers, dir, "mysql");
      servers.stop(dir);
      servers.bash(
        `setsid mariadbd --no-defaults --user=mysql --datadir="$1/data" --tmpdir="$1/tmp" --port="$2" --bind-address=127.0.0.1 \
          --socket="$1/mysqld.sock" --pid-file="$1/mysqld.pid" --log-error="$1/mysqld.log" --skip-name-resolve \
          --ssl-cert="$1/server.pem" --ssl-key="$1/server.key" </dev/null >/dev/null 2>&1 &
        _svc_wait 40 mariadb-admin --no-defaults --socket="$1/mysqld.sock" -u root ping || exit 1
        pid=$(cat "$1/mysqld.pid"); _svc_reg mariadb "$1" "$pid" "kill -TERM $pid"`,
        [dir, String(port)],
      );
    },
  };
}

/** Makes ca.pem in the servers' folder, and a certificate for localhost in a server's. */
function certify(servers: Servers, dir: string, user: string): void {
  servers.bash(
    `cd "$1"; exec 2>>openssl.log
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem || exit 1
    openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$2/server.key" -out server.csr || exit 1
    printf 'subjectAltName=DNS:localhost' > names
    openssl x509 -req -days 2 -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -out "$2/server.pem" || exit 1
    chown "$3" "$2/server.key"; chmod 600 "$2/server.key"`,
    [servers.dir, dir, user],
  );
}

async function all(
  settings: Record<string, unknown>,
  context: SourceContext,
): Promise<string[]> {
  const found = sqlRecipients(section("sql", settings), context);
  return (await Array.fromAsync(found)).flat();
}

const failure = { name: "Failure", exitCode: 75 };

t.setTimeout(180_000);

for (const [server, start] of Object.entries({ postgres, mariadb }))
  t.test(`recipients of a real ${server}`, async (t) => {
    if (!needServers(t, server as "postgres" | "mariadb")) return;
    const servers = new Servers(t);
    const database = start(servers, await freePort());
    prepare(servers, database);
    await road(t, servers, database);
  });

/** A table of people, and an account that could write if it were let. */
function prepare(servers: Servers, { name, run, exact }: Database): void {
  run(`CREATE TABLE people (id integer, mail varchar(100), topic ${exact})`);
  if (name === "PostgreSQL") {
    run(`INSERT INTO people SELECT n, 'u' || n || '@example.org', 'dev' FROM generate_series(1, ${PEOPLE}) n;
      CREATE ROLE reader LOGIN SUPERUSER PASSWORD '${SECRET}';
      CREATE FUNCTION remove() RETURNS text LANGUAGE sql VOLATILE AS 'DELETE FROM people RETURNING mail'`);
    const access = join(servers.dir, "pg/data/pg_hba.conf");
    servers.bash(
      'sed -i "1i host all reader 127.0.0.1/32 scram-sha-256" "$1"',
      [access],
    );
    run("SELECT pg_reload_conf()");
  } else
    run(`INSERT INTO people SELECT seq, CONCAT('u', seq, '@example.org'), 'dev' FROM seq_1_to_${PEOPLE};
      CREATE USER reader@'127.0.0.1' IDENTIFIED BY '${SECRET}'; GRANT ALL ON *.* TO reader@'127.0.0.1';
      DELIMITER //
      CREATE FUNCTION remove() RETURNS varchar(9) BEGIN DELETE FROM people; RETURN 'a@x.org'; END //`);
}

async function road(
  t: Test,
  servers: Servers,
  database: Database,
): Promise<void> {
  const { port, url, run } = database;
  const home = t.testdir({
    password: `${SECRET}\nmore\n`,
    wrong: "another-word\n",
  });
  const password_file = "password";
  const base = { url: url(port), password_file, timeout: "20s" };
  const everyone = { ...base, query: "SELECT mail FROM people ORDER BY id" };
  const whole = Array.from(
    { length: PEOPLE },
    (_, n) => `u${n + 1}@example.org`,
  );

  await t.test("all rows, in their order", async (t) => {
    t.same(await all(everyone, contextIn(home)), whole);
    const exactly = { ...base, query: `${database.series(1000)};` };
    t.same(
      await all(exactly, contextIn(home)),
      whole.slice(0, 1000),
      "also where a page comes out even",
    );
    const nobody = { ...base, query: "SELECT mail FROM people WHERE id < 0" };
    t.same(await all(nobody, contextIn(home)), []);
  });

  await t.test("NULL is passed over, rubbish is refused", async (t) => {
    const refused: string[] = [];
    const notes: string[] = [];
    const query =
      "SELECT 'Carl <c@x.org>', 1 UNION ALL SELECT NULL, 2 UNION ALL SELECT 'rubbish', 3 UNION ALL SELECT '', 4";
    const context = contextIn(home, refused, notes);
    t.same(await all({ ...base, query }, context), ["c@x.org"]);
    t.same(refused, ["rubbish"]);
    t.match(notes, [/\(NULL\).*: 1$/]);
  });

  await t.test("placeholders are bound, and only they", async (t) => {
    const query = `SELECT mail FROM people WHERE topic = :local AND id = :header_x_id
      AND ':list' <> :list -- :other
      /* :other */ AND mail <> :sender AND :list = :list`;
    const context = contextIn(home, [], [], "X-Id: 7\n");
    t.same(await all({ ...base, query }, context), ["u7@example.org"]);
  });

  await t.test("whatever a sender says, it is compared", async (t) => {
    const evil = [
      "",
      " ",
      "a'b",
      "' OR '1'='1",
      "' OR 1=1 -- ",
      '" OR ""="',
      "\\' OR 1=1 #",
      "\\",
      "$1",
      "?",
      ":sender",
      "%",
      "_",
      "Ä",
      "ä",
      "😀",
      "); DELETE FROM people; --",
      "x".repeat(400),
    ];
    run(`CREATE TABLE said (n integer, what ${database.exact})`);
    const text = (value: string) =>
      `'${value.replaceAll("'", "''").replaceAll("\\", database.name === "MariaDB" ? "\\\\" : "\\")}'`;
    for (const [n, what] of evil.entries())
      run(`INSERT INTO said VALUES (${n}, ${text(what)})`);
    const query =
      database.name === "MariaDB"
        ? "SELECT CONCAT('n', n, '@x.org') FROM said WHERE what = :sender"
        : "SELECT 'n' || n || '@x.org' FROM said WHERE what = :sender";
    const some = fc.oneof(
      fc.constantFrom(...evil),
      anyString({ maxLength: 300 }),
      fc.string({ unit: fc.constantFrom(..."'\"\\;-#/*$:? \0") }),
    );
    const check = async (sender: string) => {
      const context = { ...contextIn(home), sender };
      const n = evil.indexOf(sender);
      assert.deepEqual(
        await all({ ...base, query }, context),
        n < 0 ? [] : [`n${n}@x.org`],
      );
    };
    for (const sender of evil) await check(sender);
    await fc.assert(fc.asyncProperty(some, check), { numRuns: 60 });
    t.equal(run("SELECT count(*) FROM people").trim(), String(PEOPLE));
  });

  await t.test("nothing is written, whatever the query", async (t) => {
    for (const query of [
      "DELETE FROM people",
      "DELETE FROM people RETURNING mail",
      "INSERT INTO people VALUES (0, 'x', 'y')",
      "DROP TABLE people",
      "COMMIT",
      "SET @x = 1",
      "-- nothing",
      "SELECT mail FROM people; DELETE FROM people",
      ...database.noSelects,
    ]) {
      await t.rejects(all({ ...base, query }, contextIn(home)), failure, query);
    }
    t.equal(run("SELECT count(*) FROM people").trim(), String(PEOPLE));
  });

  await t.test("whether a query finds a row", async (t) => {
    const settings = section("sql", everyone);
    const finds = (query: string) => sqlFinds(settings, query, contextIn(home));
    t.ok(await finds("SELECT 1 FROM people"));
    t.ok(await finds(database.series(100_000)), "the rest is not waited for");
    t.ok(await finds("SELECT NULL"), "NULL is a row");
    t.notOk(await finds("SELECT 1 FROM people WHERE mail = :sender"));
    await t.rejects(finds("SELECT 1 FROM gone"), failure);
  });

  await t.test("passwords, and that none is told", async (t) => {
    const one = { ...base, query: "SELECT 'a@x.org'" };
    for (const bad of ["wrong", "gone", undefined]) {
      const { password_file: _, ...without } = one;
      const settings =
        bad === undefined ? without : { ...one, password_file: bad };
      const error = await all(settings, contextIn(home)).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      t.match(error, failure, bad ?? "none");
      t.notMatch(`${error?.message} ${error?.stack}`, /another-word|s3cret/);
    }
    const nobody = { ...one, url: one.url.replace("reader", "nobody") };
    await t.rejects(all(nobody, contextIn(home)), failure);
    const nowhere = { ...one, url: one.url.replace(/test$/, "nowhere") };
    await t.rejects(all(nowhere, contextIn(home)), failure);
  });

  await t.test(`${MILLION} rows, with memory flat`, (t) => {
    const counted = (n: number) => {
      const settings = { ...base, query: database.series(n) };
      const [count, peak] = execFileSync(
        process.execPath,
        [
          join(import.meta.dirname, "sqlCount.ts"),
          home,
          JSON.stringify(settings),
        ],
        { encoding: "utf8" },
      ).split(" ");
      return { count: Number(count), peak: Number(peak) };
    };
    const few = counted(1000);
    const many = counted(MILLION);
    t.comment(`peak ${few.peak} MB for 1000, ${many.peak} MB for ${MILLION}`);
    t.equal(many.count, MILLION);
    // All addresses together would be some 70 MB as text alone.
    t.ok(many.peak - few.peak < 64, `${many.peak} MB, ${few.peak} MB`);
    t.end();
  });

  await t.test("a connection that breaks off throws", async (t) => {
    for (const bytes of [0, 1, 60, 300, 1000, 20_000, 200_000])
      for (const then of ["cut", "silence"] as const) {
        const at = await severing(t, port, bytes, then);
        const settings = { ...everyone, url: url(at), timeout: "400ms" };
        await t.rejects(
          all(settings, contextIn(home)),
          failure,
          `${then} after ${bytes} bytes`,
        );
      }
  });

  await t.test("wherever it is cut, no answer is a short one", async (t) => {
    const query = "SELECT mail FROM people WHERE id <= 20 ORDER BY id";
    let thrown = 0;
    let given = 0;
    for (let bytes = 250; bytes < 2500; bytes += 23) {
      const at = await severing(t, port, bytes, "cut");
      const settings = { ...base, url: url(at), query };
      try {
        t.same(await all(settings, contextIn(home)), whole.slice(0, 20));
        given += 1;
      } catch (error) {
        t.match(error, failure);
        thrown += 1;
      }
    }
    t.ok(thrown > 10, `${thrown} were cut`);
    t.ok(given > 10, `${given} came through`);
  });

  await t.test("who takes long over a page is not cut off", async (t) => {
    const settings = section("sql", {
      ...base,
      query: database.series(200_000),
      timeout: "300ms",
    });
    let count = 0;
    let paused = false;
    for await (const some of sqlRecipients(settings, contextIn(home))) {
      count += some.length;
      if (!paused && count > 5000) await longerThan(600);
      paused ||= count > 5000;
    }
    t.equal(count, 200_000);
  });

  await t.test("a query that lasts too long ends here and there", async (t) => {
    const settings = { ...base, query: database.sleep, timeout: "300ms" };
    await t.rejects(all(settings, contextIn(home)), failure);
    await until(
      () => run(database.sleeping).trim() === "0",
      () => "the server to stop it too",
    );
  });

  await t.test("a server that is stopped or says nothing", async (t) => {
    const silent = createServer(() => {});
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
    const address = silent.address();
    const at = typeof address === "object" && address ? address.port : 0;
    const settings = { ...everyone, url: url(at), timeout: "300ms" };
    await t.rejects(all(settings, contextIn(home)), {
      ...failure,
      message: /no answer within 0.3 s/,
    });
    silent.close();
    for (const host of ["127.0.0.1", "localhost", "nowhere.invalid"])
      await t.rejects(
        all({ ...everyone, url: url(await freePort(), host) }, contextIn(home)),
        { ...failure, message: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/ },
        host,
      );
  });

  await t.test("the server's socket", async (t) => {
    const { password_file: _, ...one } = { ...everyone, url: database.socket };
    t.same(await all(one, contextIn(home)), whole);
  });

  await t.test("TLS, and nothing else where it is asked for", async (t) => {
    const { encrypted: query } = database;
    const at = (host: string, more: Record<string, unknown> = {}) =>
      all({ ...base, query, url: url(port, host), ...more }, contextIn(home));
    const ca_file = join(servers.dir, "ca.pem");
    t.same(await at("localhost"), []);
    await t.rejects(at("localhost", { tls: true }), {
      ...failure,
      message: /not support/,
    });
    database.secure();
    t.same(await at("localhost"), [], "it is never used by chance");
    t.same(await at("localhost", { tls: true, ca_file }), ["tls@x.org"]);
    await t.rejects(at("localhost", { tls: true }), {
      ...failure,
      message: /certificate/,
    });
    await t.rejects(
      at("127.0.0.1", { tls: true, ca_file }),
      failure,
      "a certificate for another name",
    );
    await t.rejects(at("localhost", { tls: true, ca_file: "gone" }), {
      ...failure,
      message: /ca_file cannot be read/,
    });
    const cut = await severing(t, port, 600, "cut");
    const settings = { tls: true, ca_file, url: url(cut, "localhost") };
    await t.rejects(at("localhost", settings), failure);
  });
}
