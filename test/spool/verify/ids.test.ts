import t from "tap";
import { newId } from "../../../src/spool/name.ts";
import { Ids, shareOf } from "../../../src/spool/verify/ids.ts";

t.test("each id is new once, however many there are", (t) => {
  const ids = new Ids();
  const many = Array.from({ length: 50_000 }, () => newId(1e12));
  t.equal(many.filter((id) => ids.add(id)).length, many.length);
  t.equal(ids.size, many.length);
  t.notOk(many.some((id) => ids.add(id)));
  t.ok(many.every((id) => ids.has(id)));
  t.notOk(ids.has(newId(1e12)));
  t.end();
});

t.test("shares are about equal", (t) => {
  const counts = [0, 0, 0, 0];
  for (let n = 0; n < 4000; n += 1) {
    const share = shareOf(newId(1e12), 4);
    counts[share] = (counts[share] ?? 0) + 1;
  }
  t.ok(
    counts.every((count) => count > 800),
    counts.join(),
  );
  t.end();
});
