import t from "tap";
import { drain, drainedHosts, resume } from "../../src/spool/drain.ts";
import { nodeNames } from "../../src/spool/nodes.ts";
import { spoolIn } from "./fixtures/entries.ts";

t.test("a host is drained until it is resumed", async (t) => {
  const spool = spoolIn(t.testdir());
  t.same([...drainedHosts(spool)], [], "there is no folder yet");
  t.equal(await drain(spool, "mx1"), true);
  t.equal(await drain(spool, "mx1"), false, "it was already");
  t.equal(await drain(spool, "mx2"), true);
  t.same([...drainedHosts(spool)].sort(), ["mx1", "mx2"]);
  t.same(nodeNames(spool), [], "that is no node");
  t.equal(await resume(spool, "mx1"), true);
  t.equal(await resume(spool, "mx1"), false);
  t.same([...drainedHosts(spool)], ["mx2"]);
});
