/**
 * A consumer: takes messages from a broker one after the other, or some at once, and starts a program
 * for each, until it is told to stop. A broker that is away is asked again after waits that grow.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { exit, Failure, messageOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { waitAfter } from "../waits.ts";
import type { Delivery, Inlet, Wishes } from "./inlet.ts";

export interface Consumer extends Wishes {
  /** Throws where the broker is away. */
  open(wishes: Wishes): Promise<Inlet>;
  /** Throws where the broker is lost meanwhile; a Failure where it is something else. */
  handle(delivery: Delivery): Promise<void>;
  /** What is at work is finished, then it ends. */
  readonly signal: AbortSignal;
}

/** Ends where told to, or where nothing is left and that was asked for. */
export async function consume(consumer: Consumer): Promise<void> {
  const { signal, log } = consumer;
  // Sockets that wait keep no process.
  const alive = setInterval(() => {}, 60_000);
  let failures = 0;
  try {
    while (!signal.aborted) {
      try {
        const inlet = await consumer.open(consumer);
        log("waits for messages");
        await drained(inlet, consumer, () => {
          failures = 0;
        });
        return;
      } catch (error) {
        // Waiting does not help where the settings are wrong.
        if (error instanceof Failure && error.exitCode === exit.config)
          throw error;
        const wait = waitAfter(failures);
        failures += 1;
        const what = error instanceof Failure ? "" : "the broker is away, ";
        log(
          `${what}again in ${wait / 1000} s: ${oneLine(messageOf(error), 300)}`,
        );
        await sleep(wait, undefined, { signal }).catch(() => {});
      }
    }
  } finally {
    clearInterval(alive);
  }
}

/** @param settled called after each message */
async function drained(
  inlet: Inlet,
  consumer: Consumer,
  settled: () => void,
): Promise<void> {
  const stop = () => inlet.stop();
  consumer.signal.addEventListener("abort", stop);
  if (consumer.signal.aborted) stop();
  try {
    const work = async () => {
      for (;;) {
        const delivery = await inlet.next();
        if (!delivery) return;
        await consumer.handle(delivery);
        settled();
      }
    };
    const hands = Array.from({ length: consumer.prefetch }, () =>
      work().catch((error: unknown) => {
        stop();
        throw error;
      }),
    );
    // What another one has at work is finished also where the broker is lost.
    const ends = await Promise.allSettled(hands);
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  } finally {
    consumer.signal.removeEventListener("abort", stop);
    await inlet.close();
  }
}
