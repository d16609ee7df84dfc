// The door for bounces by HTTP: a real server, and clients that are proper, broken, slow or gone.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type IncomingHttpHeaders, request as send } from "node:http";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import { openHttp } from "../../src/receipt/http.ts";
import type { OpenDoor } from "../../src/receipt/listening.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { makeHome, news, until, waiting } from "../cli/atHome.ts";
import { Ask } from "./ask.ts";

const token = "0123456789abcdef";
const bearer = `Authorization: Bearer ${token}`;
const verp = "news-bounces+ABC@lists.example.org";
const bounce = `From: <>\nTo: ${verp}\nSubject: failure\n\n5.1.1 gone & lost = 100% +1\n`;
const form = "application/x-www-form-urlencoded";

interface Office {
  readonly home: string;
  readonly door: OpenDoor;
  readonly lines: string[];
}

async function office(
  t: Test,
  { site = "", http = "", listen = "127.0.0.1:0", secret = token } = {},
): Promise<Office> {
  const home = await makeHome(t, {
    settings: `${site}\n[http]\nlisten = "${listen}"\n${http}\n`,
  });
  if (secret !== "")
    writeFileSync(join(home, "secrets/http-token"), `${secret}\n`, {
      mode: 0o600,
    });
  const lines: string[] = [];
  const door = await open(t, home, lines);
  return { home, door, lines };
}

async function open(t: Test, home: string, lines: string[] = []) {
  const { site, lists, spool, clock } = new Context(home, false);
  const log = (where: string, what: string) => lines.push(`${where}: ${what}`);
  const door = await openHttp({ site, lists, spool, clock, log });
  t.teardown(() => door.close());
  return door;
}

async function ask(t: Test, { door }: Pick<Office, "door">): Promise<Ask> {
  const client = await Ask.at(door.where);
  t.teardown(() => client.socket.destroy());
  return client;
}

interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A proper request, with the token. */
function post(
  { door }: Pick<Office, "door">,
  body: string | Uint8Array,
  headers: Record<string, string> = { "Content-Type": "message/rfc822" },
  path = "/api/bounces",
  method = "POST",
): Promise<Told> {
  const [host, port] = door.where.split(":");
  return new Promise((done, fail) => {
    const request = send(
      {
        ...{ host, port, path, method, agent: false },
        headers: { Authorization: `Bearer ${token}`, ...headers },
      },
      async (response) => {
        const chunks = await Array.fromAsync(response as AsyncIterable<Buffer>);
        done({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      },
    );
    request.on("error", fail);
    request.end(body);
  });
}

function entries(home: string) {
  return waiting(home, "bounces").map((path) => {
    const read = readEnvelope(path);
    return {
      text: readFileSync(join(path, "message"), "latin1"),
      ...(read.kind === "envelope" ? read.envelope : {}),
    };
  });
}

const drafts = (home: string) => [
  ...readdirSync(join(home, "spool/incoming/tmp")),
  ...readdirSync(join(home, "spool/bounces/tmp")),
];

t.test("a message as it stands", async (t) => {
  const at = await office(t);
  for (const type of [
    "message/rfc822",
    "Application/Octet-Stream",
    "text/plain; charset=utf-8",
    "",
  ]) {
    const { status, headers, body } = await post(
      at,
      bounce.replaceAll("\n", "\r\n"),
      type ? { "Content-Type": type } : {},
    );
    t.equal(status, 200, type);
    t.equal(headers["content-type"], "application/json");
    const { submitted } = JSON.parse(body);
    const path = waiting(at.home, "bounces").at(-1) ?? "";
    t.ok(path.includes(submitted), "the entry's id");
    t.match(entries(at.home).at(-1), {
      text: bounce,
      sender: "",
      recipient: verp,
      list: news,
      extension: "bounces+abc",
      origin: "mta",
      history: [],
    });
    t.equal(
      at.lines.pop(),
      `http: bounces/${submitted}: from=<> to=<${verp}> size=${bounce.length}`,
    );
  }
  t.same(drafts(at.home), []);
  t.same(at.lines, []);
});

t.test("as MediaWiki's BounceHandler takes it", async (t) => {
  const at = await office(t);
  const email = `email=${encodeURIComponent(bounce)}`;
  for (const body of [
    `action=bouncehandler&${email}`,
    `${email}&format=json&action=bouncehandler`,
  ]) {
    const told = await post(at, body, { "Content-Type": form });
    t.equal(told.status, 200);
    t.same(JSON.parse(told.body), { bouncehandler: { submitted: "job" } });
    t.match(entries(at.home).at(-1), { text: bounce, recipient: verp });
  }
  const told = await post(
    at,
    `${email}&recipient=news-bounces+x@lists.example.org`,
    {
      "Content-Type": form,
    },
  );
  t.equal(told.status, 200);
  t.match(entries(at.home).at(-1), {
    recipient: "news-bounces+x@lists.example.org",
    extension: "bounces+x",
  });
});

t.test("the recipient that the MTA says counts", async (t) => {
  const at = await office(t);
  const to = async (query: string, text = bounce) => {
    const { status } = await post(at, text, {}, `/api/bounces?${query}`);
    t.equal(status, 200, query);
    const { recipient, list, extension } = {
      list: "",
      extension: "",
      ...entries(at.home).at(-1),
    };
    return [recipient, list, extension];
  };
  const other = "news-bounces+y@lists.example.org";
  t.same(await to(`recipient=${other}`), [other, news, "bounces+y"]);
  t.same(await to(`recipient=${encodeURIComponent(other)}`), [
    other,
    news,
    "bounces+y",
  ]);
  t.same(
    await to("recipient="),
    [verp, news, "bounces+abc"],
    "it says nothing",
  );
  t.same(await to("recipient=gone@x.org"), ["gone@x.org", "", ""]);
  t.same(
    await to("", bounce.replace(verp, "anna@x.org")),
    ["", "", ""],
    "it is kept all the same",
  );
  t.match(at.lines.at(-1), / to=<> .*\(of no list here\)$/);
});

t.test("who may not is told nothing, and the log all", async (t) => {
  const at = await office(t);
  const wrong = await Promise.all([
    post(at, bounce, { Authorization: "Bearer wrong" }),
    post(at, bounce, { Authorization: `Basic ${token}` }),
    post(at, bounce, { Authorization: `Bearer ${token}x` }),
    post(at, bounce, { Authorization: "" }),
  ]);
  const elsewhere = await office(t, {
    http: 'networks = ["192.0.2.0/24", "2001:db8::/32"]',
  });
  const stranger = await post(elsewhere, bounce, {
    "X-Forwarded-For": "192.0.2.1",
    Forwarded: "for=192.0.2.1",
  });
  const health = await post(elsewhere, "", {}, "/api/health", "GET");
  for (const { status, body } of [...wrong, stranger, health]) {
    t.equal(status, 403);
    t.equal(body, '{"error":"not for you"}\n');
  }
  t.same(waiting(at.home, "bounces"), []);
  t.same(waiting(elsewhere.home, "bounces"), []);
  t.same(at.lines.sort(), [
    "http: 127.0.0.1: 403 it shows a wrong token",
    "http: 127.0.0.1: 403 it shows a wrong token",
    "http: 127.0.0.1: 403 it shows no token",
    "http: 127.0.0.1: 403 it shows no token",
  ]);
  t.match(elsewhere.lines, [
    /^http: 127\.0\.0\.1: 403 it is in none of/,
    /403/,
  ]);
});

t.test("a client that waits for a word is asked first", async (t) => {
  const at = await office(t);
  const size = `Content-Length: ${bounce.length}`;
  const expect = "Expect: 100-continue";
  const client = await ask(t, at);
  client.begin("POST /api/bounces", bearer, size, expect);
  t.match(await client.heard(), { status: 100 });
  client.write(bounce);
  t.match(await client.heard(), { status: 200 });
  const cases: [number, string, ...string[]][] = [
    [403, "POST /api/bounces", size, "Authorization: Bearer no"],
    [404, "POST /api/other", size, bearer],
    [413, "POST /api/bounces", "Content-Length: 999999999", bearer],
    [
      415,
      "POST /api/bounces",
      size,
      bearer,
      "Content-Type: multipart/form-data; boundary=x",
    ],
  ];
  for (const [status, request, ...lines] of cases) {
    const client = await ask(t, at);
    client.begin(request, ...lines, expect);
    t.match(await client.heard(), { status, headers: { connection: "close" } });
    await client.closed();
  }
  t.equal(entries(at.home).length, 1);
});

t.test("what it does not take", async (t) => {
  const at = await office(t, {
    site: '[limits]\nmessage = "4KB"\nheader = "1KB"',
  });
  const cases: [number, Promise<Told>][] = [
    [404, post(at, bounce, {}, "/")],
    [404, post(at, bounce, {}, "/api/bounces/")],
    [405, post(at, "", {}, "/api/bounces", "GET")],
    [405, post(at, bounce, {}, "/api/bounces", "PUT")],
    [405, post(at, "", {}, "/api/health")],
    [413, post(at, bounce + "x".repeat(5000))],
    [413, post(at, bounce + "x".repeat(50_000))],
    [413, post(at, bounce + "x".repeat(5_000_000))],
    [413, post(at, `X: ${"x".repeat(2000)}\n${bounce}`)],
    [
      413,
      post(at, `email=${encodeURIComponent(bounce)}${"x".repeat(5000)}`, {
        "Content-Type": form,
      }),
    ],
    [
      413,
      post(at, `email=a&more=${"x".repeat(100_000)}`, {
        "Content-Type": form,
        "Transfer-Encoding": "chunked",
      }),
    ],
    [415, post(at, "x", { "Content-Type": "multipart/form-data; boundary=x" })],
    [415, post(at, "x", { "Content-Type": "application/json" })],
    [415, post(at, "x", { "Content-Encoding": "gzip" })],
    [422, post(at, "no message")],
    [422, post(at, "")],
    [422, post(at, "email=nothing", { "Content-Type": form })],
    [400, post(at, bounce, { "Content-Type": form })],
    [400, post(at, "email=a&action=query", { "Content-Type": form })],
  ];
  for (const [status, asked] of cases) {
    const told = await asked;
    t.equal(told.status, status, told.body);
    t.match(Object.keys(JSON.parse(told.body)), ["error"]);
    t.notMatch(told.body, /node:|src\/|\.ts|spool/);
    if (status === 405) t.match(told.headers.allow, /^(POST|GET, HEAD)$/);
  }
  t.same(entries(at.home), []);
  t.same(drafts(at.home), []);
  t.equal(at.lines.length, cases.length, "each is in the log");
});

t.test("chunks, pieces and one request after the other", async (t) => {
  const at = await office(t);
  const client = await ask(t, at);
  for (const text of [bounce, bounce.replaceAll("\n", "\r\n")]) {
    client.begin("POST /api/bounces", bearer, "Transfer-Encoding: chunked");
    for (const byte of text) client.write(`1\r\n${byte}\r\n`);
    client.write("0\r\n\r\n");
    t.match(await client.heard(), { status: 200 });
  }
  const whole = `POST /api/bounces HTTP/1.1\r\nHost: x\r\n${bearer}\r\nContent-Length: ${bounce.length}\r\n\r\n${bounce}`;
  client.socket.setNoDelay(true);
  for (let from = 0; from < whole.length; from += 7)
    client.write(whole.slice(from, from + 7));
  t.match(await client.heard(), { status: 200 });
  client.write(whole + whole);
  t.match(await client.heard(), { status: 200 });
  t.match(await client.heard(), { status: 200 });
  const found = entries(at.home);
  t.equal(found.length, 5);
  t.ok(found.every(({ text }) => text === bounce));
});

t.test("a client that is gone in the middle has brought nothing", async (t) => {
  const at = await office(t);
  const breaks: [string, string][] = [
    ["Content-Length: 1000", bounce],
    [
      "Transfer-Encoding: chunked",
      `${bounce.length.toString(16)}\r\n${bounce}\r\n`,
    ],
    [
      "Transfer-Encoding: chunked",
      `${bounce.length.toString(16)}\r\n${bounce}\r\nXYZ\r\n`,
    ],
  ];
  for (const [line, text] of breaks) {
    const client = await ask(t, at);
    client.begin("POST /api/bounces", bearer, line);
    client.write(text);
    t.ok(
      await until(
        () => drafts(at.home).length === 1 || text.endsWith("XYZ\r\n"),
      ),
    );
    client.socket.end();
    await client.closed();
  }
  t.ok(
    await until(
      () =>
        at.lines.filter((line) => /gone in the middle/.test(line)).length === 3,
    ),
    at.lines.join("\n"),
  );
  t.same(entries(at.home), []);
  t.same(drafts(at.home), []);
});

t.test("who is slow is let go", async (t) => {
  const at = await office(t, { http: 'timeout = "1s"\nrequest = "2s"' });
  const [silent, header, body, drops] = await Promise.all([
    ask(t, at),
    ask(t, at),
    ask(t, at),
    ask(t, at),
  ]);
  header.write("POST /api/bounces HTTP/1.1\r\nHost: x\r\n");
  body.begin("POST /api/bounces", bearer, "Content-Length: 1000");
  body.write(bounce);
  drops.begin("POST /api/bounces", bearer, "Content-Length: 1000");
  const dropping = setInterval(() => drops.write("x"), 100);
  t.teardown(() => clearInterval(dropping));
  t.match(await header.heard(), { status: 408 });
  await Promise.all([silent.closed(), body.closed()]);
  t.ok(await drops.heard().then((heard) => (heard?.status ?? 408) === 408));
  await drops.closed();
  t.same(entries(at.home), []);
  t.ok(await until(() => drafts(at.home).length === 0));
});

t.test("who idles after an answer is let go too", async (t) => {
  const at = await office(t, { http: 'timeout = "1s"' });
  const requests: [number, string, ...string[]][] = [
    [200, "GET /api/health"],
    [404, "GET /nothing"],
    [405, "GET /api/bounces"],
    [403, "POST /api/bounces"],
    [403, "POST /api/bounces", "Content-Length: 0"],
    [422, "POST /api/bounces", bearer, "Content-Length: 0"],
  ];
  await Promise.all(
    requests.map(async ([status, request, ...lines]) => {
      const client = await ask(t, at);
      client.begin(request, ...lines);
      t.match(await client.heard(), { status }, request);
      // Behind the first the same holds.
      client.begin(request, ...lines);
      t.match(await client.heard(), { status }, request);
      let isClosed = false;
      void client.closed().then(() => {
        isClosed = true;
      });
      t.ok(await until(() => isClosed, 5000), `${request}: ${lines}`);
    }),
  );
});

t.test("more clients than are allowed try later", async (t) => {
  const at = await office(t, { http: "clients = 2" });
  const first = await ask(t, at);
  const second = await ask(t, at);
  const third = await ask(t, at);
  third.begin("GET /api/health");
  t.match(await third.heard(), {
    status: 503,
    headers: { "retry-after": "60", connection: "close" },
  });
  await third.closed();
  first.socket.destroy();
  second.begin("GET /api/health");
  t.match(await second.heard(), { status: 200, body: "ok\n" });
});

t.test("a spool that takes nothing: the MTA tries again", async (t) => {
  const at = await office(t);
  const spool = join(at.home, "spool");
  const later = async (why: RegExp) => {
    const { status, headers, body } = await post(at, bounce);
    t.equal(status, 503);
    t.equal(headers["retry-after"], "60");
    t.equal(body, '{"error":"not now, try again later"}\n');
    t.match(at.lines.at(-1), why);
  };
  renameSync(spool, `${spool}.away`);
  await later(/http: 127\.0\.0\.1: 503 .*this folder is missing/);
  t.match(await post(at, "", {}, "/api/health", "GET"), { status: 503 });
  t.notOk(existsSync(spool));
  renameSync(`${spool}.away`, spool);
  const place = join(spool, "bounces/new");
  rmSync(place, { recursive: true });
  writeFileSync(place, "");
  await later(/503 E[A-Z]+/);
  rmSync(place);
  mkdirSync(place);
  writeFileSync(join(at.home, "lists", news, "list.toml"), "[broken\n");
  await later(/503 .*list\.toml/);
  t.same(drafts(at.home), []);
  t.same(entries(at.home), []);
});

t.test("a queue whose folders are gone is made anew", async (t) => {
  const at = await office(t);
  rmSync(join(at.home, "spool/bounces"), { recursive: true });
  t.match(await post(at, bounce), { status: 200 });
  t.equal(entries(at.home).length, 1);
});

t.test("monitors", async (t) => {
  const at = await office(t);
  const none = { Authorization: "" };
  t.match(await post(at, "", none, "/api/health?x=1", "GET"), {
    status: 200,
    body: "ok\n",
  });
  t.match(await post(at, "", none, "/api/health", "HEAD"), {
    status: 200,
    body: "",
    headers: { "content-length": "3" },
  });
  t.same(at.lines, []);
});

t.test("any message in is the same message out", async (t) => {
  const at = await office(t);
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.boolean(),
      async (bytes, isForm) => {
        const start = Buffer.from(`To: ${verp}\n\n`);
        const sent = Buffer.concat([start, bytes]);
        const escaped = [...sent].map(
          (byte) => `%${byte.toString(16).padStart(2, "0")}`,
        );
        const { status } = isForm
          ? await post(at, `email=${escaped.join("")}`, {
              "Content-Type": form,
            })
          : await post(at, sent);
        const path = waiting(at.home, "bounces").at(-1) ?? "";
        const wanted = Buffer.from(
          sent.toString("latin1").replaceAll("\r\n", "\n"),
          "latin1",
        );
        return (
          status === 200 && readFileSync(join(path, "message")).equals(wanted)
        );
      },
    ),
    { numRuns: 60 },
  );
});

