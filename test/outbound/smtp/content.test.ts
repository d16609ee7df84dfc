import t from "tap";
import {
  ALL_WELL,
  BOTH,
  brief,
  COMMANDS,
  content,
  settled,
  streamed,
  talk,
  tick,
} from "./talking.ts";

t.test("large content goes in chunks, once somebody is accepted", async (t) => {
  const { peer, offer } = talk(["PIPELINING", "CHUNKING"]);
  const one = offer({ content: streamed("abc", "de", "f") });
  await tick();
  t.same(peer.writes, [COMMANDS]);
  peer.say("250 ok", "550 no");
  t.equal(await settled(one.open), false);
  peer.say("250 ok");
  await one.open;
  const done = one.complete();
  const next = offer();
  t.equal(await settled(next.open), false);
  while (peer.writes.length < 4) await tick();
  t.same(peer.writes.slice(1), [
    "BDAT 3\r\nabc",
    "BDAT 2\r\nde",
    "BDAT 1 LAST\r\nf",
  ]);
  peer.say("250 3", "250 2");
  t.equal(await settled(done), false);
  peer.say("250 taken");
  t.same(brief(await done), ["a never", "b sent"]);
});

t.test("streamed content, and the next commands behind its end", async (t) => {
  const { peer, offer } = talk(["PIPELINING"]);
  const done = offer({ content: streamed("abc", "de") }).complete();
  await tick();
  peer.say(...ALL_WELL, "354 go");
  const next = offer();
  await settled(next.open);
  while (peer.writes.length < 4) await tick();
  t.same(peer.writes.slice(1), ["abc", "de", `.\r\n${COMMANDS}DATA\r\n`]);
  peer.say("250 taken");
  t.same(brief(await done), BOTH);
});

t.test("content that cannot be read is never ended", async (t) => {
  for (const keywords of [["PIPELINING"], [], ["PIPELINING", "CHUNKING"]]) {
    const { peer, offer } = talk(keywords);
    const body: AsyncIterable<Uint8Array> = {
      async *[Symbol.asyncIterator]() {
        yield Buffer.from("abc\r\n");
        throw new Error("EIO");
      },
    };
    const broken = content("", { size: 99, plain: body, stuffed: body });
    const one = offer({ content: broken });
    const done = one.complete();
    const next = offer();
    const second = next.complete();
    for (const reply of [...ALL_WELL, "354 go"].slice(0, keywords[1] ? 3 : 4)) {
      await tick();
      peer.say(reply);
    }
    await t.rejects(done, { message: "EIO" });
    t.ok(peer.destroyed);
    t.notMatch(peer.writes.join(""), /\r\n\.\r\n|LAST/);
    const after = await second;
    t.same(brief(after), ["a later broken", "b later broken"]);
    t.equal(after.begun, false);
  }
});

t.test("content of another length than was told is never ended", async (t) => {
  for (const size of [5, 7]) {
    const { peer, offer } = talk(["PIPELINING", "CHUNKING"]);
    const wrong = { ...streamed("abc", "def"), size };
    const done = offer({ content: wrong }).complete();
    await tick();
    peer.say(...ALL_WELL);
    await t.rejects(done, { message: /not as long/ });
    t.notMatch(peer.writes.join(""), /LAST/);
  }
});

t.test(
  "a refusal in the middle of the content is the answer for all",
  async (t) => {
    for (const keywords of [["PIPELINING"], ["PIPELINING", "CHUNKING"]]) {
      for (const [reply, expected] of [
        ["552 too large", ["a never", "b never"]],
        ["451 disk", ["a later", "b later"]],
        ["421 down", ["a later", "b later"]],
      ] as const) {
        const { peer, offer } = talk(keywords);
        const parts = Array.from({ length: 99 }, () => "abc\r\n");
        const done = offer({ content: streamed(...parts) }).complete();
        const next = offer().complete();
        await tick();
        peer.say(...ALL_WELL, ...(keywords[1] ? [] : ["354 go"]));
        await tick();
        await tick();
        peer.say(reply);
        t.same(brief(await done), expected);
        const after = await next;
        t.equal(after.begun, false);
        t.same(
          brief(after),
          reply.startsWith("421")
            ? ["a later", "b later"]
            : ["a later broken", "b later broken"],
        );
        t.ok(peer.destroyed, "it may still be reading");
        await tick();
        t.notMatch(peer.writes.join(""), /\r\n\.\r\n|LAST/);
      }
    }
  },
);

t.test("taken before its end is not believed", async (t) => {
  const { peer, offer } = talk(["PIPELINING"]);
  const done = offer({ content: streamed("abc", "abc", "abc") }).complete();
  await tick();
  peer.say(...ALL_WELL, "354 go");
  await tick();
  peer.say("250 taken");
  t.same(brief(await done), ["a later broken", "b later broken"]);
});

t.test("LMTP: one reply for each who was accepted, doubles too", async (t) => {
  for (const keywords of [["PIPELINING"], [], ["PIPELINING", "CHUNKING"]]) {
    const { peer, offer } = talk(keywords, { lmtp: true });
    const recipients = ["a@x", "b@x", "a@x"];
    const done = offer({ recipients }).complete();
    const replies = ["250 ok", "250 ok", "550 no", "250 ok"];
    if (keywords[1] === undefined) replies.push("354 go");
    for (const reply of replies) {
      await tick();
      peer.say(reply);
    }
    await tick();
    peer.say("250 one");
    t.equal(await settled(done), false);
    peer.say("452 full");
    t.same(brief(await done), ["a sent", "b never", "a later"]);
    t.equal(peer.line.ended, undefined);
  }
});
