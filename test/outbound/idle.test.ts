import t from "tap";
import { Idle } from "../../src/outbound/idle.ts";

t.test("the one that came last gets work first", async (t) => {
  const idle = new Idle();
  t.notOk(idle.wake(), "nobody waits");
  const order: string[] = [];
  const first = idle.wait().then((isWanted) => {
    order.push(`first ${isWanted}`);
  });
  const second = idle.wait().then((isWanted) => {
    order.push(`second ${isWanted}`);
  });
  t.ok(idle.wake());
  await second;
  t.same(order, ["second true"]);
  idle.close();
  await first;
  t.same(order, ["second true", "first false"]);
  t.notOk(idle.wake(), "nobody waits any more");
});

t.test("one that waits for long is let go", async (t) => {
  const idle = new Idle(1);
  const keepsAlive = setInterval(() => {}, 1000);
  t.equal(await idle.wait(), false);
  t.notOk(idle.wake(), "and is not given work");
  clearInterval(keepsAlive);
});
