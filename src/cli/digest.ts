/**
 * listmill digest: issuing a digest by hand.
 */
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { pending } from "../digest/collect.ts";
import { extended } from "../lists/marks.ts";
import { compose, messageId } from "../mail/compose.ts";
import { enqueue, mustBeThere } from "../spool/enqueue.ts";
import { freshName, newId } from "../spool/name.ts";
import { parse, type Verb } from "./context.ts";

const verb: Verb = {
  usage: `\
digest issue ADDRESS
    Issues the digest of a list now: what was collected goes out with the next turn of the
    digest queue's runner.`,
  async run(context, args) {
    const { positionals } = parse(args, {}, 2);
    const [action, address] = positionals;
    if (action !== "issue")
      throw new Failure(exit.usage, "digest issue takes a list's address");
    const list = context.list(address);
    const { posts } = pending(
      join(context.site.home, "archive", list.address, "digest"),
    );
    const now = context.clock.now();
    const id = newId(now);
    const recipient = extended(context.site, list, "digest-issue");
    const { spool } = context;
    mustBeThere(spool);
    spool.make("digest");
    await enqueue(spool, {
      queue: "digest",
      name: freshName(now, id),
      envelope: {
        sender: "",
        recipient,
        list: list.address,
        extension: "digest-issue",
        origin: "operator",
        received: new Date(now).toISOString(),
        history: [],
      },
      message: [
        compose({
          from: extended(context.site, list, "owner"),
          to: recipient,
          subject: "Issue the digest",
          date: new Date(now),
          messageId: messageId(id, context.site.hostname),
          text: "By the operator's command.\n",
        }),
      ],
    });
    context.say(
      posts === 0
        ? `${list.address}: nothing is collected`
        : `${list.address}: a digest of ${posts} ${posts === 1 ? "post" : "posts"} will be issued (${id})`,
    );
    return exit.ok;
  },
};
export default verb;
