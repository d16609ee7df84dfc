// Deliveries of a runner against a relay that keeps to a script, on a real socket.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { systemClock } from "../../src/base/clock.ts";
import { Dispatch } from "../../src/outbound/dispatch.ts";
import type { Outcome } from "../../src/outbound/outcome.ts";
import { Limits } from "../../src/outbound/pace/limits.ts";
import type { ShipmentGiven } from "../../src/outbound/shipment.ts";
import { parseRelay } from "../../src/outbound/smtp/dial.ts";
import { Session } from "../../src/outbound/smtp/session.ts";
import { wireOf } from "../../src/outbound/wire.ts";
import { close, hang, type Script, scripted } from "./scripted.ts";

const people = (count: number, domain = "example.org") =>
  Array.from({ length: count }, (_, at) => `m${at}@${domain}`);

interface Wish {
  readonly connections?: number;
  readonly rate?: number;
  readonly daily?: number;
  readonly quiet?: boolean;
  readonly timeout?: number;
}

/** A dispatch that talks to a scripted relay. */
async function pair(t: Test, script: Script, wish: Wish = {}) {
  const { connections = 1, rate = 0, daily = 0, timeout = 2000 } = wish;
  const server = await scripted(script);
  const said: string[] = [];
  let ahead = 0;
  const clock = { now: () => systemClock.now() + ahead };
  const folder = mkdtempSync(join(tmpdir(), "listmill-pace-"));
  const limits = new Limits(
    { file: join(folder, "pace.json"), rate, daily },
    clock,
  );
  limits.peers(1);
  const address = parseRelay(server.url);
  const dispatch = new Dispatch({
    open: (signal) =>
      Session.open({ address, hostname: "list.example", timeout }, signal),
    limits,
    connections,
    clock,
    log: (where, what) => said.push(`${where}: ${what}`),
    relay: server.url,
  });
  const content = await wireOf([Buffer.from("Subject: x\n\nbody\n")], "");
  t.teardown(async () => {
    await dispatch.close();
    await limits.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const given = (
    recipients: readonly string[],
    { most = 10, ...more }: Partial<ShipmentGiven> & { most?: number } = {},
  ): ShipmentGiven => ({
    list: "list@example",
    post: "posts/1",
    lots: [{ recipients, domain: "", most }],
    letter: (some) => ({ sender: "s@example.org", recipients: some, content }),
    signal: new AbortController().signal,
    holds: () => true,
    ...more,
  });
  const deliver = (...args: Parameters<typeof given>) =>
    Array.fromAsync(dispatch.deliver(given(...args)));
  return {
    server,
    dispatch,
    said,
    given,
    deliver,
    skip: (milliseconds: number) => {
      ahead += milliseconds;
    },
  };
}

const kinds = (groups: readonly (readonly Outcome[])[]) =>
  groups.flat().map(({ kind }) => kind);

t.test(
  "every recipient gets one outcome, in transactions of at most that many",
  async (t) => {
    const { deliver, server } = await pair(t, {});
    const found = await deliver(people(25));
    t.same(
      found.flat().map(({ address }) => address),
      people(25),
    );
    t.ok(kinds(found).every((kind) => kind === "sent"));
    t.equal(server.messages.length, 3);
    t.equal(server.connections, 1);
  },
);

t.test(
  "no content is sent before what the connection sent last is noted",
  async (t) => {
    const { dispatch, given, server } = await pair(t, {});
    let noted = 0;
    for await (const outcomes of dispatch.deliver(
      given(people(50), { most: 5 }),
    )) {
      noted += outcomes.length / 5;
      // Whatever time passes here, nothing more arrives there.
      for (let turn = 0; turn < 20; turn += 1)
        await new Promise((done) => setImmediate(done));
      t.equal(server.messages.length, noted);
    }
    t.equal(noted, 10);
  },
);

t.test(
  "connections work side by side, each no more than one ahead of the notes",
  async (t) => {
    const { dispatch, given, server } = await pair(t, {}, { connections: 3 });
    let noted = 0;
    let most = 0;
    for await (const outcomes of dispatch.deliver(
      given(people(300), { most: 5 }),
    )) {
      most = Math.max(most, server.messages.length - noted);
      noted += outcomes.length / 5;
    }
    t.equal(noted, 60);
    t.ok(most > 1, `${most} at once`);
    t.ok(most <= 3, `${most} unnoted`);
    t.equal(server.connections, 3);
  },
);

t.test(
  "the commands of the next message go out with the content of this one",
  async (t) => {
    const chunks: string[] = [];
    const { deliver, server } = await pair(t, {
      heard: (chunk) => chunks.push(chunk),
    });
    await deliver(people(30));
    t.equal(server.messages.length, 3);
    t.ok(
      chunks.some((chunk) => /\r\n\.\r\nMAIL FROM.*\r\nRCPT/s.test(chunk)),
      "one write",
    );
  },
);

t.test(
  "a relay that is down costs one connection, and all that waits goes back",
  async (t) => {
    const { deliver, server, dispatch, said, skip } = await pair(
      t,
      { greeting: "421 busy" },
      { connections: 4 },
    );
    const [tried, other] = await Promise.all([
      deliver(people(35)),
      deliver(people(20, "example.net"), { post: "posts/2" }),
    ]);
    t.equal(server.connections, 1);
    t.ok(
      tried
        .flat()
        .every(({ kind, after }) => kind === "later" && after !== undefined),
    );
    t.match(tried[0]?.[0]?.reply, /no relay at smtp:.*421 busy/);
    t.equal(other.flat().length, 20);
    t.ok(
      other
        .flat()
        .every(({ kind, after }) => kind === "later" && after !== undefined),
      "not even tried",
    );
    const wait = dispatch.closedUntil - systemClock.now();
    t.ok(wait > 5000 && wait <= 12_500, `${wait} ms`);
    t.match(
      said[0],
      /^relay: no relay at .*421 busy; the next connection is tried in 1\d seconds$/,
    );
    t.ok(
      (await deliver(people(5)))
        .flat()
        .every(({ after }) => after !== undefined),
    );
    t.equal(server.connections, 1, "nobody tries before that");
    skip(20_000);
    t.ok(
      (await deliver(people(5)))
        .flat()
        .every(({ after }) => after !== undefined),
    );
    t.equal(server.connections, 2, "one more try");
  },
);

t.test("a relay that comes back is told of once", async (t) => {
  const script: Script = { greeting: "421 busy" };
  const { deliver, said, skip, server } = await pair(t, script, {
    connections: 4,
  });
  await deliver(people(5));
  script.greeting = "220 here again";
  skip(20_000);
  t.ok(kinds(await deliver(people(30))).every((kind) => kind === "sent"));
  t.match(said[1], /is back$/);
  t.equal(said.length, 2);
  t.ok(server.connections <= 1 + 4);
});

t.test(
  "one recipient on whom the relay breaks does not hold up the others",
  async (t) => {
    const { deliver } = await pair(
      t,
      { rcpt: (it) => (it === "m3@example.org" ? hang : "250 ok") },
      { timeout: 200 },
    );
    const found = (await deliver(people(25))).flat();
    t.equal(found.filter(({ kind }) => kind === "sent").length, 15);
    t.equal(found.filter(({ kind }) => kind === "later").length, 10);
  },
);

t.test("a relay that breaks twice in a row is let alone", async (t) => {
  const { deliver, server, said } = await pair(
    t,
    { mail: () => hang },
    { timeout: 150 },
  );
  const found = (await deliver(people(100))).flat();
  t.equal(server.connections, 2);
  t.equal(found.length, 100);
  t.ok(found.every(({ kind }) => kind === "later"));
  t.equal(said.filter((line) => /the next connection/.test(line)).length, 1);
});

t.test(
  "a conversation that died while idle is begun anew, and nobody is told",
  async (t) => {
    const { deliver, server } = await pair(t, {
      mail: (count) => (count > 1 ? close : "250 ok"),
    });
    t.same(kinds(await deliver(people(3))), ["sent", "sent", "sent"]);
    t.same(kinds(await deliver(people(3))), ["sent", "sent", "sent"]);
    t.same(
      kinds(await deliver(people(30))).filter((kind) => kind === "sent").length,
      30,
    );
    t.equal(server.connections, 5);
  },
);

t.test(
  "aborting ends what is in flight, hands it on, and throws",
  async (t) => {
    const stop = new AbortController();
    const { dispatch, given, server } = await pair(t, {
      rcpt: () => {
        stop.abort(new Error("stopping"));
        return "250 ok";
      },
    });
    const noted: Outcome[] = [];
    const run = async () => {
      for await (const some of dispatch.deliver(
        given(people(25), { signal: stop.signal }),
      ))
        noted.push(...some);
    };
    await t.rejects(run(), { message: "stopping" });
    t.equal(noted.length, server.messages.length * 10);
  },
);

t.test("an entry that is somebody else's is sent no further", async (t) => {
  const stop = new AbortController();
  let mine = 2;
  const holds = () => {
    mine -= 1;
    if (mine < 0) stop.abort(new Error("lost"));
    return mine >= 0;
  };
  const { deliver, server } = await pair(t, {});
  await t.rejects(deliver(people(50), { holds, signal: stop.signal }), {
    message: "lost",
  });
  t.equal(server.messages.length, 2);
});

t.test("a reader that leaves ends the delivery", async (t) => {
  const { dispatch, given, server } = await pair(t, {});
  for await (const _ of dispatch.deliver(given(people(100)))) break;
  await dispatch.close();
  t.ok(server.messages.length <= 2, `${server.messages.length} transactions`);
});

t.test(
  "a message that cannot be read is told to whoever delivers it, others go on",
  async (t) => {
    const { deliver, server } = await pair(t, {}, { connections: 2 });
    const bad = {
      size: 2_000_000,
      eightBit: false,
      utf8Header: false,
      stuffed: unreadable(),
      plain: unreadable(),
    };
    const letter = (recipients: readonly string[]) => ({
      sender: "",
      recipients,
      content: bad,
    });
    const [broken, fine] = await Promise.allSettled([
      deliver(people(10), { letter }),
      deliver(people(30), { post: "posts/2" }),
    ]);
    t.match(broken, { status: "rejected", reason: { message: "disk" } });
    t.equal(fine.status === "fulfilled" && kinds(fine.value).length, 30);
    t.equal(server.messages.length, 3);
  },
);

function unreadable(): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      yield Buffer.from("half");
      throw new Error("disk");
    },
  };
}

