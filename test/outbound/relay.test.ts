import t, { type Test } from "tap";
import { Relay } from "../../src/outbound/relay.ts";
import { parseRelay } from "../../src/outbound/smtp/dial.ts";
import { Session } from "../../src/outbound/smtp/session.ts";
import { scripted } from "./scripted.ts";

const { signal } = new AbortController();

/** What is known of a relay at a socket, with its own time. */
async function known(t: Test) {
  const server = await scripted({
    ehlo: "250-relay.example\r\n250 LIMITS RCPTMAX=7",
  });
  t.teardown(() => server.close());
  const said: string[] = [];
  let now = 1_000_000;
  let refusal: string | undefined;
  let opened = 0;
  const address = parseRelay(server.url);
  const relay = new Relay({
    open: (signal) => {
      opened += 1;
      if (refusal !== undefined) return Promise.reject(new Error(refusal));
      return Session.open({ address, hostname: "x", timeout: 2000 }, signal);
    },
    clock: { now: () => now },
    log: (where, what) => said.push(`${where}: ${what}`),
    relay: "smtp://relay",
  });
  return {
    relay,
    said,
    opened: () => opened,
    refuse: (reply: string | undefined) => {
      refusal = reply;
    },
    later: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

t.test("one connection shows that it is there before others", async (t) => {
  const { relay, refuse, later } = await known(t);
  t.equal(relay.most(4, 0), 1);
  t.equal(relay.offers, undefined);
  const session = await relay.open(signal);
  t.equal(relay.offers?.recipientMax, 7);
  t.equal(relay.most(4, 1), 4);
  relay.full("421 too many");
  t.ok(relay.isFull);
  t.equal(relay.most(4, 1), 1, "as many as there are");
  later(60_000);
  t.notOk(relay.isFull);
  t.equal(relay.most(4, 1), 4);
  relay.left();
  t.equal(relay.most(4, 0), 1);
  await session.quit();
  refuse("421 no");
  await t.rejects(relay.open(signal), {
    message: "no relay at smtp://relay: 421 no",
  });
});

t.test("that it takes no more is said once a while", async (t) => {
  const { relay, said, later } = await known(t);
  relay.full("421 too many");
  later(30_000);
  relay.full("421 too many");
  t.same(said, ["relay: no further connection: 421 too many"]);
  later(90_000);
  relay.full("421 again");
  t.equal(said.length, 2);
});

t.test("it is asked once for all who want to know", async (t) => {
  const { relay, opened, refuse, said } = await known(t);
  await Promise.all([relay.ask(signal), relay.ask(signal)]);
  t.equal(opened(), 1);
  t.equal(relay.offers?.recipientMax, 7);
  refuse("gone");
  await relay.ask(signal);
  t.equal(opened(), 2);
  t.match(said, [
    /^relay: no relay at smtp:\/\/relay: gone; the next connection is tried in 1[0-3] seconds$/,
  ]);
  t.equal(relay.reason, "no relay at smtp://relay: gone");
  t.equal(relay.offers?.recipientMax, 7, "as it was");
});

t.test("what becomes of it is told, where people should know", async (t) => {
  const { relay, said, later } = await known(t);
  relay.missing("no", false);
  t.same(said, []);
  t.ok(relay.awayUntil > 1_000_000);
  relay.missing("no", true);
  t.same(said, [], "it is let alone already: no news");
  later(60_000);
  relay.missing("still no", true);
  t.match(said, [/^relay: still no; the next connection is tried in 2\d sec/]);
  relay.worked();
  t.equal(said[1], "relay: smtp://relay is back");
  t.equal(relay.awayUntil, 0);
  t.notOk(relay.broke("cut"), "one that breaks off says little");
  t.ok(relay.broke("cut again"));
  t.match(said[2], /^relay: smtp:\/\/relay: cut again; the next /);
});
