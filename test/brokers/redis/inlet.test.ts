import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import t from "tap";
import { openRedisInlet } from "../../../src/brokers/redis/inlet.ts";

/** Answers everything but reads of a stream, as a host that is lost meanwhile. */
function answer(socket: Socket): void {
  socket.on("error", () => {});
  socket.on("data", (data) => {
    for (const command of `${data}`.split(/^(?=\*\d+\r\n)/m)) {
      const [, , name = ""] = command.split("\r\n");
      const info = "redis_version:7.0.0\r\n";
      if (name.toLowerCase() === "info")
        socket.write(`$${info.length}\r\n${info}\r\n`);
      else if (name !== "XREADGROUP") socket.write("+OK\r\n");
    }
  });
}

t.test("a server that falls silent counts as lost", async (t) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    answer(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const inlet = await openRedisInlet(
    {
      address: {
        ...{ url: new URL("redis://x"), host: "127.0.0.1", port },
        ...{ user: undefined, password: undefined, ca: undefined },
        ...{ database: 0, connecting: 5000, timeout: 200 },
      },
      ...{ stream: "s", group: "g", consumer: "c", idle: 1000 },
    },
    { prefetch: 1, untilEmpty: false, log: () => {} },
    Date.now,
  );
  t.teardown(() => inlet.close());
  await t.rejects(inlet.next(), { message: /timed out/ });
});
