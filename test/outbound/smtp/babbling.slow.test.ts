// A server that babbles: whatever is asked of it, replies and rubbish come in any order, cut anywhere.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import fc from "fast-check";
import t from "tap";
import { parseRelay } from "../../../src/outbound/smtp/dial.ts";
import { Unreachable } from "../../../src/outbound/smtp/greeting.ts";
import { Session } from "../../../src/outbound/smtp/session.ts";
import type { Transaction } from "../../../src/outbound/smtp/transaction.ts";
import { anyString } from "../../anyString.ts";
import { LETTER, tick } from "./talking.ts";

t.setTimeout(120_000);

const line = fc.oneof(
  { weight: 12, arbitrary: fc.constant("250 ok\r\n") },
  { weight: 4, arbitrary: fc.constant("354 go\r\n") },
  fc.constantFrom(
    "220 hello\r\n",
    "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n",
    "250-x\r\n250 PIPELINING\r\n",
    "421 bye\r\n",
    "451 not now\r\n",
    "550 no\r\n",
    "250-open",
    "25",
    "\r\n",
    "hello\r\n",
  ),
  anyString({ maxLength: 20 }),
);

/** What is said at once when something comes, the greeting first. */
const words = fc.array(
  fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("")),
  { minLength: 1, maxLength: 12 },
);

/** Most are greeted and know what the server can. */
const talk = fc.oneof(
  words,
  words.map((all) => ["220 hello\r\n", "250 x\r\n", ...all]),
  words.map((all) => ["220 hello\r\n", "250-x\r\n250 PIPELINING\r\n", ...all]),
  words.map((all) => [
    "220 hello\r\n",
    "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n",
    ...all,
  ]),
);

/** Something came, or nothing comes soon. */
function heard(socket: Socket): Promise<void> {
  return new Promise((done) => {
    const heard = () => {
      clearTimeout(timer);
      socket.off("data", heard);
      done();
    };
    const timer = setTimeout(heard, 3);
    socket.on("data", heard);
  });
}

t.test("nobody is lost, and nobody sent to by mere babble", async (t) => {
  let talks: string[] = [];
  let cut = 1;
  const server = createServer({ noDelay: true }, async (socket) => {
    socket.on("error", () => {});
    const mine = talks;
    for (let text = mine.shift(); text !== undefined; text = mine.shift()) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += cut) {
        socket.write(bytes.subarray(at, at + cut));
        await tick();
      }
      await heard(socket);
    }
    socket.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => server.close());
  const at = server.address();
  const port = typeof at === "object" && at ? at.port : 0;
  const address = parseRelay(`smtp://127.0.0.1:${port}`);
  let opened = 0;
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(
      talk,
      fc.integer({ min: 1, max: 9 }),
      async (said, size) => {
        talks = [...said];
        cut = size;
        const opening = { address, hostname: "x", timeout: 20_000 };
        let session: Session;
        try {
          session = await Session.open(opening);
        } catch (error) {
          return error instanceof Unreachable;
        }
        opened += 1;
        const first = session.offer(LETTER);
        await first.open;
        const done = first.complete();
        const second = session.offer(LETTER).complete();
        const found: Transaction[] = [await done, await second];
        session.close();
        const text = said.join("");
        for (const { outcomes } of found) {
          t.same(
            outcomes.map((it) => it.address),
            LETTER.recipients,
          );
          for (const { kind } of outcomes) if (kind === "sent") sent += 1;
        }
        if (
          found.some(({ outcomes }) =>
            outcomes.some((it) => it.kind === "sent"),
          )
        )
          // EHLO, MAIL, a recipient and the content.
          t.ok((text.match(/^250[ -]/gm) ?? []).length >= 4, text);
        return true;
      },
    ),
    { numRuns: 1500 },
  );
  t.ok(opened > 300, `${opened} opened`);
  t.ok(sent > 20, `${sent} sent`);
});
