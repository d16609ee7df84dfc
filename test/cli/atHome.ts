// A home in a temporary folder, the verbs of the command line in this process with their output
// caught, and a runner in this process that owns its time.
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Test } from "tap";
import { Failure } from "../../src/base/errors.ts";
import type { Log } from "../../src/base/log.ts";
import { Context, type Verb } from "../../src/cli/context.ts";
import { hookQueues } from "../../src/cli/hookqueues.ts";
import init from "../../src/cli/init.ts";
import { Launchers } from "../../src/engine/launcher.ts";
import { Pipelines } from "../../src/engine/layers.ts";
import { Runner } from "../../src/engine/runner.ts";
import { Servers } from "../../src/engine/servers.ts";
import { mailTrade } from "../../src/mill.ts";
import { rest } from "../../src/outbound/carry.ts";
import { receive } from "../../src/receipt/receive.ts";
import { enter } from "../../src/spool/lease.ts";
import { hooksRun } from "../hookUser.ts";

export const news = "news@lists.example.org";

/** The setting of a list whose moderators hear nothing of what waits. */
export const unmoderated = { observe: ["moderators/10-consume/10-ask"] };

export interface Said {
  /** The exit code; that of the Failure where one was thrown. */
  readonly code: number;
  readonly out: string;
  /** What went to stderr, with the Failure's sentence. */
  readonly err: string;
}

/** Runs a verb as the command line does. */
export async function verb(
  t: Test,
  home: string,
  verb: Verb,
  args: readonly string[],
  json = false,
): Promise<Said> {
  const out = t.capture(process.stdout, "write", () => true);
  const err = t.capture(process.stderr, "write", () => true);
  let code: number;
  let failure = "";
  try {
    code = await verb.run(new Context(home, json), args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    code = error.exitCode;
    failure = error.message;
  } finally {
    out.restore();
    err.restore();
  }
  const text = (calls: { args: unknown[] }[]) =>
    calls.map(({ args: [text] }) => String(text)).join("");
  return { code, out: text(out()), err: text(err()) + failure };
}

/** A new home with the list `news`. @param settings listmill.toml, on top of a sink at `smtp` */
export async function makeHome(
  t: Test,
  {
    dir = t.testdir(),
    smtp = "smtp://127.0.0.1:9",
    settings = "",
    list = {},
  }: {
    dir?: string;
    smtp?: string;
    settings?: string;
    list?: Record<string, unknown>;
  } = {},
): Promise<string> {
  await verb(t, dir, init, [dir]);
  await writeFile(
    join(dir, "listmill.toml"),
    hooksRun(
      `hostname = "mill.example.org"\n${settings}\n[outbound]\nrate = 0\nsmtp = "${smtp}"\n`,
    ),
  );
  await new Context(dir, false).lists.create(news, { policy: "open", ...list });
  return dir;
}

/** Puts a message into the front door as the MTA's pipe does. @returns the ids */
export function feed(
  home: string,
  text: string | AsyncIterable<Uint8Array>,
  {
    sender = "stranger@example.net",
    recipients = [news],
  }: { sender?: string; recipients?: readonly string[] } = {},
): Promise<string[]> {
  const { site, lists, spool, clock } = new Context(home, false);
  return receive({
    site,
    lists,
    spool,
    clock,
    sender,
    recipients,
    input: typeof text === "string" ? bytes(text) : text,
  });
}

export async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, "latin1");
}

export interface Running {
  /** Resolves with the log's lines once the runner has stopped. */
  readonly done: Promise<string[]>;
  readonly lines: readonly string[];
  stop(): void;
}

/**
 * Starts a runner.
 * @param after milliseconds by which its clock is ahead, so that what waits is due
 */
export async function start(
  home: string,
  {
    after = 0,
    jobs = 4,
    untilEmpty = false,
    scan = 50,
    log = () => {},
  }: {
    after?: number;
    jobs?: number;
    untilEmpty?: boolean;
    scan?: number;
    log?: Log;
  } = {},
): Promise<Running> {
  const context = new Context(home, false);
  const { site, spool, lists } = context;
  const clock = { now: () => Date.now() + after };
  const lines: string[] = [];
  const ending = new AbortController();
  const node = await enter(spool, "test", site.node, clock, () =>
    ending.abort(),
  );
  const manner = { environment: { PATH: "/usr/bin:/bin" } };
  const launchers = new Launchers(site.hooks.launchers, manner);
  const servers = new Servers(site.hooks.servers, manner, log);
  const runner = new Runner(
    {
      spool,
      node,
      trade: mailTrade(site, lists, node.name),
      pipelines: new Pipelines(),
      launchers,
      servers,
      limits: site.hooks,
      portion: site.outbound.portion,
      atWork: new Set<string>(),
      retry: site.retry,
      clock,
      log(where, what) {
        lines.push(`${where}: ${what}`);
        log(where, what);
      },
      signal: ending.signal,
    },
    { queues: hookQueues(context), jobs, scan, untilEmpty },
  );
  const done = runner.run().then(async () => {
    await rest();
    launchers.close();
    await servers.close();
    await node.leave();
    return lines;
  });
  return { done, lines, stop: () => ending.abort() };
}

/** Runs the mill until nothing is due. @returns the log's lines */
export async function runAll(
  home: string,
  orders: { after?: number; jobs?: number; log?: Log } = {},
): Promise<string[]> {
  return (await start(home, { ...orders, untilEmpty: true })).done;
}

/** The paths of the entries that wait in a queue. */
export function waiting(home: string, queue: string): string[] {
  const folder = join(home, "spool", queue, "new");
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** Waits for a condition, at most `patience` milliseconds. */
export async function until(
  condition: () => boolean,
  patience = 10_000,
): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (!condition()) {
    if (Date.now() > deadline) return false;
    await new Promise((done) => setTimeout(done, 10));
  }
  return true;
}
