// Recipients of a real slapd: 50,000 people, groups in groups with a circle, names, TLS; and whatever
// breaks, an answer is whole or there is none.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { SourceSettings } from "../../src/lists/schema/sources.ts";
import type { SourceContext } from "../../src/lists/sources/context.ts";
import { ldapFinds, ldapRecipients } from "../../src/lists/sources/ldap.ts";
import { contextIn, section } from "../lists/sources/asking.ts";
import { freePort, needServers, Servers } from "./servers.ts";
import { severing } from "./severing.ts";

t.setTimeout(300_000);

const PEOPLE = 50_000;
const ROOT = "dc=example,dc=test";
const failure = { name: "Failure", exitCode: 75 };

const person = (n: number) => `uid=u${n},ou=people,${ROOT}`;
const group = (name: string) => `cn=${name},ou=groups,${ROOT}`;
const mails = (...numbers: number[]) =>
  numbers.map((n) => `u${n}@example.test`);

/** People and groups besides the many. */
const more = [
  ["uid=nomail,ou=people", "inetOrgPerson", "uid: nomail", "cn: N", "sn: N"],
  [
    ...["uid=two,ou=people", "inetOrgPerson", "uid: two", "cn: T", "sn: T"],
    ...["mail: two@example.test", "mail: second@example.test"],
  ],
  [
    ...["cn=Doe\\, John,ou=people", "inetOrgPerson", "cn: Doe, John"],
    ...["sn: Doe", "mail: rubbish", "mail: john@example.test"],
  ],
  // a > b > c > a, each with a person of its own and one that all have.
  [
    ...["cn=a,ou=groups", "groupOfNames", "objectClass: extensibleObject"],
    ...["cn: a", "mail: group-a@example.test", `member: ${person(1)}`],
    ...[`member: ${person(9)}`, `member: ${group("b")}`],
  ],
  [
    ...["cn=b,ou=groups", "groupOfUniqueNames", "cn: b"],
    ...[`uniqueMember: ${person(2)}#'0101'B`, `uniqueMember: ${person(9)}`],
    ...[`uniqueMember: ${group("c")}`, `uniqueMember: ${group("posix")}`],
  ],
  [
    ...["cn=c,ou=groups", "groupOfNames", "cn: c"],
    ...[`member: ${person(3)}`, `member: ${person(9)}`],
    ...[`member: CN=A, OU=Groups, ${ROOT}`, `member: ${group("gone")}`],
  ],
  [
    ...["cn=posix,ou=groups", "posixGroup", "cn: posix", "gidNumber: 1"],
    ...["memberUid: u4", "memberUid: u9", "memberUid: gone", "memberUid: *"],
    "memberUid: nomail",
  ],
  [
    ...["cn=login,ou=groups", "posixGroup", "cn: login", "gidNumber: 2"],
    ...Array.from({ length: 1234 }, (_, n) => `memberUid: u${n + 1}`),
  ],
  [
    ...["cn=mixed,ou=groups", "groupOfNames", "cn: mixed"],
    ...[`member: cn=Doe\\, John,ou=people,${ROOT}`],
    ...[`member: uid=two,ou=people,${ROOT}`],
    `member: uid=nomail,ou=people,${ROOT}`,
  ],
  [
    ...["cn=outer,ou=groups", "groupOfNames", "cn: outer"],
    `member: ${group("everyone")}`,
  ],
  [
    ...["cn=deep,ou=groups", "groupOfNames", "cn: deep"],
    `member: ${group("mixed")}`,
  ],
]
  .map(([dn, kind, ...lines]) =>
    [`dn: ${dn},${ROOT}`, `objectClass: ${kind}`, ...lines, ""].join("\n"),
  )
  .join("\n");

class Directory {
  readonly port: number;
  readonly tlsPort: number;
  readonly dir: string;
  readonly #servers: Servers;

  private constructor(servers: Servers, port: number, tlsPort: number) {
    this.#servers = servers;
    this.port = port;
    this.tlsPort = tlsPort;
    this.dir = join(servers.dir, "slapd");
  }

