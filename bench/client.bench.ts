/**
 * Our client for SMTP beside nodemailer's connection, with no mill around: one message after the other
 * into smtp-sink, next to smtp-source and the bare loop.
 */
import { plural } from "../src/base/log.ts";
import { medianRuns, type Run } from "./measure.ts";
import { type Sink, sinkMissing, startSink } from "./sink.ts";
import { type Load, runBare, runSending, runSource } from "./source.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const SIZE = 10_240;
const CONNECTIONS = [1, 4, 16];
const WORKS = [
  { messages: 10_000, recipients: 1 },
  { messages: 1000, recipients: 100 },
];

/** In the order of the rows; those we are set beside come last. */
const WAYS: readonly [string, (sink: Sink, load: Load) => Promise<Run>][] = [
  ["our client", (sink, load) => runSending("ours", sink, load)],
  ["nodemailer", (sink, load) => runSending("nodemailer", sink, load)],
  ["smtp-source", runSource],
  ["bare", runBare],
];

export async function* bench(): AsyncGenerator<Result> {
  for (const { messages, recipients } of WORKS) {
    const title = `client: ${messages.toLocaleString("en")} messages of 10 KB, ${plural(recipients, "recipient", "recipients")} each`;
    const skipped = sinkMissing();
    if (skipped !== undefined) {
      yield { title, skipped };
      continue;
    }
    const sink = await startSink();
    const loads = CONNECTIONS.map((connections) => ({
      messages,
      recipients,
      size: SIZE,
      connections,
    }));
    const runs = await medianRuns(
      ROUNDS,
      loads.flatMap((load) =>
        WAYS.map(
          ([, run]) =>
            () =>
              run(sink, load),
        ),
      ),
    );
    await sink.stop();
    yield {
      title,
      rows: loads.flatMap((load, at) =>
        rowsOf(load, runs.slice(at * WAYS.length, (at + 1) * WAYS.length)),
      ),
    };
  }
}

/** The rows of a number of connections. */
function rowsOf(load: Load, runs: readonly Run[]): Row[] {
  const count = load.messages * load.recipients;
  const found = runs.map(({ seconds, cpu, memory }, at) => ({
    name: WAYS[at]?.[0] ?? "",
    figure: count / seconds,
    unit: "recipients/s",
    cpu,
    count,
    memory,
  }));
  const [ours, ...others] = found;
  const references = Object.fromEntries(
    others.map(({ name, figure }) => [name, figure]),
  );
  return (ours ? [{ ...ours, references }, ...others] : []).map((row) => ({
    ...row,
    name: `${plural(load.connections, "connection", "connections")}, ${row.name}`,
  }));
}
