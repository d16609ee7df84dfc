/**
 * A toy mill for the engine's tests: a real spool, real hooks and real launchers in a temporary
 * folder, and a trade that knows no mail: a message is text with a colon in its first line.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Test } from "tap";
import { bytes, type Piece } from "../../src/base/pieces.ts";
import { Launchers } from "../../src/engine/launcher.ts";
import { Pipelines } from "../../src/engine/layers.ts";
import type { Mill } from "../../src/engine/mill.ts";
import type { Content } from "../../src/engine/question.ts";
import { Servers } from "../../src/engine/servers.ts";
import type { Trade } from "../../src/engine/trade.ts";
import { turn } from "../../src/engine/turn.ts";
import type { Child } from "../../src/spool/commit.ts";
import { enqueue } from "../../src/spool/enqueue.ts";
import type { Envelope } from "../../src/spool/envelope.ts";
import type { Node } from "../../src/spool/lease.ts";
import {
  formatName,
  type Name,
  newId,
  parseName,
} from "../../src/spool/name.ts";
import { Spool } from "../../src/spool/spool.ts";
import { look } from "../spool/fixtures/entries.ts";

export interface Text extends Content {
  readonly text: string;
}

export function textOf(text: string): Text {
  return {
    text,
    pieces: () => [Buffer.from(text)],
    variables: () => ({ SUBJECT: text.split("\n", 1)[0] ?? "" }),
  };
}

/** What lies in a queue. */
export interface Found {
  readonly name: Name;
  readonly path: string;
  readonly envelope: Envelope;
  readonly message: string;
  readonly recipients: string;
  readonly progress: string;
}

const envelope: Envelope = {
  sender: "author@a.example",
  recipient: "list@b.example",
  origin: "mta",
  received: "2026-01-01T00:00:00.000Z",
  history: [],
};

export const MESSAGE = "Subject: a message\n\nHello\n";

export class Toy {
  readonly home: string;
  readonly spool: Spool;
  readonly said: string[] = [];
  readonly mill: Mill<Text>;
  readonly ending = new AbortController();
  /** Milliseconds by which the mill's clock is ahead. */
  ahead = 0;
  observe: string[] = [];
  portion = 2;
  /** Milliseconds since 1970 before which nothing is taken. */
  closedUntil: number | undefined;
  environment: Record<string, string> = { LISTMILL_SETTING_COLOUR: "blue" };
  /** Whether the lease is held. */
  holds = true;
  /** Whether somebody is told of what is held, by a message in the queue `told`. */
  tellsHeld = false;
  tellsPrograms = false;

  /** @param servedBy processes of each served hook */
  constructor(
    t: Test,
    limits = { timeout: 20_000, output: 1_000_000 },
    servedBy = 1,
  ) {
    // tap removes the folder after what is torn down only if that was asked for before.
    t.teardown(() => {});
    this.home = t.testdir();
    this.spool = new Spool(join(this.home, "spool"));
    mkdirSync(this.spool.root);
    const lib = resolve("lib");
    const manner = {
      environment: { PATH: "/usr/bin:/bin", PYTHONPATH: lib, PERL5LIB: lib },
    };
    const log = (where: string, what: string) => {
      this.said.push(`${where}: ${what}`);
    };
    const launchers = new Launchers(2, manner);
    t.teardown(() => launchers.close());
    const servers = new Servers(servedBy, manner, log);
    t.teardown(() => servers.close());
    const clock = { now: () => Date.now() + this.ahead };
    const node: Node = {
      name: "toy",
      holds: () => this.holds,
      serverTime: () => Date.now(),
      isDead: async () => false,
      leave: async () => {},
    };
    const toy = this;
    this.mill = {
      atWork: new Set(),
      get portion() {
        return toy.portion;
      },
      closedUntil: () => toy.closedUntil,
      spool: this.spool,
      node,
      trade: this.#trade(),
      pipelines: new Pipelines(),
      launchers,
      servers,
      limits,
      retry: { first: 60_000, most: 600_000, give_up: 86_400_000 },
      clock,
      log,
      signal: this.ending.signal,
    };
  }

