/**
 * Recipients a second that one message's delivery brings into smtp-sink, next to smtp-source.
 */
import { noLog } from "../src/base/log.ts";
import { deliver } from "../src/outbound/deliver.ts";
import { Pace } from "../src/outbound/pace.ts";
import { Relay } from "../src/outbound/smtp.ts";
import { medians, peakMemory } from "./measure.ts";
import { type Sink, sinkMissing, startSink } from "./sink.ts";
import { runSource } from "./source.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 5;
const SIZE = 10_240;

interface Work {
  readonly recipients: number;
  /** Recipients in a transaction. */
  readonly most: number;
  readonly connections: number;
}

const WORKS: readonly Work[] = [
  { recipients: 10_000, most: 100, connections: 1 },
  { recipients: 10_000, most: 100, connections: 4 },
  { recipients: 2_000, most: 1, connections: 1 },
  { recipients: 2_000, most: 1, connections: 4 },
];

export async function bench(): Promise<Result> {
  const title = "outbound: a message of 10 KB into smtp-sink";
  const skipped = sinkMissing();
  if (skipped !== undefined) return { title, skipped };
  const sink = await startSink();
  const relay = new Relay({
    url: sink.url,
    hostname: "bench.example",
    timeout: 60_000,
    log: noLog,
  });
  try {
    const rows: Row[] = [];
    for (const work of WORKS) {
      const [ours = 0, reference = 0] = await medians(ROUNDS, [
        () => runOurs(work, relay),
        () => runReference(work, sink),
      ]);
      const name = `${work.most} a transaction, ${work.connections} connections`;
      rows.push({ name, figure: ours, unit: "recipients/s", reference });
    }
    rows.push({ name: "peak memory", figure: peakMemory(), unit: "MB" });
    return { title, rows };
  } finally {
    await relay.close();
    await sink.stop();
  }
}

async function runOurs(work: Work, relay: Relay): Promise<number> {
  const from = performance.now();
  let sent = 0;
  for await (const outcomes of deliver({
    recipients: members(work.recipients),
    content: [message()],
    sender: "list-bounces@bench.example",
    relay,
    pace: unpaced(),
    most: work.most,
    connections: work.connections,
  }))
    for (const { kind } of outcomes) if (kind === "sent") sent += 1;
  if (sent !== work.recipients) throw new Error(`only ${sent} sent`);
  return sent / ((performance.now() - from) / 1000);
}

function runReference(work: Work, sink: Sink): Promise<number> {
  return runSource({
    address: sink.address,
    messages: work.recipients / work.most,
    recipients: work.most,
    size: SIZE,
    sessions: work.connections,
  });
}

function unpaced() {
  const pace = new Pace(0);
  return {
    portion: (most: number) => pace.portion(most),
    take: async (count: number) => ({ count }),
    done: () => {},
  };
}

async function* members(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield `member${i}@bench.example`;
}

function message(): Buffer {
  return Buffer.from(
    `Subject: bench\n\n${`${"x".repeat(78)}\n`.repeat(Math.ceil(SIZE / 79))}`,
  );
}
