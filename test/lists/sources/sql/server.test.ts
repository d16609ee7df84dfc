import { getCACertificates } from "node:tls";
import t from "tap";
import {
  serverOf,
  wholeAnswer,
} from "../../../../src/lists/sources/sql/server.ts";
import { section } from "../asking.ts";

const query = "SELECT 1";

const ca = "-----BEGIN CERTIFICATE-----\n";

t.test("a URL and files say all of a server", (t) => {
  const home = t.testdir({ password: "a b \r\nrest\n", ca });
  const of = (given: Record<string, unknown>) =>
    serverOf(
      section("sql", { query, ...given }),
      { home, section: "sql" },
      5432,
    );
  t.same(
    of({
      url: "postgres://us%40er@db.example.org:5433/ma%20il",
      password_file: "password",
      tls: true,
      ca_file: "ca",
    }),
    {
      host: "db.example.org",
      port: 5433,
      user: "us@er",
      database: "ma il",
      password: "a b ",
      tls: { ca },
      timeout: 30_000,
    },
  );
  t.match(of({ url: "mysql://u@[::1]/d" }), {
    host: "::1",
    port: 5432,
    password: undefined,
    tls: undefined,
  });
  t.match(of({ url: "postgres://u@%2Frun%2Fpg/d", tls: true }), {
    host: "/run/pg",
    tls: { ca: getCACertificates("system") },
  });
  const noCa = { url: "postgres://u@h/d", tls: true, ca_file: "password" };
  t.throws(() => of(noCa), {
    exitCode: 75,
    message: "[sql] ca_file password holds no certificate (PEM)",
  });
  t.throws(() => of({ url: "postgres://u@h/d", password_file: "gone" }), {
    exitCode: 75,
    message: /^\[sql\] password_file cannot be read: ENOENT/,
  });
  t.end();
});

t.test("a server may work longer on the whole than on a part", (t) => {
  t.equal(wholeAnswer(1000), 10_000);
  t.equal(wholeAnswer(24 * 86_400_000), 2 ** 31 - 1);
  t.end();
});
