import t from "tap";
import { Domain } from "../../../src/outbound/pace/domains.ts";
import { minute, Window } from "../../../src/outbound/pace/window.ts";

t.test("a transaction that has ended makes room for another", (t) => {
  const free = new Window(minute, Number.POSITIVE_INFINITY);
  const domain = new Domain("x.example", 2, free);
  for (const _ of [1, 2]) {
    t.equal(domain.wait(10, 0), 0);
    domain.enter(10, 0);
  }
  t.equal(domain.wait(1, 0), 1000);
  domain.leave(10, 10, 0);
  t.equal(domain.wait(1, 0), 0);
  t.end();
});

t.test("the longer wait of both counts, and something is in reserve", (t) => {
  const domain = new Domain("x.example", 1, new Window(minute, 1));
  t.equal(domain.reserve, 1);
  domain.enter(1, 0);
  domain.leave(1, 1, 0);
  t.ok(domain.wait(1, 0) > 59_000);
  t.equal(new Domain("x.example", 0, new Window(minute, 600)).reserve, 10);
  t.end();
});