  static async make(servers: Servers): Promise<Directory> {
    const directory = new Directory(
      servers,
      await freePort(),
      await freePort(),
    );
    const more_ = join(servers.dir, "more.ldif");
    writeFileSync(more_, more);
    servers.bash(
      `mkdir "$1"; ldap_ldif ${PEOPLE} > "$1/all.ldif"; LDIF="$1/all.ldif" start_slapd "$1" "$2" || exit 1
      cd "$1"
      openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem
      openssl req -newkey rsa:2048 -nodes -subj /CN=slapd -keyout slapd.key -out slapd.csr
      printf 'subjectAltName=DNS:localhost' > names
      openssl x509 -req -days 2 -in slapd.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -out slapd.pem`,
      [directory.dir, String(directory.port)],
    );
    directory.again(
      `s|^pidfile|include /etc/ldap/schema/nis.schema\\nTLSCertificateFile $PWD/slapd.pem\\nTLSCertificateKeyFile $PWD/slapd.key\\n&|`,
      `slapadd -q -f slapd.conf -l ${more_} || exit 1; chown -R openldap:openldap .;`,
    );
    return directory;
  }

  stop(): void {
    this.#servers.stop(this.dir);
  }

  /** Starts it again. @param change of slapd.conf, for sed */
  again(change = "", lines = ""): void {
    this.stop();
    this.#servers.bash(
      `cd "$1"; sed -i "${change}" slapd.conf; ${lines}
      slapd -f slapd.conf -u openldap -g openldap -h "ldap://127.0.0.1:$2/ ldaps://127.0.0.1:$3/" </dev/null >>start.log 2>&1 || exit 1
      _svc_wait 20 ldapsearch -x -H "ldap://127.0.0.1:$2/" -b ${ROOT} -s base dn || exit 1
      pid=$(cat slapd.pid); _svc_reg slapd "$1" "$pid" "kill -INT $pid"`,
      [this.dir, String(this.port), String(this.tlsPort)],
    );
  }
}

type Given = Record<string, unknown>;

function settingsOf(port: number, given: Given): SourceSettings<"ldap"> {
  const url = `ldap://127.0.0.1:${port}`;
  return section("ldap", { url, base: ROOT, timeout: "20s", ...given });
}

/** Everything from a source; what came before a failure stays in `before`. */
async function all(
  settings: SourceSettings<"ldap">,
  context: SourceContext,
  before: string[] = [],
): Promise<string[]> {
  for await (const one of ldapRecipients(settings, context)) before.push(one);
  return before;
}

