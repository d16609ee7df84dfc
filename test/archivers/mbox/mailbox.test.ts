import {
  appendFileSync,
  existsSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { append, mend, settle } from "../../../src/archivers/mbox/mailbox.ts";

const piece = (number: number, body = "x".repeat(300)) => ({
  number,
  identity: `ID${number}`,
  from: "From a@x.org Thu Nov 26 16:02:59 2026\n",
  async *bytes() {
    yield Buffer.from("From a@x.org Thu Nov 26 16:02:59 2026\n");
    yield Buffer.from(`Subject: ${number}\n\n${body}\n\n`);
  },
});
const whole = async (number: number) => {
  let text = "";
  for await (const part of piece(number).bytes()) text += part;
  return text;
};

t.test("a torn tail goes, wherever it was torn", async (t) => {
  const path = join(t.testdir(), "box");
  await append(path, piece(1));
  settle(path);
  const before = readFileSync(path, "utf8");
  for (let cut = 0; cut < (await whole(2)).length; cut += 7) {
    await append(path, piece(2));
    truncateSync(path, before.length + cut);
    t.equal(await mend(path), undefined);
    t.equal(readFileSync(path, "utf8"), before, `cut after ${cut}`);
  }
});

t.test("what is whole is told", async (t) => {
  const path = join(t.testdir(), "box");
  await append(path, piece(1));
  t.match(await mend(path), { number: 1, identity: "ID1" });
  appendFileSync(path, "From b@x.org Thu Nov 26 16:03:59 2026\n\n\n");
  t.match(await mend(path), { number: 1 }, "whoever has written since");
  settle(path);
  t.equal(await mend(path), undefined);
  settle(path);
});

t.test("what others have written is never cut", async (t) => {
  const path = join(t.testdir(), "box");
  await append(path, piece(1));
  const torn = (await whole(1)).slice(0, 60);
  const theirs = "\nFrom b@x.org Thu Nov 26 16:03:59 2026\nSubject: b\n\n\n";
  for (const text of [torn + theirs, `something else ${torn}`, "short"]) {
    writeFileSync(path, text);
    t.equal(await mend(path), undefined);
    t.equal(readFileSync(path, "utf8"), text);
  }
});

t.test("mail behind a line that was torn in the middle stays", async (t) => {
  const path = join(t.testdir(), "box");
  const theirs = "From b@x.org Thu Nov 26 16:03:59 2026\nSubject: b\n\n\n";
  const long = piece(2, "x".repeat(200_000));
  // One that stands where two reads meet.
  for (const torn of [60, 150, 64 * 1024 + 10, 64 * 1024 + 40]) {
    writeFileSync(path, "");
    await append(path, long);
    truncateSync(path, torn);
    appendFileSync(path, theirs);
    const text = readFileSync(path, "utf8");
    t.equal(await mend(path), undefined);
    t.equal(readFileSync(path, "utf8"), text, `torn after ${torn}`);
  }
});

t.test("what cannot be written to its end is taken back", async (t) => {
  const path = join(t.testdir(), "box");
  await append(path, piece(1));
  settle(path);
  const before = readFileSync(path, "utf8");
  let asked = 0;
  const broken = {
    ...piece(2),
    async *bytes() {
      asked += 1;
      for await (const part of piece(2).bytes()) {
        yield part;
        if (asked > 1) throw new Error("no space left");
      }
    },
  };
  await t.rejects(append(path, broken), /no space left/);
  t.equal(readFileSync(path, "utf8"), before);
  t.notOk(existsSync(join(path, "../.box.pending")));
});

t.test("a file that another program has left without an end", async (t) => {
  const theirs = "From b@x.org Thu Nov 26 16:03:59 2026\nSubject: b\n\nbody";
  for (const end of ["", "\n", "\n\n"]) {
    const path = join(t.testdir(), "box");
    writeFileSync(path, theirs + end);
    await append(path, piece(1));
    t.equal(readFileSync(path, "utf8"), `${theirs}\n\n${await whole(1)}`);
    truncateSync(path, theirs.length + 3);
    await mend(path);
    t.equal(readFileSync(path, "utf8"), theirs + end);
  }
});

t.test("a mailbox that somebody took away is begun anew", async (t) => {
  const path = join(t.testdir(), "box");
  writeFileSync(
    join(path, "../.box.pending"),
    JSON.stringify({
      was: 5,
      start: 5,
      end: 9,
      digest: "",
      from: "",
      number: 1,
      identity: "x",
    }),
  );
  t.equal(await mend(path), undefined);
  t.notOk(existsSync(path));
});
