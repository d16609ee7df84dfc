import t from "tap";
import {
  Allowance,
  type Answer,
} from "../../../src/outbound/pace/allowance.ts";
import { densest, drive } from "./course.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

t.test(
  "a busy runner uses at least 90 % of its limit, and no more",
  async (t) => {
    for (const rate of [1, 7, 60, 100, 600, 6000]) {
      const { messages } = drive({
        allowed: { rate },
        seconds: 600,
        connections: 2,
        slowest: 50,
        disk: 1,
        crashes: [],
        seed: rate,
      });
      t.ok(messages.length >= 9 * rate, `${rate}: ${messages.length}`);
      t.ok(
        densest(
          messages.map(({ at }) => at),
          MINUTE,
        ) <= rate,
      );
    }
  },
);

t.test("a clock set back neither bursts nor stops for long", async (t) => {
  const allowance = new Allowance({ rate: 60 }, undefined, 0);
  let sent = 0;
  for (let ms = 0; ms < 30_000; ms += 100) {
    const now = ms < 10_000 ? 2 * HOUR + ms : HOUR + ms;
    const answer = allowance.take(1, "", now);
    if ("grant" in answer) {
      sent += 1;
      allowance.done(answer.grant, now);
    }
  }
  t.ok(sent >= 28 && sent <= 31, `${sent} in 30 s`);
});

const limitOf = (answer: Answer) => ("limit" in answer ? answer.limit : "none");

t.test("the longest wait tells its limit", async (t) => {
  const night = { days: [0, 1, 2, 3, 4, 5, 6], from: 22 * 60, to: 6 * 60 };
  const noon = Date.UTC(2026, 5, 1, 12);
  const allowance = new Allowance(
    {
      rate: 600,
      shared_rate: 60,
      daily: 20,
      domains: { "x.example": { rate: 1, connections: 1 } },
      quiet: [night],
      timezone: "UTC",
      adapt: true,
    },
    undefined,
    noon,
  );
  const take = (now: number, domain = "") => allowance.take(1, domain, now);
  t.same(take(noon), { wait: 1000, limit: "shared" }, "runners not yet known");
  allowance.peers(2, 1, noon);
  t.equal(allowance.portion(100, ""), 1);
  t.equal(limitOf(take(noon, "x.example")), "none");
  t.match(take(noon, "x.example"), { limit: "domain" });
  t.match(take(noon), { limit: "shared", wait: 1800 });
  allowance.change({ rate: 6, shared_rate: 0 }, noon);
  t.equal(limitOf(take(noon)), "none");
  t.same(take(noon), { limit: "rate", wait: 9900 });
  allowance.change({ rate: 0 }, noon);
  t.equal(limitOf(take(noon)), "none");
  const trouble = "451 4.3.0 busy";
  t.match(allowance.told({ count: 1, seconds: 0, trouble }, noon), {
    kind: "slower",
  });
  t.equal(limitOf(take(noon)), "slow");
  t.match(take(noon + 5000), { grant: { count: 1 } });
  for (let i = 0; i < 6; i += 1)
    t.equal(limitOf(take(noon + (i + 1) * MINUTE)), "none", String(i));
  t.same(take(noon + 10 * MINUTE), { wait: 1000, limit: "daily" });
  t.same(take(noon + 10 * HOUR), { wait: 8 * HOUR, limit: "quiet" });
});

t.test("domains are found however they are written", async (t) => {
  const one = { rate: 0, connections: 1 };
  const allowance = new Allowance(
    { rate: 0, domains: { "Bücher.example": one, "GMAIL.com": one } },
    undefined,
    0,
  );
  t.equal(allowance.group("gmail.com"), "gmail.com");
  t.equal(allowance.group("Gmail.COM"), "gmail.com");
  t.equal(allowance.group("xn--bcher-kva.example"), "xn--bcher-kva.example");
  t.equal(allowance.group("BÜCHER.example"), "xn--bcher-kva.example");
  t.equal(allowance.group("mail.gmail.com"), "");
  t.equal(allowance.group("[192.0.2.1]"), "");
  t.equal(allowance.group(""), "");
  const first = allowance.take(1, "gmail.com", 0);
  t.same(allowance.take(1, "GMAIL.com", 0), { wait: 1000, limit: "domain" });
  if ("grant" in first) {
    allowance.done(first.grant, 0, 0);
    allowance.done(first.grant, 0, 0);
  }
  t.hasProp(allowance.take(1, "gmail.com", 0), "grant");
  t.hasProp(allowance.take(1, "gmail.com", 0), "wait", "given back but once");
});

t.test("an unreadable record is a minute's worth, and a day's", async (t) => {
  const at = 1_000_000;
  const minute = new Allowance({ rate: 60 }, "unreadable", at);
  t.hasProp(minute.take(1, "", at + MINUTE), "wait");
  t.hasProp(minute.take(1, "", at + MINUTE + 201), "grant");
  const day = new Allowance({ rate: 0, daily: 60 }, "unreadable", at);
  day.peers(1, 0, at);
  t.match(day.take(1, "", at + DAY), { limit: "daily" });
  t.hasProp(day.take(1, "", at + DAY + 300_001), "grant");
});
