import t from "tap";
import { Share } from "../../../src/outbound/pace/share.ts";

const MINUTE = 60_000;

t.test("nothing goes on a share that is not known yet", (t) => {
  const share = new Share();
  t.equal(share.of(100), 0);
  t.equal(share.of(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  t.end();
});

t.test("all shares together are the limit", (t) => {
  for (const limit of [1, 2, 7, 100, 1000])
    for (const runners of [1, 2, 3, 5, 8]) {
      let sum = 0;
      for (let rank = 0; rank < runners; rank += 1) {
        const share = new Share();
        share.look(runners, rank, 0);
        sum += share.of(limit);
      }
      t.equal(sum, limit, `${limit} for ${runners}`);
    }
  t.end();
});

t.test("without a rank no share is more than its part, or 1", (t) => {
  const share = new Share();
  share.look(3, undefined, 0);
  t.equal(share.of(100), 33);
  t.equal(share.of(2), 1);
  t.end();
});

t.test("a share shrinks at once and grows after a minute", (t) => {
  const share = new Share();
  share.look(1, 0, 0);
  t.equal(share.of(100), 100);
  t.equal(share.growsAt, Number.POSITIVE_INFINITY);
  share.look(2, 0, 5000);
  t.equal(share.of(100), 50);
  share.look(1, 0, 90_000);
  t.equal(share.of(100), 50, "however long it was so");
  t.equal(share.growsAt, 90_000 + MINUTE);
  share.look(3, 0, 100_000);
  share.look(1, 0, 105_000);
  share.look(1, 0, 104_999 + MINUTE);
  share.forget(104_999 + MINUTE);
  t.equal(share.of(100), 34, "as at the worst look");
  share.forget(105_000 + MINUTE);
  t.equal(share.of(100), 100);
  t.end();
});

t.test("many looks are few things to remember", (t) => {
  const share = new Share();
  for (let time = 0; time < 10 * MINUTE; time += 50) share.look(2, 1, time);
  t.equal(share.growsAt, Number.POSITIVE_INFINITY);
  for (let time = 0; time < 10 * MINUTE; time += MINUTE / 4)
    share.look(1 + (((time * 4) / MINUTE) % 2), 0, time);
  share.look(1, 0, 10 * MINUTE);
  t.equal(share.of(3), 2);
  share.forget(11 * MINUTE);
  t.equal(share.of(3), 3);
  t.end();
});
