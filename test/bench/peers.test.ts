import t from "tap";
import { parseRun } from "../../bench/peers.ts";

const line = {
  peer: "mlmmj",
  wall: 0.31,
  msgs: 100,
  expect: 100,
  recips: 10_000,
  cpu: 0.156,
  rss_kb: 2048,
  timeout: false,
};
const text = (...lines: object[]) =>
  lines.map((it) => `${JSON.stringify(it)}\n`).join("");

t.test("the last line is the run", async (t) => {
  t.same(parseRun(text({ ...line, wall: 7 }, line)), {
    seconds: 0.31,
    cpu: 0.156,
    memory: 2,
    count: 10_000,
  });
});

t.test("a run that did not deliver all is none", async (t) => {
  t.throws(() => parseRun(text({ ...line, msgs: 99 })), /only 99 of 100/);
  t.throws(() => parseRun(text({ ...line, timeout: true })), /only/);
  t.throws(() => parseRun(""));
});
