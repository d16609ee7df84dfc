/**
 * The file system that proper-lockfile sees: lock times are set by the file server and told in
 * this host's time, so that a host whose clock is an hour off judges ages rightly.
 * A "touch" is a file made and removed in the lock's folder: the server dates the folder.
 */
import fs from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";

type Done = (error: Error | null, stat?: fs.Stats) => void;

/** Milliseconds within which an answer tells the time. */
const PROMPT = 1000;
/** Milliseconds for which one answer does. */
const AGAIN = 1000;

export class ServerClock {
  readonly #clock: Clock;
  /** Server time minus this host's time, in milliseconds. */
  #skew: number | undefined;
  /** What it told last, and when, as `performance.now()` counts. */
  #touched = { server: 0, at: Number.NEGATIVE_INFINITY };
  /** For a lock of ours: the time it was asked to have, and the time the server gave it. */
  readonly #given = new Map<string, { asked: Date; server: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The server's time, in milliseconds. */
  now(): number {
    return this.#clock.now() + (this.#skew ?? 0);
  }

  /** Dates a folder by the server's clock, and learns that clock. Returns the server's time, ms. */
  touch(folder: string): number {
    const began = performance.now();
    const file = join(folder, "touch");
    fs.closeSync(fs.openSync(file, "w"));
    fs.unlinkSync(file);
    const server = fs.statSync(folder).mtimeMs;
    // A server that kept us waiting may have dated it long ago.
    if (this.#skew === undefined || performance.now() - began < PROMPT)
      this.#skew = server - this.#clock.now();
    this.#touched = { server, at: performance.now() };
    return server;
  }

  /** The server's time, in milliseconds, asked for at most once a second. */
  lately(folder: string): number {
    const passed = performance.now() - this.#touched.at;
    return passed < AGAIN ? this.#touched.server + passed : this.touch(folder);
  }

  /** What to give proper-lockfile as its `fs`. */
  readonly fs = {
    ...fs,
    utimes: (path: string, _access: Date, asked: Date, done: Done) => {
      try {
        this.#given.set(path, { asked, server: this.touch(path) });
        done(null);
      } catch (error) {
        done(error as Error);
      }
    },
    stat: (path: string, done: Done) => {
      fs.stat(path, (error, stat) => {
        if (error) return done(error);
        const given = this.#given.get(path);
        const mtime =
          given?.server === stat.mtimeMs
            ? given.asked
            : new Date(stat.mtimeMs - (this.#skew ?? 0));
        done(null, Object.assign(stat, { mtime }));
      });
    },
  };
}