t.test(
  "a post to ten is served between those of one to thousands",
  async (t) => {
    const order: string[] = [];
    const { deliver } = await pair(t, {
      rcpt: (address) => {
        order.push(address);
        return "250 ok";
      },
    });
    await Promise.all([
      deliver(people(300), { post: "large" }),
      deliver(people(10, "small"), { post: "small" }),
    ]);
    const last = order.findLastIndex((address) => address.endsWith("@small"));
    t.ok(last < 50, `the last of them at ${last}`);
  },
);

t.test("at a pace it waits, and says nothing", async (t) => {
  const { deliver, said } = await pair(t, {}, { rate: 6000, connections: 4 });
  const from = systemClock.now();
  const found = await deliver(people(150), { most: 100 });
  t.equal(kinds(found).filter((kind) => kind === "sent").length, 150);
  const took = systemClock.now() - from;
  t.ok(took >= 200, `${took} ms`);
  t.same(said, []);
});

t.test(
  "a day's limit that is met under load ends what is begun, and no more",
  async (t) => {
    const { deliver, dispatch, server } = await pair(
      t,
      {},
      { connections: 4, daily: 40 },
    );
    const found = (await deliver(people(300), { most: 5 })).flat();
    t.equal(found.length, 300);
    const sent = found.filter(({ kind }) => kind === "sent").length;
    t.ok(sent > 0 && sent <= 40, `${sent} sent`);
    t.ok(
      found.every(
        ({ kind, after, limited }) => kind === "sent" || (after && limited),
      ),
      "the others were kept by a limit, and may wait for ever",
    );
    t.equal(server.messages.length, sent / 5);
    t.ok(dispatch.closedUntil > systemClock.now() + 60_000);
  },
);

