// Every source of recipients that there is, each as a list of its own and all of them as sublists
// of one list: each gets each post exactly once, and whatever stops, the post waits for it.
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import t from "tap";
import { until } from "./mill.ts";
import { PostHome } from "./postHome.ts";
import { account, call, freePort, needServers, Servers } from "./servers.ts";
import { startSink } from "./sink.ts";

t.setTimeout(300_000);

const alice = "alice@box.test";
const EACH = 300;

/** The people of a source: its own, and some that the source after it has too. */
function people(source: number): string[] {
  const from = source * (EACH - 50);
  return Array.from({ length: EACH }, (_, n) => `u${from + n}@example.test`);
}

const names = [
  ...["ldap", "postgres", "mariadb", "sqlite", "lmdb", "cdb", "hash", "btree"],
  ...["gdbm", "file", "folder", "csv", "aliases", "web", "hook", "members"],
] as const;
type Name = (typeof names)[number];
const of = (name: Name) => people(names.indexOf(name));
const everyone = new Set(names.flatMap(of));

t.test("all sources together", { timeout: 280_000 }, async (t) => {
  if (!needServers(t, "slapd", "postfix", "postgres", "mariadb", "gdbm"))
    return;
  const servers = new Servers(t);
  const at = (...path: string[]) => join(servers.dir, ...path);
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(at(name), `${lines.join("\n")}\n`);
  const sink = await startSink(t);

  const ports = {
    ldap: await freePort(),
    postgres: await freePort(),
    mariadb: await freePort(),
  };
  const start = (name: keyof typeof ports, before = "") =>
    servers.bash(
      `${before} ${name === "ldap" ? "LDIF=$1.ldif start_slapd" : `start_${name}`} "$1" "$2"`,
      [at(name), String(ports[name])],
    );
  writeFileSync(
    at("ldap.ldif"),
    [
      "dn: dc=example,dc=test\nobjectClass: dcObject\nobjectClass: organization\no: x\ndc: example",
      ...of("ldap").map(
        (mail, n) =>
          `dn: uid=p${n},dc=example,dc=test\nobjectClass: inetOrgPerson\nuid: p${n}\ncn: p\nsn: p\nmail: ${mail}`,
      ),
    ].join("\n\n"),
  );
  for (const name of ["ldap", "postgres", "mariadb"] as const) start(name);
  const values = (name: Name) =>
    of(name)
      .map((mail) => `('${mail}')`)
      .join(",");
  const sql = (name: "postgres" | "mariadb") =>
    `create table people (mail varchar(200)); insert into people values ${values(name)};`;
  call("psql", [
    ...["-q", "-h", "127.0.0.1", "-p", String(ports.postgres)],
    ...["-U", "postgres", "test", "-c", sql("postgres")],
  ]);
  call(
    "mariadb",
    [
      "--no-defaults",
      "--socket",
      at("mariadb", "mysqld.sock"),
      "-u",
      "root",
      "test",
    ],
    sql("mariadb"),
  );
  writeFileSync(at("password"), "test\n");
  chmodSync(at("password"), 0o644);
  const sqlite = new DatabaseSync(at("sqlite.db"));
  sqlite.exec(sql("postgres").replace(/insert.*/, ""));
  const insert = sqlite.prepare("insert into people values (?)");
  for (const address of of("sqlite")) insert.run(address);
  sqlite.close();
  for (const type of ["lmdb", "cdb", "hash", "btree"] as const) {
    write(
      type,
      of(type).map((address) => `${address} x`),
    );
    call("postmap", [`${type}:${at(type)}`]);
  }
  renameSync(at("btree.db"), at("tree.db"));
  call(
    "gdbmtool",
    ["--newdb", "--norc", at("people.gdbm")],
    of("gdbm")
      .map((address) => `store "${address}" "x"\n`)
      .join(""),
  );
  write("file", ["# the people", ...of("file")]);
  mkdirSync(at("folder"));
  of("folder").forEach((address, n) => {
    appendFileSync(at("folder", `part${n % 3}`), `${address}\n`);
  });
  write("people.csv", [
    "name;mail",
    ...of("csv").map((address, n) => `"Doe; ${n}";${address}`),
  ]);
  write("aliases", [
    `aliases: ${of("aliases").join(",\n  ")}`,
    "other: nobody@example.test",
  ]);
  let webUp = true;
  const web = createServer((_, response) => {
    if (!webUp) response.statusCode = 503;
    response.end(webUp ? of("web").join("\n") : "down for a while");
  });
  await new Promise<void>((done) => web.listen(0, "127.0.0.1", done));
  t.teardown(() => web.close());
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/people`;

  const sections: Record<Name, string> = {
    ldap: `[ldap]\nurl = "ldap://127.0.0.1:1 ldap://127.0.0.1:${ports.ldap}"\nbase = "dc=example,dc=test"\nfilter = "(objectClass=inetOrgPerson)"`,
    postgres: `[sql]\nurl = "postgres://postgres@127.0.0.1:${ports.postgres}/test"\nquery = "select mail from people"`,
    mariadb: `[sql]\nurl = "mysql://test@127.0.0.1:${ports.mariadb}/test"\npassword_file = "${at("password")}"\nquery = "select mail from people"`,
    sqlite: `[sql]\nurl = "sqlite:${at("sqlite.db")}"\nquery = "select mail from people"`,
    lmdb: `[dbm]\npath = "${at("lmdb.lmdb")}"`,
    cdb: `[dbm]\npath = "${at("cdb.cdb")}"`,
    hash: `[dbm]\npath = "${at("hash.db")}"`,
    btree: `[dbm]\npath = "${at("tree.db")}"`,
    gdbm: `[dbm]\npath = "${at("people.gdbm")}"`,
    file: `[file]\npath = "${at("file")}"`,
    folder: `[file]\npath = "${at("folder")}"`,
    csv: `[file]\npath = "${at("people.csv")}"\nformat = "csv"\ncolumn = "mail"\nseparator = ";"`,
    aliases: `[file]\npath = "${at("aliases")}"\nformat = "aliases"\nkey = "%{local}"`,
    web: `[web]\nurl = "${url}"`,
    hook: "",
    members: "",
  };
  const home = await PostHome.make(
    at("home"),
    account(servers, "listpipe"),
    `[outbound]\nsmtp = "${sink.url}"\nrate = 0\n[list]\npolicy = "open"\narchive = false\n`,
  );
  for (const name of names) {
    const list = `${name}@lists.test`;
    await home.tell("list", "create", list);
    writeFileSync(
      join(home.dir, "lists", list, "list.toml"),
      `${sections[name]}\n`,
    );
  }
  await home.give(
    of("members").join("\n"),
    ...["member", "import", "members@lists.test"],
  );
  const own = join(
    home.dir,
    "lists/hook@lists.test/hooks.d/posts/30-recipients",
  );
  mkdirSync(own, { recursive: true });
  write("script", of("hook"));
  writeFileSync(join(own, "10-own"), `#!/bin/sh\ncat ${at("script")}\n`, {
    mode: 0o755,
  });
  await home.tell("list", "create", "all@lists.test");
  writeFileSync(
    join(home.dir, "lists/all@lists.test/list.toml"),
    `[sublists]\nlists = [${names.map((name) => `"${name}@lists.test"`)}]\n`,
  );
  const stop = await home.run(t);

  const send = (subject: string, ...lists: string[]) =>
    home.give(
      `From: <${alice}>\nTo: <${lists.join(">, <")}>\nSubject: ${subject}\nMessage-ID: <${subject}@box.test>\n\nHello.\n`,
      ...["receive", "--sender", alice, "--", ...lists],
    );
  /** Waits until mail with these words has come to all. */
  const reaches = (words: string, whom: ReadonlySet<string>) => {
    const reached = () => sink.counts(words).size;
    return until(
      () => reached() >= whom.size,
      () => `${words} at ${reached()} of ${whom.size}\n${home.log}`,
    );
  };
  /** Who did not get it once, or got it and should not have. */
  const wrong = (words: string, whom: ReadonlySet<string>) => {
    const counts = sink.counts(words);
    return [
      ...[...counts].filter(([who, n]) => n !== 1 || !whom.has(who)),
      ...[...whom].filter((who) => !counts.has(who)),
    ];
  };
  /** Waits until it has come to all, and checks that each got it once and nobody else did. */
  const arrives = async (subject: string, whom: ReadonlySet<string>) => {
    const words = `Subject: ${subject}\r`;
    await reaches(words, whom);
    await home.idle();
    return wrong(words, whom);
  };

  await t.test("each alone", async (t) => {
    await send("alone", ...names.map((name) => `${name}@lists.test`));
    const words = (name: Name) => `List-Id: <${name}.lists.test>\r`;
    for (const name of names) await reaches(words(name), new Set(of(name)));
    await home.idle();
    for (const name of names)
      t.same(wrong(words(name), new Set(of(name))), [], name);
  });

  await t.test("all together, each person once", async (t) => {
    await send("together", "all@lists.test");
    t.same(await arrives("together", everyone), []);
  });

  const troubles: Partial<Record<Name, readonly [() => void, () => void]>> = {
    ldap: [() => servers.stop(at("ldap")), () => start("ldap")],
    postgres: [() => servers.stop(at("postgres")), () => start("postgres")],
    mariadb: [() => servers.stop(at("mariadb")), () => start("mariadb")],
    cdb: [
      () => renameSync(at("cdb.cdb"), at("away")),
      () => renameSync(at("away"), at("cdb.cdb")),
    ],
    folder: [
      () => chmodSync(at("folder", "part1"), 0),
      () => chmodSync(at("folder", "part1"), 0o644),
    ],
    web: [
      () => {
        webUp = false;
      },
      () => {
        webUp = true;
      },
    ],
    hook: [
      () => appendFileSync(join(own, "10-own"), "exit 1\n"),
      () =>
        writeFileSync(join(own, "10-own"), `#!/bin/sh\ncat ${at("script")}\n`),
    ],
  };
  for (const [name, [stopIt, mend]] of Object.entries(troubles))
    await t.test(`without ${name} it waits for it`, async (t) => {
      stopIt();
      const subject = `without-${name}`;
      const before = home.log.length;
      await send(subject, "all@lists.test");
      await home.logged(/posts\/.* waits .*70-sublists.*@lists\.test/, before);
      t.match(home.log.slice(before), new RegExp(`${name}@lists\\.test`));
      t.equal(sink.counts(`Subject: ${subject}\r`).size, 0, "nobody has it");
      mend();
      const [waiting] = (await home.queue()).filter(
        ({ queue }) => queue === "posts",
      );
      await home.tell("queue", "retry", waiting?.entry ?? "");
      t.same(await arrives(subject, everyone), []);
    });

  t.equal(await stop(), 0, "SIGTERM ends the runner");
});