t.test("closing finishes what is in flight", async (t) => {
  const at = await office(t);
  const [idle, busy] = await Promise.all([ask(t, at), ask(t, at)]);
  busy.begin("POST /api/bounces", bearer, `Content-Length: ${bounce.length}`);
  busy.write(bounce.slice(0, 20));
  t.ok(await until(() => drafts(at.home).length === 1));
  const closed = at.door.close();
  await idle.closed();
  await t.rejects(Ask.at(at.door.where), { code: "ECONNREFUSED" });
  busy.write(bounce.slice(20));
  t.match(await busy.heard(), {
    status: 200,
    headers: { connection: "close" },
  });
  await busy.closed();
  await closed;
  t.equal(entries(at.home).length, 1);
});

t.test("the token's file", async (t) => {
  const home = await makeHome(t, {
    settings: '[http]\nlisten = "127.0.0.1:0"\n',
  });
  const file = join(home, "secrets/http-token");
  const refused = (message: RegExp) =>
    t.rejects(open(t, home), { exitCode: 78, message });
  await refused(
    /^\[http\] token_file: there is no token in \S+http-token; make one with: \(umask 077; openssl rand -hex 32 > /,
  );
  writeFileSync(file, "\n", { mode: 0o600 });
  await refused(/there is no token/);
  writeFileSync(file, "secret\n");
  chmodSync(file, 0o640);
  await refused(/http-token: others can read or change it: chmod 600 /);
  chmodSync(file, 0o600);
  t.match(await open(t, home), { where: /^127\.0\.0\.1:\d+$/ });
});

t.test("a socket", async (t) => {
  const at = await office(t, {
    listen: "run/http",
    secret: "",
    http: "networks = []",
  });
  t.equal(statSync(at.door.where).mode & 0o777, 0o660);
  // It needs no token, but asks for one that there is.
  const bring = async (door: OpenDoor, ...lines: string[]) => {
    const client = await ask(t, { door });
    client.begin(
      "POST /api/bounces",
      `Content-Length: ${bounce.length}`,
      ...lines,
    );
    client.write(bounce);
    return client.heard();
  };
  t.match(await bring(at.door), { status: 200 });
  await at.door.close();
  writeFileSync(join(at.home, "secrets/http-token"), token, { mode: 0o600 });
  const door = await open(t, at.home, at.lines);
  t.match(await bring(door), { status: 403 });
  t.match(at.lines.at(-1), /^http: socket: 403 it shows no token/);
  t.match(await bring(door, bearer), { status: 200 });
});