  #trade(): Trade<Text> {
    const follow = (recipient: string, origin: string): Envelope => ({
      ...envelope,
      sender: "mill@b.example",
      recipient,
      origin,
    });
    return {
      place: (_, other) => ({
        layers: [
          { name: "site", dir: join(this.home, "hooks.d") },
          { name: "list", dir: join(this.home, other ?? "list", "hooks.d") },
        ],
        environment: this.environment,
        observe: this.observe,
      }),
      open: async (pieces: readonly Piece[]) => {
        const text = (await bytes(pieces, 1_000_000)).toString();
        if (!text.split("\n", 1)[0]?.includes(":"))
          return { noMessage: "no colon in its first line" };
        return { ...textOf(text), pieces: () => pieces };
      },
      introduce: async () => envelope,
      equip: (question) => question,
      emitted: async ({ queue }, { recipient }) => follow(recipient, queue),
      distributed: ({ queue }) => ({
        envelope: follow("", queue),
      }),
      destination: (address) => address.slice(address.indexOf("@") + 1),
      requests: async ({ text }) =>
        [...text.matchAll(/^ask (\S+) ?(.*)$/gm)].map(
          ([, name = "", rest = ""]) => ({ name, rest }),
        ),
      answered: async ({ queue }, answers) =>
        answers.some(({ kind, text }) => kind !== "done" || text !== "")
          ? [
              {
                queue: "outbound",
                envelope: follow(envelope.sender, queue),
                content: [
                  Buffer.from(
                    `Answers: ${answers.map(({ request, kind, text }) => `${request.name} ${kind} ${text}`).join("; ")}\n`,
                  ),
                ],
                recipients: [envelope.sender],
              },
            ]
          : [],
      befallen: ({ queue, id }, { kind, reason }) =>
        this.tellsPrograms
          ? [
              {
                queue: "programs",
                envelope: follow(`${kind}: ${reason}`, `${queue}/${id}`),
                content: [Buffer.from("Told: yes\n")],
              },
            ]
          : [],
      held: async ({ queue, id }, { reason }) =>
        this.tellsHeld
          ? {
              queue: "told",
              envelope: follow(reason, `${queue}/${id}`),
              content: [],
            }
          : undefined,
      refused: async ({ queue }, reason) => ({
        queue: "outbound",
        envelope: follow(envelope.sender, queue),
        content: [Buffer.from(`Refused: ${reason}\n`)],
        recipients: [envelope.sender],
      }),
      undeliverable: async ({ queue }, failed) => ({
        queue: "incoming",
        envelope: follow(envelope.sender, queue),
        content: [
          Buffer.from(`Failed: ${failed.map((each) => each.address)}\n`),
        ],
      }),
    };
  }

  /** Writes an executable hook; `path` is `<queue>/<NN-verb>/<name>`. */
  hook(path: string, text: string, mode = 0o755, layer = "hooks.d"): string {
    const file = join(this.home, layer, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }

  /** A hook in sh. */
  shell(path: string, text: string): string {
    return this.hook(path, `#!/bin/sh\n${text}\n`);
  }

  async put(queue: string, more: Partial<Child> = {}): Promise<Name> {
    const now = this.mill.clock.now();
    const name = { due: Math.floor(now / 1000), attempt: 0, id: newId(now) };
    const message = [Buffer.from(MESSAGE)];
    this.spool.make(queue);
    await enqueue(this.spool, { queue, name, envelope, message, ...more });
    return more.name ?? name;
  }

  /** One turn of each entry that is due. @returns how many turns */
  async turn(queue: string): Promise<number> {
    const { due } = look(this.spool, queue, this.mill.clock.now() / 1000, 1000);
    for (const waiting of due) await turn(this.mill, queue, waiting);
    return due.length;
  }

  found(queue: string): Found[] {
    const folder = this.spool.waiting(queue);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .flatMap((file) => {
        const name = parseName(file);
        return name ? [this.look(queue, name)] : [];
      });
  }

  look(queue: string, name: Name): Found {
    const path = join(this.spool.waiting(queue), formatName(name));
    const read = (file: string) =>
      existsSync(join(path, file))
        ? readFileSync(join(path, file), "utf8")
        : "";
    return {
      name,
      path,
      envelope: JSON.parse(read("envelope.json")),
      message: read("message"),
      recipients: read("recipients"),
      progress: read("progress"),
    };
  }

  /** The one entry of a queue. */
  one(queue: string): Found {
    const [first, ...others] = this.found(queue);
    if (!first || others.length > 0)
      throw new Error(
        `${queue} has ${others.length + (first ? 1 : 0)} entries:\n${this.said.join("\n")}`,
      );
    return first;
  }

  /** What was said since it was last asked. */
  heard(): string[] {
    return this.said.splice(0);
  }
}

/** Waits until a condition holds; fails after 20 seconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let tries = 0; tries < 4000; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`it never came about that ${what}`);
}

/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    return false;
  }
}
