// What programs are told: a home with a runner, mails, commands, and a consumer with a queue of its own that
// writes down what it gets. Each thing is told once, in the shape that the schema has; and where a process
// is killed between what it does and telling it, it is told all the same, with one id.
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { z } from "zod";
import { eventSchema } from "../../src/lists/schema/event.ts";
import { report } from "../bounce/judge/court.ts";
import { list, Mill, names, type Process, until } from "./mill.ts";
import { type Sink, startSink } from "./sink.ts";

t.setTimeout(120_000);
t.jobs = 2;

const [anna, ben, cleo] = ["anna@box.test", "ben@box.test", "cleo@box.test"];
type Event = z.output<typeof eventSchema>;

/** A consumer: each event becomes a file, named by the entry. */
const seen = `#!/usr/bin/env listmill-hook
import { readFile, writeFile } from "node:fs/promises";
export default async function seen(ask) {
  const text = await readFile(await ask.file(), "utf8");
  await writeFile(ask.site.home + "/seen/" + ask.id, text.slice(text.indexOf("\\n\\n")));
}
`;

class Watched {
  readonly mill: Mill;
  readonly sink: Sink;
  #runner: Process | undefined;

  constructor(mill: Mill, sink: Sink) {
    this.mill = mill;
    this.sink = sink;
  }

  static async make(t: Test, lines = ""): Promise<Watched> {
    const sink = await startSink(t);
    const mill = await Mill.make(t.testdir(), {
      smtp: sink.url,
      members: [anna],
      list: lines,
      site: "[outbound]\nrate = 0",
    });
    const folder = join(mill.home, "hooks.d/events-seen/10-consume");
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(mill.home, "seen"));
    writeFileSync(join(folder, "50-seen.hook.ts"), seen);
    chmodSync(join(folder, "50-seen.hook.ts"), 0o755);
    const watched = new Watched(mill, sink);
    t.teardown(() => watched.stop());
    return watched;
  }

  start(failpoint = ""): Process {
    this.#runner = this.mill.start(["run"], failpoint);
    return this.#runner;
  }

  async stop(): Promise<void> {
    this.#runner?.child.kill("SIGTERM");
    await this.#runner?.ended;
  }

  get events(): Event[] {
    const folder = join(this.mill.home, "seen");
    return names(folder).flatMap((name) => {
      const text = readFileSync(join(folder, name), "utf8");
      return text.trim() === "" ? [] : [eventSchema.parse(JSON.parse(text))];
    });
  }

  /** Waits for an event, and all that happened before. */
  async event(kind: Event["event"], about = ""): Promise<Event> {
    const is = (one: Event) =>
      one.event === kind && JSON.stringify(one.detail).includes(about);
    await until(
      () => this.events.some(is),
      () => `${kind} ${about}\n${this.#runner?.log()}`,
      30,
    );
    return this.events.find(is) as Event;
  }

  /** Brings a message by the MTA's pipe. */
  async write(from: string, to: string, more = ""): Promise<string> {
    const id = `<${from.split("@")[0]}.${Math.random()}@box.test>`;
    const text = `From: <${from}>\nTo: <${to}>\nMessage-ID: ${id}\n${more}\n\nHello.\n`;
    await this.mill.tell(["receive", "--sender", from, to], text);
    return id;
  }

  /** Answers the question that a mail to an address leads to. @returns the Message-ID of the answer */
  async ask(from: string, to: string, subject = "x"): Promise<string> {
    const before = this.sink.taken.length;
    await this.write(from, to, `Subject: ${subject}`);
    const asking = () =>
      this.sink.taken
        .slice(before)
        .flatMap(
          ({ text }) =>
            /^Reply-To: <?(\S+confirm\S+?)>?\r?$/m.exec(text)?.[1] ?? [],
        );
    await until(
      () => asking().length > 0,
      () => `a question: ${this.#runner?.log()}`,
    );
    return this.write(from, asking()[0] ?? "", "Subject: Re: yes");
  }
}

const dev = (extension: string) => list.replace("@", `-${extension}@`);

