import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import {
  type Ordered,
  Orders,
  readOrder,
  removeOrder,
  writeOrder,
} from "../../../src/outbound/pace/orders.ts";
import { Spool } from "../../../src/spool/spool.ts";

function make(t: Test) {
  const spool = new Spool(t.testdir());
  spool.make("outbound");
  return { spool, file: join(spool.root, "outbound", "rate") };
}

t.test(
  "an order is read as it was given, until it is taken back",
  async (t) => {
    const { spool } = make(t);
    t.same(readOrder(spool, "outbound"), { kind: "none" });
    const order = { rate: 1200, at: 1000 };
    await writeOrder(spool, "outbound", order);
    t.same(readOrder(spool, "outbound"), { kind: "order", order });
    await writeOrder(spool, "outbound", { rate: 0, at: 2000 });
    t.match(readOrder(spool, "outbound"), { order: { rate: 0, at: 2000 } });
    t.same(readdirSync(join(spool.root, "outbound")).sort(), [
      "cur",
      "new",
      "rate",
      "tmp",
    ]);
    t.equal(await removeOrder(spool, "outbound"), true);
    t.equal(await removeOrder(spool, "outbound"), false);
    t.same(readOrder(spool, "outbound"), { kind: "none" });
  },
);

t.test("what is no order is told", async (t) => {
  const { spool, file } = make(t);
  for (const text of [
    "",
    "5",
    "null",
    '{"rate":"5","at":1}',
    '{"rate":-1,"at":1}',
    '{"rate":1.5,"at":1}',
    '{"rate":1e10,"at":1}',
    '{"rate":5}',
  ]) {
    writeFileSync(file, text);
    t.same(
      readOrder(spool, "outbound"),
      { kind: "unreadable", path: file },
      text,
    );
  }
});

function looked(orders: Orders): Ordered | undefined {
  let found: Ordered | undefined;
  orders.look((ordered) => {
    found = ordered;
  });
  return found;
}

t.test("a runner that looks is told what is new, once", async (t) => {
  const { spool, file } = make(t);
  const orders = new Orders(spool, "outbound");
  t.equal(looked(orders), undefined, "none at first is nothing new");
  await writeOrder(spool, "outbound", { rate: 5, at: 1 });
  t.match(looked(orders), { order: { rate: 5 } });
  t.equal(looked(orders), undefined);
  t.match(looked(new Orders(spool, "outbound")), { order: { rate: 5 } });
  await writeOrder(spool, "outbound", { rate: 6, at: 1 });
  t.match(looked(orders), { order: { rate: 6 } }, "of the same size");
  writeFileSync(file, "{");
  t.match(looked(orders), { kind: "unreadable" });
  await removeOrder(spool, "outbound");
  t.same(looked(orders), { kind: "none" });
  t.equal(looked(orders), undefined);
});

t.test("an order that could not be followed is found again", async (t) => {
  const { spool } = make(t);
  const orders = new Orders(spool, "outbound");
  await writeOrder(spool, "outbound", { rate: 5, at: 1 });
  const follow = () => {
    throw new Error("no password");
  };
  t.throws(() => orders.look(follow), { message: "no password" });
  t.match(looked(orders), { order: { rate: 5 } });
  t.equal(looked(orders), undefined);
});
