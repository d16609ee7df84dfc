import fc from "fast-check";
import t from "tap";
import type { Transaction } from "../../../src/outbound/smtp/transaction.ts";
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

t.test(
  "with PIPELINING there is one write for the commands, and one for the content",
  async (t) => {
    const { peer, offer } = talk(["PIPELINING"]);
    const one = offer();
    await tick();
    t.same(peer.writes, [`${COMMANDS}DATA\r\n`]);
    peer.say(...ALL_WELL);
    t.equal(await settled(one.open), false, "DATA is not answered yet");
    peer.say("354 go");
    await one.open;
    const done = one.complete();
    await tick();
    t.same(peer.writes.slice(1), ["body\r\n.\r\n"]);
    t.equal(await settled(done), false);
    peer.say("250 taken");
    const transaction = await done;
    t.same(brief(transaction), BOTH);
    t.equal(transaction.begun, true);
    t.ok(transaction.replySeconds > 0 && transaction.replySeconds < 5);
  },
);

t.test("looking ahead, the next commands go with the content", async (t) => {
  const { peer, offer } = talk(["PIPELINING"]);
  let current = offer();
  await tick();
  peer.say(...ALL_WELL, "354 go");
  for (let count = 0; count < 3; count++) {
    await current.open;
    const done = current.complete();
    const next = offer({ sender: `${count}@x` });
    await tick();
    const commands = COMMANDS.replace("<s@x>", `<${count}@x>`);
    t.equal(peer.writes.at(-1), `body\r\n.\r\n${commands}DATA\r\n`);
    t.equal(peer.writes.length, count + 2);
    t.equal(await settled(next.open), false);
    peer.say("250 taken", ...ALL_WELL, "354 go");
    t.same(brief(await done), BOTH);
    current = next;
  }
});

t.test("the content of the next waits for its own word", async (t) => {
  const { peer, offer } = talk(["PIPELINING"]);
  const one = offer();
  await tick();
  peer.say(...ALL_WELL, "354 go");
  const done = one.complete();
  const next = offer();
  await tick();
  peer.say("250 taken", ...ALL_WELL, "354 go");
  await done;
  await next.open;
  await tick();
  t.equal(peer.writes.length, 2);
  t.equal(peer.line.ended, undefined);
});

t.test("with CHUNKING all is one write, when the word is given", async (t) => {
  const dots = content(".a\r\n", { stuffed: [Buffer.from("..a\r\n")] });
  const { peer, offer } = talk(["PIPELINING", "CHUNKING"]);
  const one = offer({ content: dots });
  await one.open;
  await tick();
  t.same(peer.writes, []);
  const done = one.complete();
  const next = offer();
  const second = next.complete();
  await tick();
  t.same(peer.writes, [`${COMMANDS}BDAT 4 LAST\r\n.a\r\n`]);
  peer.say(...ALL_WELL, "250 taken");
  t.same(brief(await done), BOTH);
  await tick();
  t.equal(peer.writes[1], `${COMMANDS}BDAT 6 LAST\r\nbody\r\n`);
  peer.say("250 ok", "550 no", "250 ok", "250 taken");
  t.same(brief(await second), ["a never", "b sent"]);
});

t.test("large content for nobody is not sent", async (t) => {
  const { peer, offer } = talk(["PIPELINING", "CHUNKING"]);
  const done = offer({ content: streamed("abc") }).complete();
  await tick();
  peer.say("250 ok", "550 no", "450 full");
  t.same(brief(await done), ["a never", "b later"]);
  void offer().complete();
  await tick();
  t.match(peer.writes[1], /^RSET\r\nMAIL/);
});

t.test("all refused, and 354 all the same: the dot alone", async (t) => {
  const { peer, offer } = talk(["PIPELINING"]);
  for (const [mail, rcpt, expected] of [
    ["250 ok", "550 no", ["a never", "b never"]],
    ["451 busy", "503 MAIL first", ["a later", "b later"]],
    ["550 no", "250 ok", ["a never", "b never"]],
  ] as const) {
    peer.writes.length = 0;
    const one = offer();
    await tick();
    peer.say(mail, rcpt, rcpt, "354 go");
    await one.open;
    const done = one.complete();
    await tick();
    t.same(peer.writes, [`${COMMANDS}DATA\r\n`, ".\r\n"]);
    peer.say("250 taken?");
    const transaction = await done;
    t.same(brief(transaction), expected);
    t.equal(transaction.begun, mail === "250 ok");
    t.equal(transaction.replySeconds, 0);
  }
});

