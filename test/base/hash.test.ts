import t from "tap";
import { hashOf } from "../../src/base/hash.ts";

t.test("what was once given out stays", async (t) => {
  t.equal(hashOf(""), 0xab3e7c0b);
  t.equal(hashOf("anna@example.org"), 0xaf305b76);
  t.equal(hashOf("jürgen@example.org"), 0x90c5e8c9);
});

t.test("a hundred shares of likely addresses are about equal", async (t) => {
  const shares = new Array<number>(100).fill(0);
  for (let n = 0; n < 100_000; n += 1) {
    const share = hashOf(`user${n}@example.org`) % 100;
    shares[share] = (shares[share] ?? 0) + 1;
  }
  // Five standard deviations around 1,000.
  t.ok(Math.min(...shares) > 842 && Math.max(...shares) < 1158);
});
