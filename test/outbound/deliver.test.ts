import t from "tap";
import { noLog } from "../../src/base/log.ts";
import { type Delivery, deliver } from "../../src/outbound/deliver.ts";
import { type Outcome, outcome } from "../../src/outbound/outcome.ts";
import type { Grant } from "../../src/outbound/pace.ts";
import { Relay } from "../../src/outbound/smtp.ts";
import { hang, type Script, scripted } from "./scripted.ts";

async function* people(count: number) {
  for (let i = 0; i < count; i++) yield `m${i}@example.org`;
}

/** A pace without a limit that keeps the books. */
function freePace() {
  const books = { taken: 0, used: 0, open: 0 };
  return {
    books,
    portion: (most: number) => most,
    take: async (count: number, signal?: AbortSignal): Promise<Grant> => {
      signal?.throwIfAborted();
      books.taken += count;
      books.open += 1;
      return { count };
    },
    done: (grant: Grant, used = grant.count) => {
      books.used += used;
      books.open -= 1;
    },
  };
}

/** A relay in memory that keeps to `answer`. */
function fakeRelay(
  answer: (recipients: readonly string[]) => Promise<Outcome[]>,
) {
  return {
    send: (parcel: { recipients: readonly string[] }) =>
      answer(parcel.recipients),
  };
}

const sent = (list: readonly string[]) =>
  list.map((it) => outcome(it, "sent", "250"));

function delivery(
  given: Partial<Delivery> & Pick<Delivery, "relay">,
): Delivery {
  return {
    recipients: people(25),
    content: [Buffer.from("x\n")],
    sender: "",
    pace: freePace(),
    most: 10,
    ...given,
  };
}

t.test(
  "every recipient gets one outcome, in transactions of at most `most`",
  async (t) => {
    const pace = freePace();
    const relay = fakeRelay(async (list) => sent(list));
    const found = await Array.fromAsync(deliver(delivery({ relay, pace })));
    t.same(
      found.map((it) => it.length),
      [10, 10, 5],
    );
    t.same(
      found.flat().map((it) => it.address),
      await Array.fromAsync(people(25)),
    );
    t.same(pace.books, { taken: 25, used: 25, open: 0 });
  },
);

t.test("no transaction is begun before the last one is noted", async (t) => {
  let begun = 0;
  const relay = fakeRelay(async (list) => {
    begun += 1;
    return sent(list);
  });
  let noted = 0;
  for await (const _ of deliver(delivery({ relay }))) {
    noted += 1;
    t.equal(begun, noted);
  }
  t.equal(noted, 3);
});

t.test(
  "with connections, that many are in flight and none is lost",
  async (t) => {
    let flying = 0;
    let most = 0;
    const relay = fakeRelay(async (list) => {
      flying += 1;
      most = Math.max(most, flying);
      await new Promise(setImmediate);
      flying -= 1;
      return sent(list);
    });
    const found = await Array.fromAsync(
      deliver(delivery({ relay, connections: 3, recipients: people(200) })),
    );
    t.equal(most, 3);
    t.equal(new Set(found.flat().map((it) => it.address)).size, 200);
  },
);

async function pair(t: { teardown(act: () => unknown): void }, script: Script) {
  const server = await scripted(script);
  const relay = new Relay({
    url: server.url,
    hostname: "x",
    timeout: 200,
    log: noLog,
  });
  t.teardown(async () => {
    await relay.close();
    await server.close();
  });
  return { server, relay };
}

t.test(
  "a relay that is down is tried once, and the rest comes in batches",
  async (t) => {
    const { server, relay } = await pair(t, { greeting: "421 busy" });
    const pace = freePace();
    const found = await Array.fromAsync(
      deliver(delivery({ relay, pace, recipients: people(3500) })),
    );
    t.equal(server.connections, 1);
    t.same(
      found.map((it) => it.length),
      [10, 1000, 1000, 1000, 490],
    );
    t.ok(
      found.flat().every((it) => it.kind === "later" && /busy/.test(it.reply)),
    );
    t.equal(pace.books.used, 0, "nothing was sent");
  },
);

t.test(
  "one recipient on whom the relay breaks does not hold up the others",
  async (t) => {
    const { relay } = await pair(t, {
      rcpt: (it) => (it === "m3@example.org" ? hang : "250 ok"),
    });
    const found = await Array.fromAsync(deliver(delivery({ relay })));
    t.equal(
      found[0]?.every((it) => it.kind === "later"),
      true,
    );
    t.equal(
      found
        .slice(1)
        .flat()
        .filter((it) => it.kind === "sent").length,
      15,
    );
  },
);

t.test("a relay that breaks twice in a row is given up", async (t) => {
  const { server, relay } = await pair(t, { mail: () => hang });
  const found = await Array.fromAsync(
    deliver(delivery({ relay, recipients: people(100) })),
  );
  t.equal(server.connections, 2);
  t.equal(found.flat().filter((it) => it.kind === "later").length, 100);
});

t.test(
  "aborting ends the transaction in flight, yields it, and throws",
  async (t) => {
    const stop = new AbortController();
    const relay = fakeRelay(async (list) => {
      stop.abort(new Error("stopping"));
      return sent(list);
    });
    const noted: Outcome[] = [];
    const run = async () => {
      for await (const some of deliver(
        delivery({ relay, signal: stop.signal }),
      ))
        noted.push(...some);
    };
    await t.rejects(run(), { message: "stopping" });
    t.equal(noted.length, 10);
  },
);

t.test(
  "a wait that outlasts the lease is followed by no transaction",
  async (t) => {
    const stop = new AbortController();
    const parcels: (readonly string[])[] = [];
    const relay = fakeRelay(async (list) => {
      parcels.push(list);
      return sent(list);
    });
    const pace = freePace();
    const holds = () => {
      if (parcels.length > 0) stop.abort(new Error("lost"));
      return parcels.length === 0;
    };
    const run = Array.fromAsync(
      deliver(delivery({ relay, pace, holds, signal: stop.signal })),
    );
    await t.rejects(run, { message: "lost" });
    t.equal(parcels.length, 1);
    t.strictSame(pace.books, { taken: 20, used: 10, open: 0 });
  },
);

t.test(
  "what the relay or the recipients throw is thrown, and grants go back",
  async (t) => {
    const pace = freePace();
    const relay = fakeRelay(async () => {
      throw new Error("unreadable");
    });
    await t.rejects(
      Array.fromAsync(deliver(delivery({ relay, pace, connections: 2 }))),
      {
        message: "unreadable",
      },
    );
    t.equal(pace.books.open, 0);
    async function* failing() {
      yield* people(5);
      throw new Error("no list");
    }
    const fine = fakeRelay(async (list) => sent(list));
    await t.rejects(
      Array.fromAsync(
        deliver(delivery({ relay: fine, recipients: failing() })),
      ),
      {
        message: "no list",
      },
    );
  },
);

t.test("a consumer that leaves early closes the source", async (t) => {
  let closed = false;
  async function* source() {
    try {
      yield* people(100);
    } finally {
      closed = true;
    }
  }
  const relay = fakeRelay(async (list) => sent(list));
  for await (const _ of deliver(delivery({ relay, recipients: source() })))
    break;
  t.equal(closed, true);
});
