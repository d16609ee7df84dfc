import t from "tap";
import { ALL_WELL, BOTH, brief, settled, talk, tick } from "./talking.ts";

t.test(
  "without PIPELINING each command waits for the reply before",
  async (t) => {
    const { peer, offer } = talk([]);
    const one = offer();
    const steps = [
      "MAIL FROM:<s@x>\r\n",
      "RCPT TO:<a@x>\r\n",
      "RCPT TO:<b@x>\r\n",
    ];
    for (const step of steps) {
      await tick();
      t.equal(peer.writes.pop(), step);
      t.same(peer.writes, []);
      peer.say("250 ok");
    }
    await one.open;
    await tick();
    t.same(peer.writes, [], "DATA waits for the word");
    const done = one.complete();
    const next = offer();
    await tick();
    t.equal(peer.writes.pop(), "DATA\r\n");
    peer.say("354 go");
    await tick();
    t.equal(peer.writes.pop(), "body\r\n.\r\n");
    t.same(peer.writes, []);
    peer.say("250 taken");
    t.same(brief(await done), BOTH);
    await tick();
    t.same(peer.writes, ["MAIL FROM:<s@x>\r\n"], "the next begins");
    t.equal(await settled(next.open), false);
  },
);

t.test("without PIPELINING a refused sender is the end of it", async (t) => {
  const { peer, offer } = talk([]);
  const done = offer().complete();
  const next = offer().complete();
  await tick();
  peer.say("550 no");
  const transaction = await done;
  t.same(brief(transaction), ["a never", "b never"]);
  t.equal(transaction.begun, false);
  await tick();
  t.same(peer.writes, ["MAIL FROM:<s@x>\r\n", "MAIL FROM:<s@x>\r\n"]);
  for (const reply of [...ALL_WELL, "354 go", "250 taken"]) {
    peer.say(reply);
    await tick();
  }
  t.same(brief(await next), BOTH);
});

t.test(
  "RSET comes before the next where the server has one open",
  async (t) => {
    const cases: [string[], string[]][] = [
      [["PIPELINING"], ["250 ok", "550 no", "550 no", "554 nobody"]],
      [["PIPELINING"], [...ALL_WELL, "451 not now"]],
      [
        ["PIPELINING", "CHUNKING"],
        [...ALL_WELL, "552 no"],
      ],
      [
        ["PIPELINING", "CHUNKING"],
        ["250 ok", "550 no", "550 no", "503 nobody"],
      ],
    ];
    for (const [keywords, replies] of cases) {
      const { peer, offer } = talk(keywords);
      const done = offer().complete();
      await tick();
      peer.say(...replies);
      await done;
      const next = offer().complete();
      await tick();
      t.match(peer.writes.at(-1), /^RSET\r\nMAIL/);
      const last = keywords[1] ? [] : ["354 go"];
      peer.say("250 reset", ...ALL_WELL, ...last);
      await tick();
      peer.say("250 taken");
      t.same(brief(await next), BOTH);
      void offer().complete();
      await tick();
      t.match(peer.writes.at(-1), /MAIL/);
      t.notMatch(peer.writes.at(-1), /RSET/);
    }
  },
);

t.test(
  "one by one RSET is answered first; who does not reset is left",
  async (t) => {
    const { peer, offer } = talk([], { dirty: true });
    const done = offer().complete();
    await tick();
    t.same(peer.writes, ["RSET\r\n"]);
    peer.say("250 reset");
    await tick();
    t.equal(peer.writes[1], "MAIL FROM:<s@x>\r\n");
    peer.close();
    t.equal((await done).begun, false);
    for (const keywords of [[], ["PIPELINING"]]) {
      const other = talk(keywords, { dirty: true });
      const second = other.offer().complete();
      await tick();
      other.peer.say("500 what");
      const transaction = await second;
      t.same(brief(transaction), ["a later broken", "b later broken"]);
      t.equal(transaction.begun, false);
      t.match(transaction.outcomes[0]?.reply, /does not reset: 500 what/);
    }
  },
);
