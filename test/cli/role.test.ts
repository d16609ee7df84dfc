import t from "tap";
import { Context } from "../../src/cli/context.ts";
import { roleFor, type Said } from "../../src/cli/role.ts";
import { makeHome, news } from "./atHome.ts";

const settings = `\
[runner]
jobs = 3
[node.mx1]
queues = ["lmtp", "incoming"]
lists = ["later@lists.example.org", "@Corp.example", "@bücher.example"]
jobs = 8
entries = 32
rate = 1200
connections = 2
`;

/** What this process would do were it on that host. */
async function on(t: Parameters<typeof makeHome>[0], name: string) {
  const context = new Context(await makeHome(t, { settings }), false);
  const before = process.env.LISTMILL_HOST;
  process.env.LISTMILL_HOST = name;
  t.teardown(() => {
    if (before === undefined) delete process.env.LISTMILL_HOST;
    else process.env.LISTMILL_HOST = before;
  });
  return (said: Partial<Said> = {}) => roleFor(context, { named: [], ...said });
}

t.test("the section of the host counts", async (t) => {
  const role = await on(t, "mx1");
  const { site, queues, doors, isOrdered, orders } = role();
  t.same(queues, ["incoming"]);
  t.same(doors, ["lmtp"]);
  t.notOk(isOrdered);
  t.match(site.outbound, { rate: 1200, connections: 2, entries: 32 });
  t.match(orders, { jobs: 8, scan: 5000 });
  t.equal(orders.jobsOf?.("outbound"), 32);
  t.equal(orders.jobsOf?.("archive-amqp"), 1, "one after the other");
  t.equal(orders.jobsOf?.("archive"), undefined);
  t.ok(orders.lists?.has("later@lists.example.org"));
  t.ok(orders.lists?.has("any@corp.example"));
  t.ok(orders.lists?.has("any@xn--bcher-kva.example"), "as lists are named");
  t.notOk(orders.lists?.has(news));
  t.notOk(orders.lists?.has(""), "what belongs to no list is for others");
});

t.test("what the command says counts before that", async (t) => {
  const role = await on(t, "mx1");
  const { site, queues, orders } = role({
    named: ["posts"],
    queues: ["outbound,owner"],
    rate: "5",
    jobs: "2",
    lists: [news, "@x.example"],
  });
  t.same(queues, ["posts", "outbound", "owner"]);
  t.match(role({ named: ["http", "owner", "lmtp", "http"] }), {
    queues: ["owner"],
    doors: ["http", "lmtp"],
    isOrdered: true,
  });
  t.equal(site.outbound.rate, 5);
  t.equal(orders.jobs, 2);
  t.equal(orders.jobsOf?.("outbound"), undefined, "outbound too");
  t.equal(orders.jobsOf?.("archive-amqp"), 1, "but not consumers");
  t.ok(orders.lists?.has(news));
  t.ok(orders.lists?.has("a@x.example"));
  t.notOk(orders.lists?.has("any@corp.example"));
  t.throws(() => role({ jobs: "0" }), { exitCode: 64, message: /--jobs/ });
  t.throws(() => role({ rate: "fast" }), { exitCode: 64, message: /--rate/ });
  t.throws(() => role({ lists: ["nobody@x.example"] }), {
    exitCode: 67,
    message: /no list/,
  });
});

t.test("a host that is not named does all", async (t) => {
  const role = await on(t, "mx2");
  const { site, queues, orders } = role();
  t.same(queues, []);
  t.equal(site.outbound.rate, 0, "as [outbound] says");
  t.equal(orders.jobs, 3);
  t.equal(orders.jobsOf?.("outbound"), 16);
  t.equal(orders.lists, undefined);
});
