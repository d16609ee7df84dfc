import t, { type Test } from "tap";
import { parseRelay } from "../../../src/outbound/smtp/dial.ts";
import { Session } from "../../../src/outbound/smtp/session.ts";
import { close, hang, type Script, scripted } from "../scripted.ts";
import { brief, content, LETTER } from "./talking.ts";

/** A server that keeps to a script, and a conversation with it. */
async function pair(t: Test, says: Script) {
  const server = await scripted(says);
  const session = await Session.open({
    address: parseRelay(server.url),
    hostname: "x",
    timeout: 20_000,
  });
  t.teardown(async () => {
    session.close();
    await server.close();
  });
  return { server, session };
}

t.test("one message after the other, and a goodbye", async (t) => {
  const { server, session } = await pair(t, {});
  for (let count = 1; count <= 3; count++) {
    const offer = session.offer(LETTER);
    await offer.open;
    t.same(brief(await offer.complete()), ["a sent", "b sent"]);
    t.equal(session.transactions, count);
  }
  t.equal(session.alive, true);
  await session.quit();
  t.equal(session.alive, false);
  t.equal(server.commands.at(-1), "QUIT");
  t.equal(server.commands.filter((it) => it === "QUIT").length, 1);
  await session.quit();
});

t.test(
  "the next message is asked for before the last is answered",
  async (t) => {
    let answer = () => {};
    const { server, session } = await pair(t, {
      // The reply to the content is kept back until the next MAIL is there.
      endOf: (_, count) =>
        count === 1
          ? async (socket) => {
              await new Promise<void>((done) => {
                answer = done;
              });
              socket.write("250 taken\r\n");
            }
          : "250 taken",
    });
    const one = session.offer(LETTER);
    await one.open;
    const done = one.complete();
    const two = session.offer(LETTER);
    while (server.messages.length === 0) await new Promise(setImmediate);
    answer();
    t.same(brief(await done), ["a sent", "b sent"]);
    t.same(brief(await two.complete()), ["a sent", "b sent"]);
  },
);

t.test("one offer at a time: the one before must be claimed", async (t) => {
  const { session } = await pair(t, {});
  const one = session.offer(LETTER);
  t.throws(() => session.offer(LETTER), /neither completed nor withdrawn/);
  await one.open;
  t.throws(() => session.offer(LETTER), /neither completed nor withdrawn/);
  const done = one.complete();
  const two = session.offer(LETTER).complete();
  t.same(brief(await done), ["a sent", "b sent"]);
  t.same(brief(await two), ["a sent", "b sent"]);
  t.equal(await one.complete(), await done, "asked again, the same answer");
});

t.test("it is noticed when the server leaves", async (t) => {
  const { server, session } = await pair(t, {});
  await session.offer(LETTER).complete();
  server.cut();
  while (session.alive) await new Promise(setImmediate);
  const { begun, outcomes } = await session.offer(LETTER).complete();
  t.equal(begun, false);
  t.match(outcomes[0]?.reply, /closed|ECONNRESET/);
});

t.test(
  "quit waits for what is under way, and no longer than a second",
  async (t) => {
    const busy = await pair(t, {});
    const done = busy.session.offer(LETTER).complete();
    await busy.session.quit();
    t.same(brief(await done), ["a sent", "b sent"]);
    t.equal(busy.server.commands.at(-1), "QUIT");

    const open = await pair(t, {});
    await open.session.offer(LETTER).open;
    await open.session.quit();
    t.notOk(open.server.commands.includes("QUIT"), "it would be content");
    t.same(open.server.messages, []);

    const left = await pair(t, {});
    const offer = left.session.offer(LETTER);
    void offer.withdraw();
    await left.session.quit();
    t.same(left.server.messages, []);

    for (const quit of [hang, close, "250 stay"]) {
      const { session } = await pair(t, { quit });
      const from = performance.now();
      await session.quit();
      t.equal(session.alive, false);
      t.ok(performance.now() - from < 1900);
    }
  },
);

t.test("closing cuts what is under way", async (t) => {
  const { session, server } = await pair(t, { end: hang });
  const done = session.offer(LETTER).complete();
  const next = session.offer(LETTER).complete();
  while (server.messages.length === 0) await new Promise(setImmediate);
  session.close();
  t.same(brief(await done), ["a later broken", "b later broken"]);
  t.equal((await done).begun, true);
  t.equal((await next).begun, false);
  t.equal(session.alive, false);
});

t.test("closing cuts a message that is being streamed", async (t) => {
  const { session, server } = await pair(t, {});
  let read = 0;
  const body: AsyncIterable<Uint8Array> = {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        read += 1;
        yield Buffer.alloc(64 * 1024, "line\r\n");
      }
    },
  };
  const endless = { ...content(""), stuffed: body, plain: body };
  const offer = session.offer({ ...LETTER, content: endless });
  await offer.open;
  const done = offer.complete();
  await new Promise(setImmediate);
  session.close();
  t.same(brief(await done), ["a later broken", "b later broken"]);
  t.same(server.messages, []);
  const before = read;
  for (let rounds = 0; rounds < 5; rounds++) await new Promise(setImmediate);
  t.ok(read <= before + 1, "nothing is read any more");
});