t.test(
  "a relay that dies under load is one failure, and the runner lives on",
  async (t) => {
    const script: Script = {};
    const { deliver, server, said, dispatch } = await pair(t, script, {
      connections: 4,
    });
    let messages = 0;
    script.end = (socket) => {
      messages += 1;
      if (messages < 20) return void socket.write("250 taken\r\n");
      script.greeting = "421 going down";
      server.cut();
    };
    const found = (await deliver(people(600), { most: 5 })).flat();
    t.equal(found.length, 600, "everybody has an outcome");
    t.equal(said.filter((line) => /the next connection/.test(line)).length, 1);
    t.ok(dispatch.closedUntil - systemClock.now() <= 12_500);
  },
);

t.test(
  "a relay that takes two connections gets two, and everybody is served by them",
  async (t) => {
    let open = 0;
    const { deliver, said, server } = await pair(
      t,
      {
        greeting: (socket) => {
          open += 1;
          socket.on("close", () => {
            open -= 1;
          });
          socket.write(open > 2 ? "421 too many\r\n" : "220 come in\r\n");
          if (open > 2) socket.end();
        },
      },
      { connections: 6 },
    );
    const found = (await deliver(people(400), { most: 4 })).flat();
    t.equal(found.filter(({ kind }) => kind === "sent").length, 400);
    t.ok(server.connections <= 4, `${server.connections} connections`);
    t.equal(
      said.filter((line) => /no further connection/.test(line)).length,
      1,
    );
  },
);

t.test(
  "one that says 421 to the first command is let alone like one that is away",
  async (t) => {
    const { deliver, server, dispatch } = await pair(
      t,
      { mail: () => "421 4.3.2 not now" },
      { connections: 4 },
    );
    const found = (await deliver(people(100))).flat();
    t.equal(found.length, 100);
    t.ok(found.every(({ kind }) => kind === "later"));
    t.ok(server.connections <= 4);
    t.ok(dispatch.closedUntil > systemClock.now());
  },
);

t.test(
  "who has to stop does not wait for a relay that says nothing",
  async (t) => {
    for (const script of [{ greeting: hang }, { mail: () => hang }]) {
      const stop = new AbortController();
      const { dispatch, given, server } = await pair(t, script, {
        timeout: 60_000,
      });
      const run = Array.fromAsync(
        dispatch.deliver(given(people(10), { signal: stop.signal })),
      );
      while (server.connections === 0)
        await new Promise((done) => setImmediate(done));
      await new Promise((done) => setImmediate(done));
      stop.abort(new Error("stopping"));
      await t.rejects(run, { message: "stopping" });
    }
  },
);
