import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import {
  dial,
  isLoopback,
  parseRelay,
} from "../../../src/outbound/smtp/dial.ts";

t.test("where a URL says the relay is", async (t) => {
  for (const [url, address] of [
    [
      "smtp://mx.example",
      { host: "mx.example", port: 25, lmtp: false, tls: "offered" },
    ],
    ["smtp://mx.example:2525", { port: 2525 }],
    ["smtp://localhost", { port: 25, tls: "none" }],
    ["smtp://127.0.0.9", { tls: "none" }],
    ["smtp://[::1]:26", { host: "::1", port: 26, tls: "none" }],
    ["smtps://mx.example", { port: 465, tls: "always" }],
    ["smtps://localhost", { tls: "always" }],
    ["lmtp://mx.example", { port: 24, lmtp: true, tls: "offered" }],
    ["lmtp:///run/l%20m", { path: "/run/l m", lmtp: true, tls: "none" }],
  ] as const)
    t.match(parseRelay(url), address, url);
});

t.test("a URL that names no relay is refused with advice", async (t) => {
  for (const [url, words] of [
    ["", /write smtp:\/\/host:port/],
    ["localhost", /write smtp/],
    ["http://x", /write smtp/],
    ["smtp://", /write smtp|no host/],
    ["lmtp:///", /no host/],
    ["smtps:///s", /no host/],
    ["smtp://u:p@x", /let a local MTA log in/],
  ] as const)
    t.throws(
      () => parseRelay(url),
      { exitCode: 78, message: words } as unknown as Error,
      url,
    );
  t.throws(() => parseRelay("smtp://u:geheim@x"), /^((?!geheim).)*$/);
});

t.test("what is on this host", async (t) => {
  for (const host of ["localhost", "127.0.0.1", "127.255.1.2", "::1"])
    t.equal(isLoopback(host), true, host);
  for (const host of [
    "localhost.example",
    "0.0.0.0",
    "128.0.0.1",
    "x127.0.0.1",
  ])
    t.equal(isLoopback(host), false, host);
});

// The path of a Unix socket must be short.
const folder = mkdtempSync(join(tmpdir(), "dial-"));
t.teardown(() => rmSync(folder, { recursive: true }));

t.test(
  "a connection over TCP and over a Unix socket; what comes is read",
  async (t) => {
    for (const where of [
      { port: 0, host: "127.0.0.1" },
      { path: join(folder, "s") },
    ]) {
      const server = createServer((socket) => {
        socket.end("x".repeat(100_000));
      }).listen(where);
      await once(server, "listening");
      t.teardown(() => server.close());
      const address = server.address();
      const relay = parseRelay(
        typeof address === "string"
          ? `lmtp://${address}`
          : `smtp://127.0.0.1:${address?.port}`,
      );
      let got = "";
      const read = (bytes: Buffer) => {
        got += bytes;
      };
      const socket: Socket = await dial(relay, { timeout: 1000, read });
      await once(socket, "close");
      t.equal(got.length, 100_000);
    }
  },
);

t.test("connecting takes no longer than it may", async (t) => {
  // Of a network for documentation (RFC 5737): nobody answers there, or the system says so.
  const address = parseRelay("smtp://192.0.2.99");
  const from = performance.now();
  await t.rejects(dial(address, { timeout: 100, read: () => {} }), {
    message: /no connection in time|EHOSTUNREACH|ENETUNREACH|ECONNREFUSED/,
  });
  t.ok(performance.now() - from < 4000);
});
