/**
 * listmill digest: the issues of a digest, one of them by hand, and a new volume.
 */

import { exit, Failure } from "../base/errors.ts";
import { plural } from "../base/log.ts";
import { momentText } from "../base/moments.ts";
import { chunks } from "../base/pieces.ts";
import { dueAt, pending } from "../digest/collect.ts";
import { beginVolume, issued, issuesIn } from "../digest/issues.ts";
import { buildMime } from "../digest/mime.ts";
import { buildPlain } from "../digest/plain.ts";
import { digestOf } from "../digest/stream.ts";
import type { List } from "../lists/directory.ts";
import { extended } from "../lists/marks.ts";
import { compose, messageId } from "../mail/compose.ts";
import { enqueue, mustBeThere } from "../spool/enqueue.ts";
import { freshName, newId } from "../spool/name.ts";
import { type Context, parse, type Verb, wholeNumber } from "./context.ts";

const options = {
  mime: { type: "boolean" },
  plain: { type: "boolean" },
} as const;

const verb: Verb = {
  usage: `\
digest issue ADDRESS
    Issues the digest of a list now: what was collected goes out with the next turn of the
    digest queue's runner.
digest list ADDRESS
    The issues that went out, and what waits for the next one.
digest show ADDRESS NUMBER [--mime | --plain]
    An issue as a message, by its number in digest list, while its posts are kept (60 days).
digest volume ADDRESS
    Begins a new volume: the next issue is the first one in it.`,
  async run(context, args) {
    const { positionals, values } = parse(args, options, 3);
    const [action = "", address, number] = positionals;
    const act = acts[action];
    if (!act || (number !== undefined && action !== "show"))
      throw new Failure(
        exit.usage,
        "digest issue, digest list and digest volume take a list's address, digest show a number besides",
      );
    const list = context.list(address);
    await act(context, list, number, values);
    return exit.ok;
  },
};
export default verb;

interface Values {
  readonly mime?: boolean | undefined;
  readonly plain?: boolean | undefined;
}

const acts: Record<
  string,
  | ((
      context: Context,
      list: List,
      number: string | undefined,
      values: Values,
    ) => Promise<void>)
  | undefined
> = { issue, list: shown, show, volume };

async function issue(context: Context, list: List): Promise<void> {
  const { posts } = pending(digestOf(context.site, list));
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
      : `${list.address}: a digest of ${plural(posts, "post", "posts")} will be issued (${id})`,
  );
}

async function shown(context: Context, list: List): Promise<void> {
  const digestDir = digestOf(context.site, list);
  const rows = [...issuesIn(digestDir)].map((record) => ({
    number: record.issue,
    volume: record.volume,
    issue: record.ordinal,
    date: momentText(record.time),
    posts: record.last - record.first + 1,
  }));
  context.table(["number", "volume", "issue", "date", "posts"], rows);
  if (context.json) return;
  const state = pending(digestDir);
  if (state.posts === 0) return;
  const due = dueAt(state, list.settings.digest, context.clock.now());
  const when = due === undefined ? "" : `, until ${momentText(due)} at most`;
  const waiting = plural(state.posts, "post waits", "posts wait");
  context.say(`${waiting} for the next issue${when}`);
}

async function show(
  context: Context,
  list: List,
  number: string | undefined,
  { mime, plain }: Values,
): Promise<void> {
  if (number === undefined || (mime && plain))
    throw new Failure(
      exit.usage,
      "digest show takes a list's address, a number, and --mime or --plain",
    );
  const { site } = context;
  const digestDir = digestOf(site, list);
  const wanted = wholeNumber(number, "digest show");
  const found = issued(digestDir, wanted);
  const record = issuesIn(digestDir).find(({ issue }) => issue === wanted);
  if (!found || !record)
    throw new Failure(
      exit.noInput,
      `${list.address}: there is no issue ${number}, or its posts are no longer kept`,
    );
  const build = plain ? buildPlain : buildMime;
  const content = await build(found, {
    audience: { site, list },
    from: extended(site, list, "owner"),
    date: new Date(record.time),
    id: record.owner + (plain ? ".plain" : ""),
  });
  for await (const chunk of chunks(content))
    if (!process.stdout.write(chunk))
      await new Promise((resolve) => process.stdout.once("drain", resolve));
}

async function volume(context: Context, list: List): Promise<void> {
  mustBeThere(context.spool);
  const digestDir = digestOf(context.site, list);
  const id = newId(context.clock.now());
  const begun = await beginVolume({ digestDir, id });
  context.say(`${list.address}: volume ${begun} begins with the next issue`);
}
