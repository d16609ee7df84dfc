import t from "tap";
import {
  serverOf,
  wholeAnswer,
} from "../../../../src/lists/sources/sql/server.ts";
import { contextIn, section } from "../asking.ts";

const query = "SELECT 1";

t.test("a URL and files say all of a server", (t) => {
  const home = t.testdir({ password: "a b \r\nrest\n", ca: "PEM" });
  const of = (given: Record<string, unknown>) =>
    serverOf(section("sql", { query, ...given }), contextIn(home), 5432);
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
      tls: { ca: "PEM" },
      timeout: 30_000,
    },
  );
  t.match(of({ url: "mysql://u@[::1]/d" }), {
    host: "::1",
    port: 5432,
    password: "",
    tls: undefined,
  });
  t.match(of({ url: "postgres://u@%2Frun%2Fpg/d", tls: true }), {
    host: "/run/pg",
    tls: { ca: undefined },
  });
  t.throws(() => of({ url: "postgres://u@h/d", ca_file: "ca" }), {
    message: "[sql] ca_file needs tls = true",
  });
  t.throws(() => of({ url: "postgres://u@h/d", password_file: "gone" }), {
    code: "ENOENT",
  });
  t.end();
});

t.test("a server may work longer on the whole than on a part", (t) => {
  t.equal(wholeAnswer(1000), 10_000);
  t.equal(wholeAnswer(24 * 86_400_000), 2 ** 31 - 1);
  t.end();
});
