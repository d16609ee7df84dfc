import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import t from "tap";
import { variable } from "../../src/base/environment.ts";
import { listSettings } from "../../src/lists/settings.ts";
import { ldapRecipients } from "../../src/lists/sources/ldap.ts";

const services = join(import.meta.dirname, "../../../shared/lab/services.sh");
const PEOPLE = 10_000;

/** Runs lines of bash with the servers' functions. */
function lab(lines: string, env: Record<string, string> = {}): string {
  return execFileSync("bash", ["-c", `source "$SERVICES"; ${lines}`], {
    env: {
      PATH: `${variable("PATH")}:/usr/sbin:/sbin`,
      SERVICES: services,
      ...env,
    },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function missing(): string | undefined {
  if (!existsSync(services)) return `no ${services}`;
  try {
    lab("command -v slapd && command -v slapadd");
    return undefined;
  } catch {
    return "slapd is not installed";
  }
}

async function freePort(): Promise<number> {
  const server = await listening(() => {});
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function listening(take: (socket: Socket) => void): Promise<Server> {
  const server = createServer(take);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

/** The section [ldap] with its defaults. */
function settingsFor(port: number, more: Record<string, string>) {
  const lines = Object.entries({
    url: `ldap://127.0.0.1:${port}`,
    base: "dc=example,dc=test",
    timeout: "20s",
    ...more,
  }).map(
    ([key, value]) =>
      `${key} = ${/^\d+$/.test(value) ? value : JSON.stringify(value)}\n`,
  );
  const { ldap } = listSettings(
    { list: {} },
    `[ldap]\n${lines.join("")}`,
    "list.toml",
  );
  if (!ldap) throw new Error("no section");
  return ldap;
}

function contextIn(
  home: string,
  notes: string[] = [],
  sender = "u7@example.test",
) {
  return {
    home,
    list: {
      address: "everyone@example.test",
      local: "everyone",
      domain: "example.test",
    },
    sender,
    recipient: "everyone@example.test",
    header: undefined,
    refused: (text: string) => notes.push(`refused ${text}`),
    note: (text: string) => notes.push(text),
  };
}

t.setTimeout(120_000);

const reason = missing();
const required = variable("LISTMILL_TEST_SERVERS") === "required";
const skip = required ? false : (reason ?? false);

t.test("recipients of a real slapd", { skip }, async (t) => {
  if (reason !== undefined) return t.fail(reason);
  const dir = mkdtempSync("/tmp/slapd-");
  chmodSync(dir, 0o755);
  const port = await freePort();
  const env = { DIR: dir, PORT: String(port), TMPDIR: dir };
  let running = true;
  const stop = () => {
    if (running) lab('stop_all "$DIR"', env);
    running = false;
  };
  t.teardown(() => {
    stop();
    rmSync(dir, { recursive: true, force: true });
  });
  lab(
    `ldap_ldif ${PEOPLE} > "$DIR/all.ldif";
    LDIF="$DIR/all.ldif" start_slapd "$DIR" "$PORT"`,
    env,
  );
  const home = t.testdir({ password: "secret\n", wrong: "wrong", empty: "\n" });

  await t.test(
    "a page is no end: all entries, also where pages come out even",
    async (t) => {
      for (const page of ["500", "10000", "10001", "333"]) {
        const settings = settingsFor(port, {
          filter: "(objectClass=inetOrgPerson)",
          page,
        });
        const found = await Array.fromAsync(
          ldapRecipients(settings, contextIn(home)),
        );
        t.equal(new Set(found).size, PEOPLE, `${page} a page`);
      }
    },
  );

  await t.test("a group's members, by their DNs", async (t) => {
    const notes: string[] = [];
    const settings = settingsFor(port, {
      filter: "(&(objectClass=groupOfNames)(cn=%{local}))",
      attribute: "member",
    });
    const before = performance.now();
    const found = await Array.fromAsync(
      ldapRecipients(settings, contextIn(home, notes)),
    );
    t.equal(found.length, PEOPLE);
    t.equal(new Set(found).size, PEOPLE);
    t.same(
      notes,
      ["[ldap] 1 members have no mail attribute or no entry"],
      "cn=admin has no entry",
    );
    t.comment(
      `${Math.round(performance.now() - before)} ms for ${PEOPLE} members`,
    );
  });

  await t.test("the sender is filled in and escaped", async (t) => {
    const settings = settingsFor(port, {
      filter: "(mail=%{sender})",
      attribute: "MAIL",
    });
    const of = (sender: string) =>
      Array.fromAsync(ldapRecipients(settings, contextIn(home, [], sender)));
    t.same(await of("u7@example.test"), ["u7@example.test"]);
    t.same(await of("*"), []);
    t.same(await of("x)(mail=*"), []);
  });

  await t.test("values that are no address are refused by name", async (t) => {
    const notes: string[] = [];
    const settings = settingsFor(port, { filter: "(uid=u7)", attribute: "cn" });
    t.same(
      await Array.fromAsync(ldapRecipients(settings, contextIn(home, notes))),
      [],
    );
    t.same(notes, ["refused User 7"]);
  });

  await t.test("a bind, and a bind that fails", async (t) => {
    const as = (file: string) =>
      Array.fromAsync(
        ldapRecipients(
          settingsFor(port, {
            filter: "(uid=u7)",
            bind_dn: "cn=admin,dc=example,dc=test",
            password_file: file,
          }),
          contextIn(home),
        ),
      );
    t.same(await as("password"), ["u7@example.test"]);
    await t.rejects(as("wrong"), { name: "Failure", exitCode: 75 });
    await t.rejects(as("empty"), /needs a password_file/);
    await t.rejects(as("gone"), { name: "Failure", message: /ENOENT/ });
  });

  await t.test("what cannot be asked throws", async (t) => {
    const wrong: Record<string, string>[] = [
      { filter: "(mail=" },
      { filter: "(uid=u7)", base: "dc=nowhere" },
      { filter: "(uid=u7)", base: "rubbish" },
    ];
    for (const bad of wrong)
      await t.rejects(
        Array.fromAsync(
          ldapRecipients(settingsFor(port, bad), contextIn(home)),
        ),
        { name: "Failure", exitCode: 75 },
        JSON.stringify(bad),
      );
  });

  await t.test(
    "a connection that is cut midway throws, wherever",
    async (t) => {
      for (const limit of [100, 20_000, 200_000, 600_000]) {
        const cut = await cutter(port, limit);
        const settings = settingsFor(cut.port, {
          filter: "(objectClass=inetOrgPerson)",
        });
        await t.rejects(
          Array.fromAsync(ldapRecipients(settings, contextIn(home))),
          { name: "Failure", exitCode: 75 },
          `after ${limit} bytes`,
        );
        const group = settingsFor(cut.port, {
          filter: "(cn=everyone)",
          attribute: "member",
        });
        await t.rejects(
          Array.fromAsync(ldapRecipients(group, contextIn(home))),
          { name: "Failure", exitCode: 75 },
          `members after ${limit} bytes`,
        );
        cut.close();
      }
    },
  );

  await t.test(
    "a server with a limit throws, it does not shorten",
    async (t) => {
      stop();
      lab(
        'sed -i "s/^sizelimit .*/sizelimit 700/" "$DIR/slapd.conf"; chown -R openldap "$DIR"; slapd -f "$DIR/slapd.conf" -u openldap -g openldap -h "ldap://127.0.0.1:$PORT/" </dev/null >/dev/null 2>&1; _svc_wait 20 ldapsearch -x -H "ldap://127.0.0.1:$PORT/" -b dc=example,dc=test -s base dn; pid=$(cat "$DIR/slapd.pid"); _svc_reg slapd "$DIR" "$pid" "kill -INT $pid"',
        env,
      );
      running = true;
      const settings = settingsFor(port, {
        filter: "(objectClass=inetOrgPerson)",
      });
      const found: string[] = [];
      await t.rejects(
        (async () => {
          for await (const one of ldapRecipients(settings, contextIn(home)))
            found.push(one);
        })(),
        { name: "Failure", exitCode: 75 },
      );
      t.ok(found.length < PEOPLE);
    },
  );

  await t.test(
    "a server that is stopped throws, one that hangs too",
    async (t) => {
      stop();
      const settings = settingsFor(port, { filter: "(uid=u7)" });
      await t.rejects(
        Array.fromAsync(ldapRecipients(settings, contextIn(home))),
        { name: "Failure", exitCode: 75 },
      );
      const silent = await listening(() => {});
      t.teardown(() => silent.close());
      const { port: at } = silent.address() as { port: number };
      const hanging = settingsFor(at, { filter: "(uid=u7)", timeout: "200ms" });
      await t.rejects(
        Array.fromAsync(ldapRecipients(hanging, contextIn(home))),
        { name: "Failure", exitCode: 75 },
      );
    },
  );
});

/** Passes a connection on and cuts it after so many bytes of answers. */
async function cutter(port: number, limit: number) {
  const { connect } = await import("node:net");
  const server = await listening((client) => {
    const upstream = connect(port, "127.0.0.1");
    let left = limit;
    client.on("error", () => {}).on("close", () => upstream.destroy());
    upstream.on("error", () => {}).on("close", () => client.destroy());
    client.pipe(upstream);
    upstream.on("data", (data) => {
      client.write(data.subarray(0, left));
      left -= data.length;
      if (left > 0) return;
      client.destroy();
      upstream.destroy();
    });
  });
  const { port: at } = server.address() as { port: number };
  return { port: at, close: () => server.close() };
}
