import t from "tap";
import { Question } from "../../../src/outbound/smtp/question.ts";
import { Peer, tick } from "./talking.ts";

t.test("a command and its reply", async (t) => {
  const peer = new Peer();
  const greeting = Question.ask(peer.line);
  peer.say("220 hello");
  t.match(await greeting, { code: 220 });
  const answer = Question.ask(peer.line, "NOOP");
  await tick();
  t.same(peer.writes, ["NOOP\r\n"]);
  peer.say("250-one\r\n250 two");
  t.match(await answer, { code: 250, lines: ["one", "two"] });
});

t.test("no reply comes any more", async (t) => {
  const peer = new Peer();
  const answer = Question.ask(peer.line, "NOOP");
  await tick();
  peer.close();
  await t.rejects(answer, { message: /closed/ });
  await t.rejects(Question.ask(peer.line, "NOOP"), { message: /closed/ });
  t.equal(peer.writes.length, 1);
});
