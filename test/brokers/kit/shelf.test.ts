import t from "tap";
import { Shelf } from "../../../src/brokers/kit/shelf.ts";

t.test("whoever comes first is served first", async (t) => {
  const shelf = new Shelf<number>();
  const two = [shelf.take(), shelf.take()];
  for (const one of [1, 2, 3]) shelf.put(one);
  t.same(await Promise.all(two), [1, 2]);
  t.equal(await shelf.take(), 3);
});

t.test("after the last one what is there is given out", async (t) => {
  const shelf = new Shelf<number>();
  shelf.put(1);
  shelf.finish();
  shelf.put(2);
  t.same(
    [await shelf.take(), await shelf.take(), await shelf.take()],
    [1, 2, undefined],
  );
});

t.test("at the end nothing is given out", async (t) => {
  const shelf = new Shelf<number>();
  shelf.put(1);
  shelf.end();
  t.equal(await shelf.take(), undefined);
});

t.test("where it broke all are told", async (t) => {
  const shelf = new Shelf<number>();
  const waiting = shelf.take();
  shelf.end(new Error("lost"));
  await t.rejects(waiting, { message: "lost" });
  await t.rejects(shelf.take(), { message: "lost" });
});
