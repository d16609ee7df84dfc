// Posts with a Message-ID that came before, in a home with a runner: what was refused or only waits
// stops no other.
import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import queue from "../../src/cli/queue.ts";
import { hashOf } from "../../src/lists/password.ts";
import { feed, makeHome, news, runAll, verb, waiting } from "../cli/atHome.ts";

const anna = "anna@x.org";
const eve = "eve@x.org";

async function home(t: Test, list: Record<string, unknown> = {}) {
  const dir = await makeHome(t, { list: { policy: "members", ...list } });
  await new Context(dir, false).roster.add(news, anna);
  return {
    dir,
    /** @returns what became of a post with always the same Message-ID */
    async post(from: string, more = "") {
      const count = (queue: string) => waiting(dir, queue).length;
      const before = { sent: count("outbound"), held: count("held") };
      await feed(
        dir,
        `From: ${from}\nSubject: One\nMessage-ID: <1@x.org>\n${more}\nText.\n`,
        { sender: from },
      );
      const log = (await runAll(dir)).join("\n");
      const stopped = /(rejected|discarded) by [^\s:]+/.exec(log)?.[0];
      if (stopped !== undefined) return stopped;
      if (count("held") > before.held) return "held";
      return count("outbound") > before.sent ? "posted" : "";
    },
    async release(which: number) {
      const path = waiting(dir, "held").toSorted().at(which) ?? "";
      const id = path.split(".").at(-1) ?? "";
      const before = waiting(dir, "outbound").length;
      t.match(await verb(t, dir, queue, ["release", id]), { code: 0 });
      await runAll(dir);
      return waiting(dir, "outbound").length - before;
    },
  };
}

const early = "discarded by posts/10-approve/03-duplicate.hook.ts";

t.test("what was refused takes nobody's place", async (t) => {
  const { post } = await home(t);
  t.match(await post(eve), /^rejected by posts\/10-approve\/20-policy/);
  t.equal(await post(anna), "posted");
  t.equal(await post(anna), early);
  t.equal(await post(eve), early);
});

t.test("what waits takes nobody's place, and may be let go", async (t) => {
  const { post, release } = await home(t, {
    others: "hold",
    observe: ["moderators/10-consume/10-ask"],
  });
  t.equal(await post(eve), "held");
  t.equal(await post(anna), "posted");
  t.equal(await release(0), 1, "a person has said so");
  t.equal(await post(anna), early);
});

t.test("what was released is known", async (t) => {
  const { post, release } = await home(t, {
    others: "hold",
    observe: ["moderators/10-consume/10-ask"],
  });
  t.equal(await post(eve), "held");
  t.equal(await release(0), 1);
  t.equal(await post(eve), early);
});

t.test("a post with the password is known too", async (t) => {
  const { post } = await home(t, {
    moderation: { password: await hashOf("sesame") },
  });
  t.equal(await post(eve, "Approved: sesame\n"), "posted");
  t.equal(await post(anna), early);
});
