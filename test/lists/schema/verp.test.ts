import t from "tap";
import { verpOf } from "../../../src/lists/schema/verp.ts";
import { listSettings } from "../../../src/lists/settings.ts";

t.test("never, always, every so-many-th post, a share", async (t) => {
  t.same(verpOf("never"), { kind: "never" });
  t.same(verpOf("always"), { kind: "always" });
  t.same(verpOf("every 5"), { kind: "every", posts: 5 });
  t.same(verpOf("10%"), { kind: "share", percent: 10 });
  t.same(verpOf("100 %"), { kind: "share", percent: 100 });
  for (const bad of [
    "",
    "sometimes",
    "every",
    "every 0",
    "0%",
    "101%",
    "5",
    "10% ",
  ])
    t.equal(verpOf(bad), undefined, bad);
});

t.test("what it may be is told with its line", async (t) => {
  t.equal(listSettings({ list: {} }, "", "l").verp, "never");
  t.throws(() => listSettings({ list: {} }, '\nverp = "often"', "list.toml"), {
    message:
      'list.toml:2: verp: must be "never", "always", "every 5" or "10%", not "often"',
  });
});
