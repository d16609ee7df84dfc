import { linkSync, mkdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Line, type Surroundings } from "../../src/engine/line.ts";
import { formatEnvelope } from "../../src/spool/envelope.ts";
import { formatName, laneOf, type Name, newId } from "../../src/spool/name.ts";
import { nameOf } from "../../src/spool/queue.ts";
import { envelope } from "../spool/fixtures/entries.ts";
import { Toy, until } from "./toy.ts";

/** More than are read at once. */
const MANY = 5200;
const HOUR = 3_600_000;

class Field {
  readonly toy: Toy;
  readonly line: Line;
  readonly folder: string;
  more = 0;
  readonly #file: string;
  #made = 0;

  constructor(t: Test, given: Partial<Surroundings> = {}) {
    this.toy = new Toy(t);
    this.toy.spool.make("q");
    this.folder = this.toy.spool.waiting("q");
    this.#file = join(this.toy.home, "entry");
    writeFileSync(this.#file, "");
    const ending = new AbortController();
    t.teardown(() => ending.abort());
    this.line = new Line("q", 4, {
      mill: this.toy.mill,
      scan: HOUR,
      signal: ending.signal,
      onMore: () => {
        this.more += 1;
      },
      ...given,
    });
  }

  /** A name that is to be offered, of an entry with nothing in it. */
  put(): string {
    const file = formatName(this.name());
    linkSync(this.#file, join(this.folder, file));
    return file;
  }

  name(): Name {
    const now = Date.now();
    const due = Math.floor(now / 1000) - 2 * MANY + this.#made++;
    return { due, attempt: 0, id: newId(now) };
  }

  /** Waits until one may be taken, which is gone from the folder then; undefined where none is left. */
  async take(): Promise<string | undefined> {
    let waiting = this.line.next();
    if (!waiting)
      await until("one may be taken", () => {
        // A rest between two looks is over at once.
        this.toy.ahead += 1000;
        waiting = this.line.next();
        return waiting !== undefined || this.line.isEmpty;
      });
    if (!waiting) return undefined;
    this.line.begin(waiting);
    unlinkSync(join(this.folder, nameOf(waiting)));
    this.line.active -= 1;
    this.line.end(waiting);
    return nameOf(waiting);
  }

  async takeAll(): Promise<string[]> {
    const taken: string[] = [];
    for (let file = await this.take(); file; file = await this.take())
      taken.push(file);
    return taken;
  }
}

t.test("of many each is offered once, and those that come then", async (t) => {
  const field = new Field(t);
  const names = Array.from({ length: MANY }, () => field.put());
  const taken: string[] = [];
  for (let n = 0; n < 500; n += 1) {
    taken.push(String(await field.take()));
    names.push(field.put());
    field.line.hear();
  }
  taken.push(...(await field.takeAll()));
  t.same(taken.sort(), names.sort());
  t.equal(field.line.isFree, true);
});

t.test("what is known is worked off while a look is under way", async (t) => {
  const field = new Field(t);
  const names = Array.from({ length: 20 }, () => field.put());
  const taken = [await field.take()];
  for (let n = 0; n < MANY; n += 1) names.push(field.put());
  field.line.hear();
  field.toy.ahead += HOUR;
  for (let n = 1; n < 20; n += 1) taken.push(await field.take());
  t.equal(field.more, 0, "the look has not ended yet");
  taken.push(...(await field.takeAll()));
  t.same(taken.sort(), names.sort(), "and offers none of them again");
});

t.test("a queue that closes in a look offers nothing of it", async (t) => {
  const field = new Field(t);
  for (let n = 0; n < MANY; n += 1) field.put();
  t.equal(field.line.next(), undefined);
  t.equal(field.line.isEmpty, false, "a look is under way");
  field.toy.closedUntil = Date.now() + 100 * HOUR;
  t.equal(await field.take(), undefined);
  field.toy.closedUntil = undefined;
  t.equal((await field.takeAll()).length, MANY);
});

t.test("its lists' entries are found among many others", async (t) => {
  const field = new Field(t, { lists: new Set(["mine@x"]) });
  const put = (list: string, post: string) => {
    const file = formatName({ ...field.name(), lane: laneOf(list, post, 1) });
    const text = formatEnvelope({ ...envelope, list });
    mkdirSync(join(field.folder, file));
    writeFileSync(join(field.folder, file, "envelope.json"), text);
    return file;
  };
  for (let n = 0; n < 600; n += 1) put("other@x", `${n}`);
  const mine = [put("mine@x", "1"), put("mine@x", "2")];
  const found: string[] = [];
  await until("both are found", () => {
    const waiting = field.line.next();
    if (waiting) found.push(nameOf(waiting));
    return found.length === 2;
  });
  t.same(found.sort(), mine.sort());
});
