/** A TCP proxy in front of a server that can be shut, and made to swallow what the server answers. */
import { connect, createServer, type Socket } from "node:net";
import type { Test } from "tap";

interface State {
  isShut: boolean;
  isDumb: boolean;
  readonly open: Set<Socket>;
}

export class Gate {
  /** Of loopback. */
  readonly port: number;
  readonly #state: State;

  private constructor(port: number, state: State) {
    this.port = port;
    this.#state = state;
  }

  /** @param port of the server; it ends with the test */
  static async before(t: Pick<Test, "teardown">, port: number): Promise<Gate> {
    const state: State = {
      isShut: false,
      isDumb: false,
      open: new Set<Socket>(),
    };
    const server = createServer((client) => {
      if (state.isShut) {
        client.destroy();
        return;
      }
      const upstream = connect(port, "127.0.0.1");
      for (const socket of [client, upstream]) {
        state.open.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => {
          client.destroy();
          upstream.destroy();
          state.open.delete(socket);
        });
      }
      client.pipe(upstream);
      upstream.on("data", (data) => {
        if (!state.isDumb) client.write(data);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    t.teardown(() => {
      for (const socket of state.open) socket.destroy();
      server.close();
    });
    const address = server.address();
    const at = typeof address === "object" && address ? address.port : 0;
    return new Gate(at, state);
  }

  /** Cuts all connections, and lets none in. */
  shut(): void {
    this.#state.isShut = true;
    for (const socket of this.#state.open) socket.destroy();
  }

  open(): void {
    this.#state.isShut = false;
    this.#state.isDumb = false;
  }

  /** From now on the server hears all and nothing that it says comes through. */
  silence(): void {
    this.#state.isDumb = true;
  }
}
