// A runner that is killed at any byte of its dialogue with the relay: nobody is forgotten, and no more
// recipients get the post twice than were in flight, one transaction a connection.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import fc from "fast-check";
import t from "tap";
import { variable } from "../../src/base/environment.ts";
import { standings } from "../../src/engine/ledger.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { Mill, until } from "./mill.ts";

const ROUNDS = Number(variable("LISTMILL_EVERY_BYTE") ?? 8);
const members = Array.from({ length: 40 }, (_, at) => `m${at}@x.example`);

/** How a relay behaves. */
interface Manner {
  readonly ehlo: readonly string[];
  /** Bytes of the dialogue, both ways, until the runner dies; none: never. */
  readonly death: number | undefined;
}

/** A relay on loopback that kills its client in the middle of a word. */
class Relay {
  readonly url: string;
  /** How often the message came for each recipient. */
  readonly taken = new Map<string, number>();
  manner: Manner = { ehlo: [], death: undefined };
  victim: ChildProcess | undefined;
  #bytes = 0;
  readonly #server = createServer((socket) => this.#talk(socket));
  readonly #sockets = new Set<Socket>();

  private constructor(port: number) {
    this.url = `smtp://127.0.0.1:${port}`;
  }

  static async start(): Promise<Relay> {
    const finder = createServer().listen(0, "127.0.0.1");
    await once(finder, "listening");
    const address = finder.address();
    const port = typeof address === "object" && address ? address.port : 0;
    finder.close();
    await once(finder, "close");
    const relay = new Relay(port);
    relay.#server.listen(port, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
  }

  behave(manner: Manner): void {
    this.manner = manner;
    this.#bytes = 0;
    this.victim = undefined;
  }

  /** Ends when nobody talks any more: all that was on its way has come. */
  async quiet(): Promise<void> {
    for (const socket of this.#sockets)
      if (!socket.closed) await once(socket, "close");
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Counts bytes; true where the victim dies before the last of them. */
  #dies(bytes: number): boolean {
    const { death } = this.manner;
    const before = this.#bytes;
    this.#bytes += bytes;
    return death !== undefined && before < death && this.#bytes >= death;
  }

  #talk(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    let recipients: string[] = [];
    let text = "";
    let content: number | "dot" | undefined;
    const say = (reply: string) => {
      const { death = 0 } = this.manner;
      const line = `${reply}\r\n`;
      const before = this.#bytes;
      if (!this.#dies(line.length)) return void socket.write(line);
      socket.write(line.slice(0, death - before));
      this.victim?.kill("SIGKILL");
    };
    const done = () => {
      for (const it of recipients)
        this.taken.set(it, (this.taken.get(it) ?? 0) + 1);
      recipients = [];
      content = undefined;
      say("250 2.0.0 taken");
    };
    say("220 relay");
    socket.on("data", (data) => {
      // What has left a process that is dead arrives all the same.
      if (this.#dies(data.length)) this.victim?.kill("SIGKILL");
      text += data.toString("latin1");
      for (;;) {
        if (content === "dot") {
          const end = text.startsWith(".\r\n")
            ? 0
            : text.indexOf("\r\n.\r\n") + 2;
          if (end === 1) return;
          text = text.slice(end + 3);
          done();
          continue;
        }
        if (content !== undefined) {
          if (text.length < content) return;
          text = text.slice(content);
          done();
          continue;
        }
        const end = text.indexOf("\r\n");
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (line.startsWith("EHLO"))
          say(
            ["relay", ...this.manner.ehlo]
              .map(
                (it, at, all) => `250${at < all.length - 1 ? "-" : " "}${it}`,
              )
              .join("\r\n"),
          );
        else if (line.startsWith("RCPT")) {
          recipients.push(line.slice(9, line.indexOf(">")));
          say("250 2.1.5 ok");
        } else if (line === "DATA") {
          content = "dot";
          say("354 go on");
        } else if (line.startsWith("BDAT"))
          content = Number(line.split(" ")[1]);
        else if (line === "QUIT") socket.end("221 bye\r\n");
        else {
          if (line.startsWith("MAIL") || line === "RSET") recipients = [];
          say("250 2.0.0 ok");
        }
      }
    });
  }
}

/** Recipients whom the relay has it for, and whose entry does not know. */
function unnoted(
  mill: Mill,
  relay: Relay,
  before: ReadonlyMap<string, number>,
): string[] {
  const open = mill.entries("outbound").flatMap((entry) => {
    const read = readEnvelope(entry);
    if (read.kind !== "envelope") return [];
    return standings(entry, read.envelope.portion)
      .filter(({ kind }) => kind !== "sent")
      .map(({ address }) => address);
  });
  return open.filter(
    (address) => (relay.taken.get(address) ?? 0) > (before.get(address) ?? 0),
  );
}

const pipelining = ["PIPELINING", "8BITMIME"];
const chunking = ["PIPELINING", "CHUNKING"];
const neither = ["8BITMIME"];
const max = "recipients = 100\nmax_repeat = 6";
const four = "recipients = 4";

t.setTimeout(900_000);
for (const { name, ehlo, connections, settings, bound } of [
  {
    name: "pipelining",
    ehlo: pipelining,
    connections: 1,
    settings: four,
    bound: 4,
  },
  {
    name: "pipelining",
    ehlo: pipelining,
    connections: 3,
    settings: four,
    bound: 12,
  },
  {
    name: "pipelining",
    ehlo: pipelining,
    connections: 3,
    settings: max,
    bound: 6,
  },
  {
    name: "chunking",
    ehlo: chunking,
    connections: 3,
    settings: four,
    bound: 12,
  },
  { name: "neither", ehlo: neither, connections: 1, settings: four, bound: 4 },
])
  t.test(`${name}, ${connections} connections, ${settings}`, async (t) => {
    const relay = await Relay.start();
    t.teardown(() => relay.close());
    const mill = await Mill.make(t.testdir(), {
      smtp: relay.url,
      members,
      site: `[outbound]\nrate = 0\nportion = 15\nconnections = ${connections}\n${settings}\n`,
      list: "archive = false\n[digest]\nenabled = false\n",
    });
    await mill.receive("post", members[0] ?? "");
    await mill.tell(["run", "incoming", "posts", "--until-empty"]);
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1500 }), async (death) => {
        const before = new Map(relay.taken);
        relay.behave({ ehlo, death });
        const run = mill.start(["run", "outbound", "--until-empty"]);
        relay.victim = run.child;
        const { signal } = await run.ended;
        await relay.quiet();
        if (signal === "SIGKILL") deaths += 1;
        const again = unnoted(mill, relay, before);
        t.ok(
          again.length <= bound,
          `at byte ${death}: ${again.length} may get it twice`,
        );
        // Where all is delivered there is nothing left to die of.
        if (mill.entries("outbound").length === 0)
          await mill
            .receive(`more-${deaths}`, members[0] ?? "")
            .then(() =>
              mill.tell(["run", "incoming", "posts", "--until-empty"]),
            );
      }),
      { numRuns: ROUNDS, endOnFailure: true },
    );
    relay.behave({ ehlo, death: undefined });
    await until(
      async () => {
        await mill.tell(["run", "outbound", "--until-empty"]);
        return mill.entries("outbound").length === 0;
      },
      () => "everything to be delivered",
    );
    t.ok(deaths > 0, `${deaths} deaths`);
    for (const member of members)
      t.ok((relay.taken.get(member) ?? 0) >= 1, `${member} got it`);
  });
