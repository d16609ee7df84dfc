import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { answer, ask } from "../../src/spool/echo.ts";
import { nodeNames } from "../../src/spool/nodes.ts";
import { spoolIn } from "./fixtures/entries.ts";

t.test("who looks around is heard, who does not is missing", async (t) => {
  const spool = spoolIn(t.testdir());
  const nodes = ["a.1.0mwwxe1m7", "b.1.0mwwxe1m8"];
  for (const node of nodes)
    mkdirSync(join(spool.nodes(), node), { recursive: true });
  const [a = ""] = nodes;
  const looks = setInterval(() => answer(spool, a), 5);
  t.teardown(() => clearInterval(looks));
  const heard = await ask(spool, nodes, 300);
  t.same([...heard.keys()], [a]);
  t.ok((heard.get(a) ?? 1000) < 300);
  answer(spool, a);
  t.same(readdirSync(join(spool.nodes(), a)), [], "it is forgotten");
  t.same(nodeNames(spool).sort(), nodes, "and no question is left");
  t.same(readdirSync(spool.nodes()).sort(), nodes);
  t.equal((await ask(spool, [], 10_000)).size, 0, "nobody is not waited for");
});
