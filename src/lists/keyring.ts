/**
 * The keys that sign stamps, HOME/secrets/keys/: a file a key, named by its number, which holds one
 * line: number, date, 32 random bytes in hex. The highest number signs, all of them verify.
 *
 * A file is written under another name, synced, linked to its number and never changed: of several
 * hosts that make a key at once one wins, and what a crash leaves is a dot file with a key that
 * nothing was signed with. So hosts that share the home over NFS need no lock.
 */
import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type Clock, stopwatch } from "../base/clock.ts";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import type { Secret } from "../mail/stamp.ts";
import { syncPath, writeNew } from "../spool/durable.ts";
import { claimName } from "../spool/nfs.ts";
import { mustBeClosed, readable } from "./secret.ts";
import { draftPath } from "./ticket.ts";

/** A key. Its bytes are in no text that it is turned into. */
export interface Key extends Secret {
  readonly secret: KeyObject;
  /** When it was made, milliseconds since 1970. */
  readonly since: number;
}

/** Seconds that what was read is good for: other hosts may make and drop keys. */
const FRESH = 1;
const BYTES = 32;

interface Kept {
  /** What tells that the key's file is still the same. */
  readonly file: string;
  readonly key: Key;
}

/** The keys of a home, looked for again once a second while they are asked for. */
export class Keyring {
  readonly #folder: string;
  readonly #elapsed: () => number;
  #seen = Number.NEGATIVE_INFINITY;
  /** By number, ascending. */
  #keys: ReadonlyMap<number, Kept> = new Map();

  /** @param elapsed seconds of a clock that only goes forward */
  constructor(home: string, elapsed = stopwatch()) {
    this.#folder = folderOf(home);
    this.#elapsed = elapsed;
  }

  /**
   * All keys, the oldest first; none where none was ever made.
   * Throws a Failure that names the file where one can be read by others, or is broken.
   */
  all(): readonly Key[] {
    if (this.#elapsed() - this.#seen >= FRESH) {
      this.#keys = this.#read();
      this.#seen = this.#elapsed();
    }
    return [...this.#keys.values()].map(({ key }) => key);
  }

  /** The key that signs. Throws a Failure like `all`, and where there is none. */
  signing(): Key {
    const last = this.all().at(-1);
    if (last) return last;
    throw new Failure(
      exit.config,
      `${this.#folder}: there is no key; make one with: listmill keys rotate`,
    );
  }

  /** The keys whose number is this one, modulo 32: that is what a stamp tells. */
  readonly numbered = (number: number): Key[] =>
    this.all().filter((key) => key.number % 32 === number % 32);

  /** Looks again at the next question. */
  forget(): void {
    this.#seen = Number.NEGATIVE_INFINITY;
  }

  #read(): Map<number, Kept> {
    const found = new Map<number, Kept>();
    for (const number of numbersIn(this.#folder)) {
      const path = join(this.#folder, String(number));
      try {
        const stat = statSync(path);
        const { ino, mtimeMs, ctimeMs, mode } = stat;
        const file = `${ino} ${mtimeMs} ${ctimeMs} ${mode}`;
        const old = this.#keys.get(number);
        const key = old?.file === file ? old.key : keyIn(path, number, stat);
        found.set(number, { file, key });
      } catch (error) {
        // Dropped just now, by another host perhaps.
        if (!["ENOENT", "ESTALE"].includes(errnoOf(error) ?? "")) throw error;
      }
    }
    return found;
  }
}

const rings = new Map<string, Keyring>();

/**
 * The keyring of a home, with a key in it: the first one is made here where there is none.
 * Throws a Failure (try later) where there is no HOME/secrets: it may not be mounted.
 */
export async function keyringOf(home: string, clock: Clock): Promise<Keyring> {
  const secrets = dirname(folderOf(home));
  if (!existsSync(secrets))
    throw new Failure(
      exit.tryLater,
      `${secrets} is not there: mount it, or make it with: listmill init`,
    );
  return firstKey(home, clock);
}

/** The same for a home that may have no HOME/secrets yet: it is made. */
export async function firstKey(home: string, clock: Clock): Promise<Keyring> {
  const ring = rings.get(home) ?? new Keyring(home);
  rings.set(home, ring);
  if (ring.all().length === 0) {
    await make(home, 1, clock);
    ring.forget();
  }
  return ring;
}

/**
 * Makes a key that signs from now on, on all hosts within a second or what NFS takes.
 * @returns its number; that of another host's key where that was made at the same moment
 */
export async function rotate(home: string, clock: Clock): Promise<number> {
  const last = new Keyring(home).all().at(-1);
  const number = (last?.number ?? 0) + 1;
  await make(home, number, clock);
  rings.get(home)?.forget();
  return number;
}

/**
 * Takes a key away: what it signed is not believed any more.
 * Throws a Failure where there is none of this number, or it is the one that signs.
 */
export async function drop(home: string, number: number): Promise<void> {
  const ring = new Keyring(home);
  if (!ring.all().some((key) => key.number === number))
    throw new Failure(exit.usage, `there is no key ${number}`);
  if (ring.signing().number === number)
    throw new Failure(
      exit.usage,
      `key ${number} is the one that signs; make another one first: listmill keys rotate`,
    );
  rmSync(join(folderOf(home), String(number)), { force: true });
  await syncPath(folderOf(home));
  rings.get(home)?.forget();
}

function folderOf(home: string): string {
  return join(home, "secrets", "keys");
}

/** Makes the key of a number where there is none. */
async function make(home: string, number: number, clock: Clock): Promise<void> {
  const folder = folderOf(home);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await syncPath(home);
  await syncPath(dirname(folder));
  const draft = draftPath(folder, String(number));
  const since = new Date(clock.now()).toISOString();
  const secret = randomBytes(BYTES).toString("hex");
  await writeNew(draft, `${number} ${since} ${secret}\n`, 0o600);
  try {
    claimName(draft, join(folder, String(number)));
    await syncPath(folder);
  } finally {
    rmSync(draft, { force: true });
  }
}

function numbersIn(folder: string): number[] {
  const names = readable(folder, () => {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat) mustBeClosed(folder, folder, stat, "700");
    return stat ? readdirSync(folder) : [];
  });
  return names
    .filter((name) => /^[1-9]\d{0,8}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

const LINE = /^([1-9]\d{0,8}) (\S+) ([0-9a-f]{64})\n?$/;

function keyIn(path: string, number: number, stat: Stats): Key {
  mustBeClosed(path, `${path}:1`, stat, "600");
  const text = readable(path, () => readFileSync(path, "latin1"));
  const [, named, date = "", secret = ""] = LINE.exec(text) ?? [];
  const since = Date.parse(date);
  if (Number(named) !== number || Number.isNaN(since))
    throw new Failure(
      exit.config,
      `${path}:1: not a key: it must be one line, "${number} DATE 64-HEX-DIGITS"; put it back from a copy, or take it away`,
    );
  return {
    number,
    since,
    secret: createSecretKey(Buffer.from(secret, "hex")),
  };
}
