// Whatever befalls a spool is found, a repair leaves nothing to do, loses no message, and leaves no
// entry to be sent twice.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { parseName } from "../../../src/spool/name.ts";
import { isResting, Spool } from "../../../src/spool/spool.ts";
import { entriesIn } from "../../../src/spool/verify/copies.ts";
import { dead, look, messagesOf, wholeHome } from "./fixtures/whole.ts";

t.setTimeout(120_000);

const dir = t.testdir();
const template = join(dir, "template");

t.before(async () => {
  mkdirSync(template);
  await wholeHome(template);
});

/** All paths below a spool, sorted. */
function pathsIn(home: string): string[] {
  const root = join(home, "spool");
  return (readdirSync(root, { recursive: true }) as string[])
    .map((path) => join(root, path))
    .sort();
}

/** Folders of entries, but for those that nobody would miss. */
function entriesOf(home: string): string[] {
  return pathsIn(home).filter(
    (path) =>
      parseName(basename(path).replace(/^[a-z]+\./, "")) &&
      !path.includes("out.tmp") &&
      statSync(path).isDirectory(),
  );
}

/** Files without which an entry is not whole. */
function filesOf(home: string): string[] {
  return entriesOf(home)
    .filter((path) => !readdirSync(path).includes("out"))
    .flatMap((path) =>
      readdirSync(path)
        .filter((file) => needed(path).includes(file))
        .map((file) => join(path, file)),
    );
}

function needed(entry: string): string[] {
  const files = ["message", "recipients", "given"];
  return entry.includes("/incoming/") ? files : [...files, "envelope.json"];
}

const pick = <T>(all: readonly T[], at: number) => all[at % all.length] as T;

/** Each does some harm, and says where something must be found. */
const harms: Record<
  string,
  (home: string, at: number, more: number) => string | undefined
> = {
  remove(home, at) {
    const path = pick(filesOf(home), at);
    rmSync(path);
    return dirname(path);
  },
  empty(home, at) {
    const path = pick(filesOf(home), at);
    // Entries of a post share a file: it gets a name of its own.
    rmSync(path);
    writeFileSync(path, "");
    return dirname(path);
  },
  tear(home, at, more) {
    const path = pick(
      filesOf(home).filter((it) => !it.endsWith("message")),
      at,
    );
    const { size } = statSync(path);
    const before = join(dir, "torn");
    cpSync(path, before);
    rmSync(path);
    cpSync(before, path);
    if (size > 4) truncateSync(path, (more % (size - 4)) + 1);
    return undefined;
  },
  copy(home, at, more) {
    const path = pick(entriesOf(home), at);
    const spool = new Spool(join(home, "spool"));
    const name = basename(path).replace(/^[a-z]+\./, "");
    const queue = pick(["posts", "outbound", "digest", "held"], more);
    const folder = pick(
      [spool.waiting(queue), spool.claimed(queue, dead)],
      more >> 2,
    );
    const to = join(
      folder,
      pick([name, name.replace(/\.\d+\./, ".7.")], more >> 3),
    );
    if (readdirSync(dirname(path)).includes("out")) return undefined;
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).includes(basename(to))) return undefined;
    cpSync(path, to, { recursive: true });
    return undefined;
  },
  rename(home, at) {
    const path = pick(
      entriesOf(home).filter((it) => basename(dirname(it)) === "new"),
      at,
    );
    renameSync(path, `${path}~`);
    return `${path}~`;
  },
  file(home, at) {
    const path = pick(
      entriesOf(home).filter((it) => basename(dirname(it)) === "new"),
      at,
    );
    if (path.includes("/incoming/")) return undefined;
    rmSync(path, { recursive: true });
    writeFileSync(path, `Subject: a file ${at}\n`);
    return path;
  },
  folder(home, at) {
    const all = pathsIn(home).filter((it) => /\/(tmp|cur)$/.test(it));
    const path = pick(all, at);
    if (readdirSync(path).length > 0) return undefined;
    rmSync(path, { recursive: true });
    return path;
  },
  close(home, at) {
    chmodSync(pick(entriesOf(home), at), 0o700);
    return undefined;
  },
};

/** Ids that would be worked on, each as often as it would be. */
function worked(home: string): string[] {
  const spool = new Spool(join(home, "spool"));
  return spool
    .queues()
    .filter((queue) => !isResting(queue))
    .flatMap((queue) =>
      [...entriesIn(spool, queue)].flatMap(({ name, path }) => {
        const files = readdirSync(path);
        if (!files.includes("out")) return [name.id];
        return readdirSync(join(path, "out")).map(
          (child) => parseName(child.replace(/^[a-z]+\./, ""))?.id ?? "",
        );
      }),
    )
    .sort();
}

t.test("whatever befalls it, it is found and put right", async (t) => {
  let runs = 0;
  const harm = fc.tuple(
    fc.constantFrom(...Object.keys(harms)),
    fc.nat(1000),
    fc.nat(1000),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(harm, { minLength: 1, maxLength: 4 }),
      async (wishes) => {
        const home = join(dir, `home${runs++}`);
        cpSync(template, home, { recursive: true });
        const places: string[] = [];
        for (const [kind, at, more] of wishes) {
          const place = harms[kind]?.(home, at, more);
          if (place) places.push(place.slice(home.length + 1));
        }
        const messages = messagesOf(home);
        const { findings } = await look(home);
        if (wishes.length === 1)
          for (const place of places)
            if (!findings.some(({ path }) => path.startsWith(place)))
              throw new Error(`${place}: nothing was found`);
        const put = await look(home, true);
        const again = await look(home, true);
        rmSync(join(home, "spool", "nodes"), { recursive: true });
        const ids = worked(home);
        const after = messagesOf(home);
        rmSync(home, { recursive: true });
        const left = again.findings.filter(({ level }) => level === "broken");
        if (put.broken > 0 || left.length > 0)
          throw new Error(`left: ${JSON.stringify([put.findings, left])}`);
        for (const message of messages)
          if (!after.has(message)) throw new Error(`lost: ${message}`);
        if (new Set(ids).size < ids.length)
          throw new Error(`twice: ${ids.join()}`);
      },
    ),
    {
      numRuns: 30,
      // An entry that was copied with what it has committed, and one of that, too.
      examples: [
        [
          [
            ["copy", 0, 430],
            ["copy", 425, 0],
          ],
        ],
      ],
    },
  );
  t.pass();
});