t.test("LMTP: 354 for nobody ends the conversation", async (t) => {
  const { peer, offer } = talk(["PIPELINING"], { lmtp: true });
  const done = offer().complete();
  await tick();
  peer.say("250 ok", "550 no", "550 no", "354 go");
  t.same(brief(await done), ["a never", "b never"]);
  t.ok(peer.destroyed);
  t.equal(peer.writes.length, 1);
});

t.test("withdrawn: nothing is sent, and the next may come", async (t) => {
  for (const keywords of [[], ["PIPELINING", "CHUNKING"]]) {
    const { peer, offer } = talk(keywords);
    const one = offer();
    for (const reply of keywords.length === 0 ? ALL_WELL : []) {
      await tick();
      peer.say(reply);
    }
    await one.open;
    await one.withdraw();
    void offer().complete();
    await tick();
    t.match(peer.writes.at(-1), keywords.length === 0 ? /^RSET\r\n$/ : /^MAIL/);
    t.notMatch(peer.writes.join(""), /DATA|BDAT.*BDAT/s);
  }
});

t.test(
  "withdrawn after 354: the line is cut, for even a dot is a message",
  async (t) => {
    const { peer, offer } = talk(["PIPELINING"]);
    const one = offer();
    await tick();
    peer.say(...ALL_WELL, "354 go");
    await one.withdraw();
    t.ok(peer.destroyed);
    t.equal(peer.writes.length, 1);
    const refused = talk(["PIPELINING"]);
    const other = refused.offer();
    await tick();
    refused.peer.say(...ALL_WELL, "451 no");
    await other.withdraw();
    t.equal(refused.peer.line.ended, undefined);
  },
);

t.test(
  "a message that nobody can be named for does not touch the line",
  async (t) => {
    const { peer, offer } = talk(["PIPELINING", "SIZE 3"]);
    const one = offer();
    await one.open;
    const transaction = await one.complete();
    t.same(brief(transaction), ["a never", "b never"]);
    t.equal(transaction.begun, false);
    const next = await offer({ recipients: [] }).complete();
    t.same(next.outcomes, []);
    await tick();
    t.same(peer.writes, []);
  },
);

t.test(
  "the others' outcomes stand between those of who was named",
  async (t) => {
    const { peer, offer } = talk(["PIPELINING", "LIMITS RCPTMAX=2"]);
    const recipients = ["a@x", "ö@x", "b@x", "c@x"];
    const done = offer({ recipients }).complete();
    await tick();
    t.match(peer.writes[0], COMMANDS);
    peer.say("250 ok", "250 ok", "452 4.5.3 too many", "354 go");
    await tick();
    peer.say("250 taken");
    t.same(brief(await done), ["a sent", "ö never", "b later", "c later"]);
  },
);

t.test("a conversation that is over takes nothing", async (t) => {
  const { peer, offer } = talk(["PIPELINING"]);
  peer.close();
  const one = offer();
  await one.open;
  const transaction = await one.complete();
  t.same(brief(transaction), ["a later broken", "b later broken"]);
  t.equal(transaction.begun, false);
  await offer().withdraw();
});

t.test("what was begun, and what may be tried elsewhere at once", async (t) => {
  const cases: [string[], string[], boolean][] = [
    [["PIPELINING"], [], false],
    [["PIPELINING"], ["250 ok"], false],
    [["PIPELINING"], ["421 idle"], false],
    [["PIPELINING"], ["250 ok", "250 ok"], true],
    [["PIPELINING"], ["451 no", "503 x"], false],
    [["PIPELINING", "CHUNKING"], [], true],
    [["PIPELINING", "CHUNKING"], ["421 idle"], false],
    [["PIPELINING", "CHUNKING"], ["451 no", "503 x", "503 x"], false],
    [[], ["250 ok"], false],
  ];
  for (const [keywords, replies, begun] of cases) {
    const { peer, offer } = talk(keywords);
    const done = offer().complete();
    await tick();
    if (replies.length > 0) peer.say(...replies);
    await tick();
    peer.close();
    t.equal((await done).begun, begun, `${keywords} ${replies}`);
  }
});

