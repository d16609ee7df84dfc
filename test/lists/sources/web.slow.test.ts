import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createSecure } from "node:https";
import { createServer as createPlain, type Server } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { webRecipients } from "../../../src/lists/sources/web.ts";
import { contextIn, section } from "./asking.ts";

type Reply = (asked: IncomingMessage, reply: ServerResponse) => void;

/** Starts a server. @returns its port */
async function listen(t: Test, server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => {
    if ("closeAllConnections" in server)
      (server as { closeAllConnections(): void }).closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return port;
}

const serve = (t: Test, reply: Reply) =>
  listen(t, createServer(reply as RequestListener));

async function read(
  home: string,
  settings: Record<string, unknown>,
  more: { trial?: boolean; refused?: string[] } = {},
): Promise<string[]> {
  const found = webRecipients(section("web", settings), {
    ...contextIn(home, more.refused),
    ...(more.trial && { trial: true }),
  });
  return (await Array.fromAsync(found)).flat();
}

const kept = (home: string) => {
  const folder = join(home, "state/sources/dev@example.org");
  return existsSync(folder) ? readdirSync(folder) : [];
};

t.test("a text in any format, and no includes", async (t) => {
  const home = t.testdir();
  const texts: Record<string, string> = {
    "/lines": "a@x.org # A\nrubbish\nB <b@x.org>\n",
    "/csv": "id;mail\n1;c@x.org\n",
    "/aliases": "dev: d@x.org\nops: e@x.org\n",
    "/include": "%include owners\n",
  };
  const port = await serve(t, ({ url }, reply) => reply.end(texts[url ?? ""]));
  const at = (path: string) => `http://127.0.0.1:${port}/${path}`;
  const refused: string[] = [];
  t.same(await read(home, { url: at("lines") }, { refused }), [
    "a@x.org",
    "b@x.org",
  ]);
  t.same(refused, ["rubbish"]);
  const table = { format: "csv", column: "mail", separator: ";" };
  t.same(await read(home, { url: at("csv"), ...table }), ["c@x.org"]);
  const one = { format: "aliases", key: "%{local}" };
  t.same(await read(home, { url: at("aliases"), ...one }), ["d@x.org"]);
  await t.rejects(read(home, { url: at("include") }), {
    name: "Failure",
    message: /^\[web\] http:.*\/include:1: %include is not known here/,
  });
});

t.test("what has not changed is not sent again", async (t) => {
  const home = t.testdir();
  const asked: unknown[] = [];
  let version = 1;
  const port = await serve(t, ({ headers }, reply) => {
    asked.push(headers["if-none-match"], headers["if-modified-since"]);
    const etag = `"v${version}"`;
    reply.setHeader("ETag", etag);
    reply.setHeader("Last-Modified", "Mon, 20 Jul 2026 10:00:00 GMT");
    if (headers["if-none-match"] === etag) reply.writeHead(304).end();
    else reply.end(`v${version}@x.org\n`);
  });
  const settings = { url: `http://127.0.0.1:${port}/?secret` };
  const ask = async (more = {}) => {
    asked.length = 0;
    return read(home, settings, more);
  };
  t.same(await ask({ trial: true }), ["v1@x.org"]);
  t.same(kept(home), [], "tried out only: nothing is kept");
  t.same(await ask(), ["v1@x.org"]);
  t.same(asked, [undefined, undefined]);
  t.same(await ask(), ["v1@x.org"]);
  t.same(asked, ['"v1"', "Mon, 20 Jul 2026 10:00:00 GMT"]);
  version = 2;
  t.same(await ask(), ["v2@x.org"]);
  t.same(await ask(), ["v2@x.org"]);
  const [name = "", ...more] = kept(home);
  t.same(more, [], "one copy");
  t.notMatch(name, "secret");
  writeFileSync(join(home, "state/sources/dev@example.org", name), "rubbish");
  t.same(await ask(), ["v2@x.org"], "a copy that is none is fetched again");
  t.same(asked, [undefined, undefined]);
});

t.test("an answer that is not whole, or not one, throws", async (t) => {
  const home = t.testdir();
  const html = { "Content-Type": "text/html; charset=utf-8" };
  const cases: Record<string, Reply> = {
    "the server answers 404 Not Found": (_, reply) =>
      reply.writeHead(404).end("a@x.org\n"),
    "the server answers 206": (_, reply) =>
      reply.writeHead(206).end("a@x.org\n"),
    "the server answers 304": (_, reply) => reply.writeHead(304).end(),
    "the server answers 204": (_, reply) => reply.writeHead(204).end(),
    "page for people": (_, reply) =>
      reply.writeHead(200, html).end("a@x.org\n"),
    compressed: (_, reply) =>
      reply.writeHead(200, { "Content-Encoding": "gzip" }).end("a@x.org\n"),
    "larger than 1 GiB": (_, reply) =>
      reply.writeHead(200, { "Content-Length": 2 ** 31 }).end("a@x.org\n"),
    "the answer breaks off": (_, reply) => {
      reply.writeHead(200, { "Content-Length": 100 });
      reply.write("a@x.org\n", () => reply.destroy());
    },
    "the answer breaks of": (_, reply) => {
      reply.write("a@x.org\n", () => reply.destroy());
    },
    "does not say how long": ({ socket }) =>
      socket.end("HTTP/1.0 200 OK\r\n\r\na@x.org\n"),
    "sends on more than 5 times": (_, reply) =>
      reply.writeHead(302, { Location: "/again" }).end(),
    "no answer within 0.1 s": (_, reply) => reply.write("a@x.org\n"),
    "answer within 0.1 s": () => {},
  };
  for (const [words, reply] of Object.entries(cases)) {
    const port = await serve(t, reply);
    await t.rejects(
      read(home, {
        url: `http://127.0.0.1:${port}/all`,
        timeout: words.includes("0.1") ? "100ms" : "20s",
      }),
      {
        name: "Failure",
        exitCode: 75,
        message: new RegExp(`^\\[web\\].*(${words})`),
      },
      words,
    );
  }
  t.same(kept(home), [], "no draft is left");
  await t.rejects(read(home, { url: "http://127.0.0.1:1/" }), /ECONNREFUSED/);
});

t.test("a server that drips for ever is given up", async (t) => {
  const timers: NodeJS.Timeout[] = [];
  t.teardown(() => timers.forEach(clearInterval));
  const port = await serve(t, (_, reply) => {
    timers.push(setInterval(() => reply.write("a@x.org\n"), 5));
  });
  const url = `http://127.0.0.1:${port}/`;
  await t.rejects(read(t.testdir(), { url, timeout: "50ms" }), {
    name: "Failure",
    message: /no (?:whole )?answer within 0/,
  });
});

t.test("redirects stay on the server, and so does the token", async (t) => {
  const home = t.testdir({ token: "s3cr.et==\nmore", bad: "two words\n" });
  const tokens: unknown[] = [];
  const other = await serve(t, (_, reply) => reply.end("evil@x.org\n"));
  const port = await serve(t, ({ url, headers }, reply) => {
    tokens.push(headers.authorization);
    if (url === "/moved") reply.writeHead(301, { Location: "here" }).end();
    else if (url === "/away")
      reply.writeHead(302, { Location: `http://127.0.0.1:${other}/` }).end();
    else reply.end("a@x.org\n");
  });
  const at = (path: string, more = {}) =>
    read(home, { url: `http://127.0.0.1:${port}/${path}`, ...more });
  t.same(await at("moved", { token_file: "token" }), ["a@x.org"]);
  t.same(tokens, ["Bearer s3cr.et==", "Bearer s3cr.et=="]);
  await t.rejects(at("away", { token_file: "token" }), /not followed/);
  await t.rejects(at("moved", { token_file: "bad" }), {
    message:
      /^(?!.*two words).*token_file bad holds no bearer token on its first line/,
  });
  await t.rejects(at("moved", { token_file: "gone" }), /ENOENT/);
});

t.test("many addresses", async (t) => {
  const all = Array.from({ length: 100_000 }, (_, n) => `u${n}@x.org`);
  const port = await serve(t, (_, reply) => reply.end(all.join("\n")));
  t.same(await read(t.testdir(), { url: `http://127.0.0.1:${port}/` }), all);
});

function certificate(dir: string): boolean {
  try {
    const config = "subjectAltName=DNS:localhost";
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        config,
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
      ],
      { cwd: dir, stdio: "pipe" },
    );
    return true;
  } catch {
    return false;
  }
}

const keys = t.testdir();
const skip = certificate(keys) ? false : "no openssl";

t.test("https, only where the certificate is trusted", { skip }, async (t) => {
  const home = t.testdir({ "empty.pem": "" });
  const [key, cert] = ["key.pem", "cert.pem"].map((name) =>
    readFileSync(join(keys, name)),
  );
  const server = createSecure({ key, cert } as object, (_, reply) =>
    reply.end("a@x.org\n"),
  );
  const port = await listen(t, server);
  const url = `https://localhost:${port}/`;
  const ca_file = join(keys, "cert.pem");
  t.same(await read(home, { url, ca_file }), ["a@x.org"]);
  await t.rejects(read(home, { url }), { name: "Failure", exitCode: 75 });
  const name = `https://127.0.0.1:${port}/`;
  await t.rejects(read(home, { url: name, ca_file }), /altnames/);
  await t.rejects(read(home, { url, ca_file: "empty.pem" }), /no certificate/);
  const silent = await listen(
    t,
    createPlain(() => {}),
  );
  await t.rejects(
    read(home, { url: `https://localhost:${silent}/`, timeout: "100ms" }),
    /no answer within 0.1 s/,
  );
});
