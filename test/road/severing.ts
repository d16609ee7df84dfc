/** A TCP proxy in front of a server that cuts the connection, or falls silent, after so many bytes of answers. */
import { connect, createServer, type Socket } from "node:net";
import type { Test } from "tap";

/**
 * @param then what it does when these bytes have passed
 * @returns its port of loopback; it ends with the test
 */
export async function severing(
  t: Pick<Test, "teardown">,
  port: number,
  bytes: number,
  then: "cut" | "silence",
): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let left = bytes;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
        open.delete(socket);
      });
    }
    client.pipe(upstream);
    upstream.on("data", (data) => {
      if (left > 0) client.write(data.subarray(0, left));
      left -= data.length;
      if (left > 0) return;
      if (then === "cut") client.end();
      else upstream.pause();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
