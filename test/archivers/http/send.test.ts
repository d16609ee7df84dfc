import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { Absent, send } from "../../../src/archivers/http/send.ts";

async function serve(t: Test, listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const letter = (url: URL, body = [Buffer.from("x")], timeout = 5000) =>
  send({ url, headers: {}, body, ca: [], timeout, longest: 5000 });

t.test("the first line of an answer, however long it is", async (t) => {
  const url = await serve(t, (_, response) => {
    response.writeHead(400, { "retry-after": "3" });
    response.end(`\n<p>No\u001b[1m such\n${"x".repeat(1_000_000)}`);
  });
  t.match(await letter(url), {
    status: 400,
    line: /^<p>No.* such$/,
    retryAfter: "3",
  });
});

t.test("an answer that comes before all was sent counts", async (t) => {
  const url = await serve(t, (_, response) => {
    response.writeHead(413, { connection: "close" }).end("too large");
  });
  const body = Array.from({ length: 200 }, () => Buffer.alloc(64 * 1024));
  t.match(await letter(url, body), { status: 413, line: "too large" });
});

t.test("nobody there, or nobody who answers", async (t) => {
  const url = await serve(t, () => {});
  await t.rejects(letter(url, undefined, 50), /no answer within 0\.05 s/);
  const none = new URL("http://127.0.0.1:1/");
  await t.rejects(letter(none), new Absent("127.0.0.1:1: ECONNREFUSED"));
});