t.test("recipients of a real slapd", { timeout: 300_000 }, async (t) => {
  if (!needServers(t, "slapd")) return;
  const directory = await Directory.make(new Servers(t));
  const { port } = directory;
  const home = t.testdir({ password: "secret\n", wrong: "wrong", empty: "\n" });
  const ask = (given: Given, notes: string[] = [], header?: string) =>
    all(settingsOf(port, given), contextIn(home, notes, notes, header));
  const people = { filter: "(sn=Number*)" };
  const everyone = { filter: "(cn=everyone)", attribute: "member" };

  await t.test(
    "a page is no end: all entries, also where pages come out even",
    async (t) => {
      for (const page of [500, PEOPLE, PEOPLE + 1, 3333]) {
        const before = performance.now();
        const found = await ask({ ...people, page });
        t.equal(new Set(found).size, PEOPLE, `${page} a page`);
        t.comment(`${Math.round(performance.now() - before)} ms`);
      }
    },
  );

  await t.test("a group's members, by their DNs", async (t) => {
    const notes: string[] = [];
    const before = performance.now();
    const found = await ask(
      { filter: "(cn=everyone)", attribute: "member" },
      notes,
    );
    t.comment(`${Math.round(performance.now() - before)} ms`);
    t.equal(found.length, PEOPLE);
    t.equal(new Set(found).size, PEOPLE);
    t.same(
      notes,
      ["[ldap] 1 member has no mail attribute or no entry"],
      "cn=admin has no entry",
    );
  });

  await t.test(
    "groups in groups, each asked once and a circle cut",
    async (t) => {
      // The way back to where it began is no group more.
      for (const [name, nested] of [
        ["a", 2],
        ["b", 2],
        ["c", 3],
      ] as const) {
        const notes: string[] = [];
        const found = await ask(
          {
            filter: `(cn=${name})`,
            nested,
            attribute: name === "b" ? "uniqueMember" : "member",
            member_filter: "(uid=%{member})",
          },
          notes,
        );
        t.same(
          [...new Set(found)].sort(),
          mails(1, 2, 3, 4, 9),
          "people only: a group with mail is a group",
        );
        t.same(found.filter((one) => one === "u1@example.test").length, 1);
        t.same(
          notes,
          ["[ldap] 4 members have no mail attribute or no entry"],
          "cn=gone, gone, *, nomail",
        );
      }
    },
  );

  await t.test("all groups of a search, and those in them", async (t) => {
    const found = await ask({
      filter: "(|(cn=a)(cn=c)(cn=outer))",
      attribute: "member",
      nested: 3,
    });
    t.equal(new Set(found).size, PEOPLE);
  });

  await t.test(
    "a group that is too deep throws: nobody is left out",
    async (t) => {
      const asked = (name: string, nested: number) =>
        ask({ filter: `(cn=${name})`, attribute: "member", nested });
      await t.rejects(asked("a", 1), {
        ...failure,
        message: /cn=c,ou=groups,.* raise nested/,
      });
      await t.rejects(asked("deep", 0), {
        ...failure,
        message: /cn=mixed,.* raise nested/,
      });
      t.equal((await asked("deep", 1)).length, 2);
      t.equal((await asked("mixed", 0)).length, 2);
    },
  );

  await t.test("members by name", async (t) => {
    const notes: string[] = [];
    const login = {
      filter: "(&(objectClass=posixGroup)(cn=%{local}))".replace(
        "%{local}",
        "login",
      ),
      attribute: "memberUid",
      member_filter: "(&(objectClass=inetOrgPerson)(uid=%{member}))",
      member_base: `ou=people,${ROOT}`,
    };
    const found = await ask(login, notes);
    t.same(
      found.sort(),
      mails(...Array.from({ length: 1234 }, (_, n) => n + 1)).sort(),
    );
    t.same(notes, []);
    t.same(
      await ask({ ...login, filter: "(cn=posix)" }, notes),
      mails(4, 9),
      "a name is no pattern",
    );
    t.same(notes, ["[ldap] 3 members have no mail attribute or no entry"]);
    await t.rejects(ask({ ...login, member_base: "ou=nowhere" }), failure);
    t.same(
      await ask({ filter: "(cn=posix)", attribute: "memberUid" }, notes),
      [],
    );
    t.ok(
      notes.includes("u4"),
      "without member_filter they should be addresses",
    );
  });

  await t.test(
    "one address of each member, of another attribute too",
    async (t) => {
      const notes: string[] = [];
      const mixed = { filter: "(cn=mixed)", attribute: "member" };
      t.same((await ask(mixed, notes)).sort(), [
        "john@example.test",
        "two@example.test",
      ]);
      t.same(notes, ["[ldap] 1 member has no mail attribute or no entry"]);
      t.same(await ask({ ...mixed, member_attribute: "sn" }, notes), []);
      t.same(notes.slice(1).sort(), ["Doe", "N", "T"], "no addresses");
      t.same(await ask({ filter: "(uid=two)", attribute: "rfc822Mailbox" }), [
        "two@example.test",
        "second@example.test",
      ]);
      t.same(await ask({ filter: "(|(uid=nomail)(uid=u1))" }, notes), mails(1));
      t.equal(notes.at(-1), "[ldap] 1 of the entries found has no mail");
    },
  );

  await t.test(
    "what a stranger writes is filled in, and nothing more",
    async (t) => {
      const of = (subject: string, filter = "(mail=%{subject})") =>
        ask({ filter }, [], `Subject: ${subject}\nX-Who: u8\n`);
      t.same(await of("u7@example.test"), mails(7));
      t.same(await of("*"), []);
      t.same(await of("x)(mail=*"), []);
      t.same(await of("", "(cn=*%{subject}*)"), [], "nothing is in everything");
      t.same(await of("", "(mail=%{subject})"), []);
      t.same(await of("User 77", "(cn=%{subject})"), mails(77));
      t.same(await of("", "(uid=%{header_X-Who})"), mails(8));
      t.same(await of("", "(mail=%{sender})"), []);
    },
  );

  await t.test("whether there is an entry", async (t) => {
    const finds = (filter: string, at = port) =>
      ldapFinds(
        settingsOf(at, { filter: "(uid=u1)" }),
        filter,
        contextIn(home),
      );
    t.equal(await finds("(uid=u7)"), true);
    t.equal(
      await finds("(objectClass=inetOrgPerson)"),
      true,
      "of many one is enough",
    );
    t.equal(await finds("(uid=%{local})"), false);
    await t.rejects(finds("(uid=%{loca})"), /stands for nothing/);
    await t.rejects(finds("(uid=u7)", await freePort()), failure);
  });

  await t.test("a bind, and a bind that fails", async (t) => {
    const as = (password_file: string) =>
      ask({
        filter: "(uid=u7)",
        bind_dn: `cn=admin,${ROOT}`,
        password_file,
      });
    t.same(await as("password"), mails(7));
    await t.rejects(as("wrong"), {
      ...failure,
      message: /refuses bind_dn or its password/,
    });
    await t.rejects(as("empty"), /needs a password_file/);
    await t.rejects(as("gone"), {
      ...failure,
      message: /password_file cannot be read: ENOENT/,
    });
  });

  await t.test("TLS, to the right host with the right authority", async (t) => {
    const ca_file = join(directory.dir, "ca.pem");
    const other = join(directory.dir, "slapd.pem");
    const plain = `ldap://localhost:${port}`;
    const secure = `ldaps://localhost:${directory.tlsPort}`;
    const over = (url: string, given: Given = {}) =>
      ask({ filter: "(uid=u7)", url, ...given });
    for (const [url, starttls] of [
      [secure, false],
      [plain, true],
    ] as const) {
      t.same(await over(url, { ca_file, starttls }), mails(7));
      const wrong = {
        ...failure,
        message:
          /certificate is not trusted: look at ca_file and the host's name/,
      };
      await t.rejects(
        over(url, { starttls }),
        wrong,
        "the system's authorities",
      );
      await t.rejects(
        over(url, { starttls, ca_file: other }),
        wrong,
        "another authority",
      );
      await t.rejects(
        over(url.replace("localhost", "127.0.0.1"), { starttls, ca_file }),
        wrong,
        "another name",
      );
      await t.rejects(
        over(url, { starttls, ca_file: "password" }),
        /holds no certificate/,
      );
      await t.rejects(
        over(url, { starttls, ca_file: "gone" }),
        /ca_file cannot be read/,
      );
    }
    await t.rejects(
      over(`ldaps://localhost:${port}`, { ca_file }),
      failure,
      "no TLS there",
    );
    t.same(
      (
        await ask({
          url: secure,
          ca_file,
          filter: "(cn=a)",
          attribute: "member",
        })
      ).length > 0,
      true,
    );
  });

  await t.test("what cannot be asked throws, and says why", async (t) => {
    const wrong: [Given, RegExp][] = [
      [{ filter: "(mail=" }, /filter is not understood/],
      [
        { filter: "(uid=u7)", base: "dc=nowhere" },
        /no such entry: look at base/,
      ],
      [{ filter: "(uid=u7)", base: "rubbish" }, /no DN: look at base/],
    ];
    for (const [given, message] of wrong)
      await t.rejects(ask(given), { ...failure, message });
  });

  await t.test(
    "a connection that is cut midway throws, wherever",
    async (t) => {
      const questions = [
        people,
        everyone,
        {
          filter: "(cn=login)",
          attribute: "memberUid",
          member_filter: "(uid=%{member})",
        },
      ];
      for (const limit of [1, 20, 5000, 60_000])
        for (const question of questions) {
          const cut = await severing(t, port, limit, "cut");
          await t.rejects(
            all(settingsOf(cut, question), contextIn(home)),
            failure,
            `${question.filter} after ${limit} bytes`,
          );
        }
      for (const [question, limit] of [
        [people, 1_000_000],
        [people, 3_000_000],
        [everyone, 4_000_000],
      ] as const) {
        const before: string[] = [];
        const cut = await severing(t, port, limit, "cut");
        await t.rejects(
          all(settingsOf(cut, question), contextIn(home), before),
          failure,
        );
        t.ok(
          before.length > 0 && before.length < PEOPLE,
          `${before.length} people of ${question.filter}`,
        );
      }
    },
  );

  await t.test("silence is no answer, wherever it begins", async (t) => {
    for (const limit of [0, 20, 20_000, 1_000_000]) {
      const silent = await severing(t, port, limit, "silence");
      const settings = settingsOf(silent, { ...people, timeout: "300ms" });
      await t.rejects(
        all(settings, contextIn(home)),
        failure,
        `${limit} bytes`,
      );
    }
    // Up to the answer to StartTLS, 40 bytes or less, and nothing of TLS.
    const deaf = await severing(t, port, 40, "silence");
    const turning = { filter: "(uid=u1)", starttls: true, timeout: "300ms" };
    await t.rejects(all(settingsOf(deaf, turning), contextIn(home)), failure);
    const hidden = await severing(t, directory.tlsPort, 0, "silence");
    const url = `ldaps://localhost:${hidden}`;
    await t.rejects(ask({ ...turning, url }), failure);
  });

  await t.test(
    "of several servers the first that answers is asked",
    async (t) => {
      const closed = await freePort();
      const silent = await severing(t, port, 0, "silence");
      const early = await severing(t, port, 20_000, "cut");
      const late = await severing(t, port, 1_000_000, "cut");
      const urls = (...ports: number[]) =>
        ports.map((one) => `ldap://127.0.0.1:${one}`).join(" ");
      const notes: string[] = [];
      const given = { ...people, timeout: "2s" };
      const found = await ask(
        { ...given, url: urls(closed, silent, early, port) },
        notes,
      );
      t.equal(found.length, PEOPLE, "nobody twice");
      t.same(
        notes.map((note) =>
          /127\.0\.0\.1:(\d+): .*; ldap:\/\/127\.0\.0\.1:(\d+) is asked instead/
            .exec(note)
            ?.slice(1)
            .map(Number),
        ),
        [
          [closed, silent],
          [silent, early],
          [early, port],
        ],
      );
      await t.rejects(
        ask({ ...given, url: urls(late, port) }),
        failure,
        "an answer is of one server",
      );
      await t.rejects(ask({ ...given, url: urls(closed, early) }), failure);
      const nowhere = { ...given, base: "dc=nowhere", url: urls(port, closed) };
      await t.rejects(
        ask(nowhere, notes),
        /no such entry/,
        "an answer, if a bad one",
      );
      t.equal(notes.length, 3);
      const settings = settingsOf(port, {
        filter: "(a=b)",
        url: urls(closed, port),
      });
      t.equal(await ldapFinds(settings, "(uid=u7)", contextIn(home)), true);
    },
  );

  await t.test(
    "a server with a limit throws, it does not shorten",
    async (t) => {
      directory.again("s/^sizelimit .*/sizelimit 700/");
      const before: string[] = [];
      await t.rejects(all(settingsOf(port, people), contextIn(home), before), {
        ...failure,
        message: /limit of entries cuts the answer/,
      });
      t.ok(before.length < PEOPLE);
      const login = {
        filter: "(cn=login)",
        attribute: "memberUid",
        member_filter: "(uid=%{member})",
      };
      t.equal((await ask(login)).length, 1234);
      t.equal(
        await ldapFinds(
          settingsOf(port, people),
          "(sn=Number*)",
          contextIn(home),
        ),
        true,
      );
    },
  );

  await t.test("a server that is stopped throws", async (t) => {
    directory.stop();
    await t.rejects(ask({ filter: "(uid=u7)" }), {
      ...failure,
      message: /ECONNREFUSED/,
    });
    const url = `ldap://localhost:${port}`;
    await t.rejects(ask({ filter: "(uid=u7)", url }), {
      ...failure,
      message: /ECONNREFUSED/,
    });
  });
});
