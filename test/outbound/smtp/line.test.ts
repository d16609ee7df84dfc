import t from "tap";
import type { Ending, Listener } from "../../../src/outbound/smtp/line.ts";
import type { Reply } from "../../../src/outbound/smtp/reply.ts";
import { Peer, tick } from "./talking.ts";

/** Waits for so many replies. */
class Ear implements Listener {
  readonly heardOf: string[] = [];
  ending: Ending | undefined;
  #left: number;

  constructor(count = 1) {
    this.#left = count;
  }

  heard({ text }: Reply): boolean {
    this.heardOf.push(text);
    this.#left -= 1;
    return this.#left === 0;
  }

  lost(ending: Ending): void {
    this.ending = ending;
  }
}

t.test("what is sent in a tick is one write", async (t) => {
  const { line, writes } = new Peer();
  line.send("a");
  line.send(Buffer.from("b"));
  line.send("ü");
  t.same(writes, []);
  await tick();
  t.same(writes, ["ab\xc3\xbc"]);
  line.send("c");
  await tick();
  t.same(writes, ["ab\xc3\xbc", "c"]);
});

t.test("replies go to who asked, in the order of asking", async (t) => {
  const peer = new Peer();
  const [one, two] = [new Ear(2), new Ear()];
  peer.line.await(one);
  peer.line.await(two);
  peer.say("250 a");
  peer.bytes("250 b\r\n250");
  peer.bytes(" c\r\n");
  t.same(one.heardOf, ["250 a", "250 b"]);
  t.same(two.heardOf, ["250 c"]);
  t.equal(peer.line.ended, undefined);
});

t.test("a reply that nobody asked for ends it", async (t) => {
  const peer = new Peer();
  const one = new Ear();
  peer.line.await(one);
  peer.say("250 a", "250 b");
  t.same(one.heardOf, ["250 a"]);
  t.match(peer.line.ended, { trouble: "broken", reply: /nobody asked.*250 b/ });
  t.ok(peer.destroyed);
});

t.test("a reply to what is not written yet is nobody's", async (t) => {
  const peer = new Peer();
  const asks: Listener = {
    heard: () => {
      peer.line.send("next\r\n");
      return false;
    },
    lost: () => {},
  };
  peer.line.await(asks);
  peer.say("250 a", "250 b");
  t.match(peer.line.ended?.reply, /nobody asked/);
});

t.test("421 ends it, and is no trouble of ours", async (t) => {
  const peer = new Peer();
  const [one, two] = [new Ear(), new Ear()];
  peer.line.await(one);
  peer.line.await(two);
  peer.say("421 going", "250 b");
  t.same(one.heardOf, ["421 going"]);
  t.same(two.heardOf, []);
  t.same(two.ending, { reply: "421 going" });
  const idle = new Peer();
  idle.say("421 idle for too long");
  t.same(idle.line.ended, { reply: "421 idle for too long" });
});

t.test("everybody who waits is told of the end, once", async (t) => {
  const ends: [(peer: Peer) => void, RegExp][] = [
    [(peer) => peer.close(), /closed the connection/],
    [(peer) => peer.silence(), /no answer in time/],
    [(peer) => peer.say("hello"), /not a reply: "hello"/],
    [(peer) => peer.bytes("2".repeat(3000)), /without end/],
    [(peer) => peer.fail(new Error("ECONNRESET")), /ECONNRESET/],
  ];
  for (const [end, reply] of ends) {
    const peer = new Peer();
    const ears = [new Ear(), new Ear()];
    for (const ear of ears) peer.line.await(ear);
    end(peer);
    await tick();
    for (const ear of ears)
      t.match(ear.ending, { trouble: "broken", reply }, String(reply));
    peer.line.end({ reply: "later" });
    t.match(peer.line.ended, { reply });
    peer.line.send("x");
    await tick();
    t.same(peer.writes, [], "nothing is written any more");
  }
});

t.test("what was to be sent is not sent after the end", async (t) => {
  const { line, writes } = new Peer();
  line.send("x");
  line.end({ reply: "over" });
  await tick();
  t.same(writes, []);
});

t.test("silence is no fault where nothing is awaited", async (t) => {
  const peer = new Peer(77);
  t.equal(peer.timeout, 77);
  peer.silence();
  t.equal(peer.line.ended, undefined);
  peer.line.await(new Ear());
  peer.line.preparing = true;
  peer.silence();
  t.equal(peer.line.ended, undefined);
});

t.test("room comes when all is written, or never will be", async (t) => {
  const peer = new Peer();
  peer.hold = true;
  for (const done of [() => peer.held?.(), () => peer.silence()]) {
    let room = false;
    peer.line.send("x");
    const waiting = peer.line.room().then(() => {
      room = true;
    });
    await tick();
    t.equal(room, false);
    done();
    await waiting;
  }
  t.match(peer.line.ended, { reply: "no answer in time" });
  await peer.line.room();
});

t.test("TLS begins only where nothing came behind the leave", async (t) => {
  const peer = new Peer();
  t.ok(peer.line.bare());
  peer.bytes("25");
  t.throws(() => peer.line.bare(), /clear text/);
  const other = new Peer();
  other.say("250 injected");
  t.throws(() => other.line.bare(), /nobody asked/);
});
