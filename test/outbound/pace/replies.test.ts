import t from "tap";
import { Replies } from "../../../src/outbound/pace/replies.ts";

/** Replies of so many seconds each, one a second, after so many seconds. */
function listen(replies: Replies, seconds: number, from: number, to: number) {
  for (let at = from; at < to; at += 1) replies.add(seconds, at * 1000);
}

t.test("four times the usual, and more than a second, is slow", (t) => {
  const replies = new Replies();
  t.notOk(replies.areSlow);
  listen(replies, 0.5, 0, 700);
  t.notOk(replies.areSlow);
  listen(replies, 1.9, 700, 740);
  t.notOk(replies.areSlow, "not four times");
  listen(replies, 6, 740, 750);
  t.ok(replies.areSlow);
  listen(replies, 0.5, 750, 770);
  t.notOk(replies.areSlow);
  t.end();
});

t.test("less than a second is never slow", (t) => {
  const replies = new Replies();
  listen(replies, 0.01, 0, 100);
  listen(replies, 0.9, 100, 200);
  t.notOk(replies.areSlow);
  t.end();
});

t.test("what stays slow becomes the usual in minutes", (t) => {
  const replies = new Replies();
  listen(replies, 0.1, 0, 600);
  listen(replies, 2, 600, 630);
  t.ok(replies.areSlow);
  listen(replies, 2, 630, 900);
  t.notOk(replies.areSlow);
  t.end();
});

t.test("a relay that was slow from the start is so", (t) => {
  const replies = new Replies();
  listen(replies, 5, 0, 3);
  t.notOk(replies.areSlow);
  t.equal(replies.usually, 5);
  t.end();
});
