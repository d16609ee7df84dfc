import { createHmac } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type HttpSettings, toHttp } from "../../src/archivers/http.ts";
import { cert, key } from "../outbound/smtp/certificate.ts";
import { postOf, text } from "./post.ts";

interface Got {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that keeps what it gets. */
async function serve(
  t: Test,
  status = 202,
  headers: Record<string, string> = {},
  answer = "",
) {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk.toString("latin1");
    got.push({ url: request.url ?? "", headers: request.headers, body });
    response.writeHead(status, headers).end(answer);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { got, url: `http://127.0.0.1:${port}/posts?x=1` };
}

const settingsOf = (url: string, more: Partial<HttpSettings> = {}) => ({
  ...({ url, style: "raw", key_in_url: false, timeout: 5000 } as const),
  ...more,
});

function secretFile(t: Test, ...lines: string[]): string {
  const file = join(t.testdir(), "secret");
  writeFileSync(file, `${lines.join("\n")}\n`);
  chmodSync(file, 0o600);
  return file;
}

t.test("the message as it is, with what tells it from others", async (t) => {
  const { got, url } = await serve(t);
  const post = await postOf("/", 17, text("a"));
  t.match(await toHttp(post, settingsOf(url)), { kind: "done", what: "202" });
  t.match(got, [
    {
      url: "/posts?x=1",
      body: text("a"),
      headers: {
        "content-type": "message/rfc822",
        "content-length": String(text("a").length),
        "idempotency-key": "dev@lists.example.org/17",
        "listmill-list": "dev@lists.example.org",
        "listmill-number": "17",
        "listmill-hash": post.identity,
      },
    },
  ]);
  t.notOk(got[0]?.headers["webhook-signature"]);
});

t.test("signed with each secret", async (t) => {
  const { got, url } = await serve(t);
  const secret_file = secretFile(t, "new", "old");
  const post = await postOf("/", 17, text("a"));
  await toHttp(post, settingsOf(url, { secret_file }));
  const { headers, body } = got[0] as Got;
  const at = headers["webhook-timestamp"];
  t.equal(at, "1795712400");
  for (const secret of ["new", "old"]) {
    const sign = createHmac("sha256", secret)
      .update(`dev@lists.example.org/17.${at}.${body}`)
      .digest("base64");
    const signs = String(headers["webhook-signature"]).split(" ");
    t.ok(signs.includes(`v1,${sign}`), secret);
  }
});

t.test("the form of HyperKitty, with its key", async (t) => {
  const { got, url } = await serve(t, 200);
  const key_file = secretFile(t, "K3y");
  const settings = settingsOf(url, { style: "hyperkitty", key_file });
  await toHttp(await postOf("/", 1, text("a")), settings);
  await toHttp(await postOf("/", 1), { ...settings, key_in_url: true });
  t.equal(got[0]?.headers.authorization, "Token K3y");
  t.match(got[0]?.headers["content-type"], /^multipart\/form-data; boundary=/);
  t.match(got[0]?.body, text("a"));
  t.equal(got[1]?.url, "/posts?x=1&key=K3y");
  t.notOk(got[1]?.headers.authorization);
});

t.test("what answers mean", async (t) => {
  const now = Date.UTC(2026, 10, 26, 17);
  const cases = [
    [204, {}, { kind: "done" }],
    [400, {}, { kind: "refused", reason: "it answers 400: No." }],
    [404, {}, { kind: "refused" }],
    [408, {}, { kind: "later" }],
    [425, {}, { kind: "later" }],
    [429, {}, { kind: "later", reason: "it answers 429: No." }],
    [429, { "retry-after": "90" }, { kind: "away", until: now + 90_000 }],
    [
      503,
      { "retry-after": "Thu, 26 Nov 2026 17:02:00 GMT" },
      { kind: "away", until: now + 120_000 },
    ],
    [
      503,
      { "retry-after": "99999999" },
      { kind: "away", until: now + 3_600_000 },
    ],
    [503, { "retry-after": "soon" }, { kind: "later" }],
    [500, {}, { kind: "later" }],
    [
      301,
      { location: "http://other.example/" },
      { kind: "later", reason: /not followed/ },
    ],
  ] as const;
  for (const [status, headers, outcome] of cases) {
    const { got, url } = await serve(t, status, headers, "No.\nMore");
    const post = await postOf("/", 1, undefined, { now });
    t.match(await toHttp(post, settingsOf(url)), outcome, `${status}`);
    t.equal(got.length, 1);
  }
});

t.test("who is not there is left alone ever longer", async (t) => {
  const settings = settingsOf("http://127.0.0.1:1/");
  const waits: number[] = [];
  for (let at = 0; at < 7; at += 1) {
    const post = await postOf("/", 1);
    const outcome = await toHttp(post, settings);
    if (outcome.kind === "away") waits.push(outcome.until - post.now);
  }
  t.same(
    waits,
    [10, 20, 40, 80, 160, 300, 300].map((s) => s * 1000),
  );
});

t.test("a secret that others can read is not used", async (t) => {
  const { got, url } = await serve(t);
  const secret_file = secretFile(t, "x");
  chmodSync(secret_file, 0o644);
  const post = await postOf("/", 1);
  await t.rejects(toHttp(post, settingsOf(url, { secret_file })), /chmod 600/);
  for (const lines of [[""], ["a b"]])
    await t.rejects(
      toHttp(post, settingsOf(url, { secret_file: secretFile(t, ...lines) })),
      /there must be a secret/,
    );
  t.equal(got.length, 0);
});

t.test("by TLS, to whom somebody trusts only", async (t) => {
  const server = createSecure({ key, cert }, (request, response) => {
    request.resume();
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => server.close());
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  const home = t.testdir({ "ca.pem": cert });
  const post = await postOf(home, 1);
  t.match(await toHttp(post, settingsOf(url)), {
    kind: "later",
    reason: /self-signed certificate/,
  });
  const settings = settingsOf(url, { ca_file: "ca.pem" });
  t.match(await toHttp(post, settings), { kind: "done" });
});