t.test("what happens is told once", { buffered: true }, async (t) => {
  const watched = await Watched.make(
    t,
    'owners = ["olga@box.test"]\n[bounces]\nlog_only = "0s"\nthreshold = 1\ndays = 1\nposts = 1\n',
  );
  const { mill } = watched;
  watched.start();
  const created = await watched.event("list.created");
  t.match(created, { version: 1, list, by: { by: "command" } });
  const first = await watched.event("member.joined", anna);
  t.match(first.cause.id, /^command\//);
  t.not(first.cause.id, created.cause.id, "by another command");

  await mill.tell(["role", "add", list, "owner", cleo]);
  await mill.tell(["role", "remove", list, "owner", cleo]);
  const answer = await watched.ask(ben, dev("subscribe"));
  const joined = await watched.event("member.joined", ben);
  t.match(joined, { by: { by: "mail", who: ben }, list });
  t.match(joined.cause, { id: /^commands\/\S+-\S+$/, message_id: answer });
  await watched.ask(ben, dev("request"), "set digest");
  const changed = await watched.event("member.changed", ben);
  t.match(changed.detail, {
    address: ben,
    delivery: "digest-mime",
    was: { delivery: "posts" },
  });

  await mill.receive("one", anna);
  const accepted = await watched.event("post.accepted");
  t.match(accepted, {
    by: { by: "mail", who: anna },
    cause: { id: /^posts\//, message_id: "<one@home.example>" },
    detail: { author: anna, subject: "post one" },
  });
  await mill.tell(["digest", "issue", list]);
  t.match((await watched.event("digest.issued")).detail, {
    issue: 1,
    volume: 1,
    number: 1,
    posts: 1,
  });

  // Ben's mail comes back.
  const back = `Return-Path: <>\nDelivered-To: ${dev("bounces")}\n${report([{ to: ben }])}`;
  const draft = join(mill.spool("incoming", "tmp"), "back");
  writeFileSync(draft, back, { mode: 0o640 });
  renameSync(draft, join(mill.spool("incoming", "new"), "back"));
  const judged = await watched.event("bounce.judged", ben);
  t.match(judged, {
    cause: { id: /^bounces\// },
    detail: { standing: "suspended" },
  });
  const suspended = await watched.event("member.suspended", ben);
  t.equal(suspended.cause.id, judged.cause.id);
  await mill.tell(["member", "resume", list, ben]);
  await watched.event("member.restored", ben);
  await watched.ask(ben, dev("unsubscribe"));
  t.match(await watched.event("member.left", ben), { by: { by: "mail" } });

  await mill.tell([
    "list",
    "set",
    list,
    "policy=moderated",
    "events_without=list.frozen",
  ]);
  t.match((await watched.event("list.changed")).detail, {
    settings: ["policy", "events_without"],
  });
  await mill.receive("two", anna);
  const held = await watched.event("post.held");
  t.match(held.detail, {
    author: anna,
    hook: "posts/10-approve/20-policy.hook.ts",
  });
  const { entry } = held.detail as { entry: string };
  await mill.tell(["held", "reject", entry]);
  const rejected = await watched.event("post.rejected");
  t.match(rejected, {
    by: { by: "command" },
    detail: { entry, verdict: "reject", subject: "post two" },
  });
  await mill.tell(["list", "freeze", list]);
  await mill.receive("three", anna);
  t.match(await watched.event("post.rejected", "three"), {
    by: { by: "mill" },
    detail: { hook: "posts/10-approve/05-frozen.hook.ts", verdict: "reject" },
  });
  await mill.tell(["list", "rename", list, "paper@lists.example.org"]);
  await mill.tell(["list", "remove", "paper@lists.example.org"]);
  await watched.event("list.removed");
  await until(
    () => mill.busy() === 0,
    () => `an empty spool: ${mill.left().join(" ")}`,
  );
  const { events } = watched;
  t.same(
    events.map(({ event }) => event).sort(),
    [
      ...["bounce.judged", "digest.issued", "list.changed", "list.created"],
      ...["list.removed", "list.renamed", "member.changed", "member.joined"],
      ...["member.joined", "member.left", "member.restored"],
      ...["member.suspended", "owner.assigned", "owner.removed"],
      ...["post.accepted", "post.held", "post.rejected", "post.rejected"],
    ],
    "each once, and what the list does without not at all",
  );
  t.equal(new Set(events.map(({ id }) => id)).size, events.length);
});

t.test(
  "who is killed before it is told is no matter",
  { buffered: true },
  async (t) => {
    const watched = await Watched.make(t);
    const { mill } = watched;
    const killed = async (place: string, ...args: string[]) => {
      const { signal, log } = await mill.start(args, place).ended;
      t.equal(signal, "SIGKILL", `${place} ${log}`);
    };
    const paper = "paper@lists.example.org";
    await killed("event-due", "member", "add", list, ben);
    await killed("event-told", "member", "add", list, "told@box.test");
    await killed("event-due", "list", "create", paper);
    await killed("event-told", "list", "set", list, "description=x");
    // A runner dies when it has made a member of somebody.
    const runner = watched.start("event-due");
    await watched.event("list.created", "");
    await watched.ask(cleo, dev("subscribe"));
    t.equal((await runner.ended).signal, "SIGKILL", runner.log());
    watched.start();
    await watched.event("member.joined", cleo);
    await watched.event("member.joined", ben);
    await until(
      () => mill.busy() === 0,
      () => `an empty spool: ${mill.left().join(" ")}`,
    );
    const ids = (kind: string, about: string) =>
      new Set(
        watched.events
          .filter(
            (one) => one.event === kind && JSON.stringify(one).includes(about),
          )
          .map(({ id }) => id),
      ).size;
    for (const address of [ben, "told@box.test", cleo])
      t.equal(ids("member.joined", address), 1, address);
    t.equal(ids("list.created", paper), 1);
    t.equal(ids("list.changed", list), 1);
  },
);