/** Any reply, and how many of the next bytes are swallowed. */
const anyReply = fc.oneof(
  { weight: 8, arbitrary: fc.constant("250 ok") },
  { weight: 3, arbitrary: fc.constant("354 go") },
  fc.constantFrom(
    "251 ok",
    "250-two\r\n250 lines",
    "421 bye",
    "450 x",
    "452 4.5.3 too many",
    "503 x",
    "530 x",
    "550 x",
    "552 x",
  ),
  fc.constantFrom("hello", "25", "250", "\0", "250-a\r\n251 b", "999 x"),
);

t.test(
  "whatever is answered, however it is cut: one outcome each, and `sent` is right",
  async (t) => {
    let sent = 0;
    let never = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<string[]>(
          [],
          ["PIPELINING"],
          ["PIPELINING", "CHUNKING"],
        ),
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        fc.array(anyReply, { minLength: 12, maxLength: 12 }),
        fc.array(fc.nat({ max: 12 }), { minLength: 3, maxLength: 3 }),
        async (keywords, lmtp, count, replies, sizes) => {
          const { peer, offer } = talk(keywords, { lmtp });
          const recipients = Array.from(
            { length: count },
            (_, at) => `${at}@x`,
          );
          let done: Transaction | undefined;
          const one = offer({ recipients });
          void one.complete().then((found) => {
            done = found;
          });
          const chunking = keywords.includes("CHUNKING");
          /** What was said to which command; only whole replies, and none after a fault. */
          const said: { command: string; reply: string }[] = [];
          let answered = 0;
          let sane = true;
          let size = 0;
          for (let round = 0; round < 40 && done === undefined; round++) {
            await tick();
            const asked = commandsIn(peer.writes.join(""), chunking);
            let text = "";
            const ready =
              lmtp && said.some(({ command }) => command === "content")
                ? asked.length + count
                : asked.length;
            while (answered < ready && answered < replies.length) {
              const reply = replies[answered] as string;
              const command = asked[answered] ?? "content";
              text += `${reply}\r\n`;
              if (
                sane &&
                /^[2-5]\d\d( |$)/.test(reply.split("\r\n").at(-1) ?? "") &&
                !/\n251/.test(reply)
              )
                said.push({ command, reply });
              else sane = false;
              if (reply.startsWith("421")) sane = false;
              answered += 1;
            }
            while (text !== "") {
              const length = (sizes[size++ % sizes.length] ?? 0) + 1;
              peer.bytes(text.slice(0, length));
              text = text.slice(length);
              if (length % 2 === 0) await tick();
            }
          }
          peer.close();
          await tick();
          t.ok(done, "it ends");
          const { outcomes = [] } = done ?? {};
          t.same(
            outcomes.map(({ address }) => address),
            recipients,
          );
          const positive = (command: string, first: string) =>
            said.filter(
              (it) => it.command === command && it.reply.startsWith(first),
            );
          for (const { kind, address } of outcomes)
            if (kind === "sent") {
              sent += 1;
              t.equal(positive("MAIL", "2").length, 1);
              t.ok(positive(address, "2").length > 0);
              if (!chunking) t.equal(positive("DATA", "3").length, 1);
              t.ok(positive("content", "2").length > 0);
            } else if (kind === "never") {
              never += 1;
              t.ok(said.some(({ reply }) => /^5(?!03|30)/.test(reply)));
            }
          if (
            !lmtp &&
            positive("content", "2").length > 0 &&
            positive("MAIL", "2").length > 0
          )
            for (const { kind, address } of outcomes)
              t.equal(kind === "sent", positive(address, "2").length > 0);
        },
      ),
      { numRuns: 1500 },
    );
    t.ok(sent > 100, `${sent} sent`);
    t.ok(never > 50, `${never} never`);
  },
);

/** The commands that were written, each by its name; a recipient's by the address. */
function commandsIn(written: string, chunking: boolean): string[] {
  return written.split("\r\n").flatMap((line) => {
    if (line.startsWith("MAIL")) return ["MAIL"];
    if (line.startsWith("RCPT")) return [line.slice(9, -1)];
    if (line === "DATA") return ["DATA"];
    if (line === ".") return ["content"];
    return chunking && line.startsWith("BDAT") ? ["content"] : [];
  });
}
