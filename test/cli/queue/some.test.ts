// queue retry --domain, queue drop --recipient: as a person says them.
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import queue from "../../../src/cli/queue.ts";
import { parseName } from "../../../src/spool/name.ts";
import { makeHome, news, verb, waiting } from "../atHome.ts";
import { put } from "./entries.ts";

async function homeWith(t: Test) {
  const home = await makeHome(t);
  const run = (args: string[], json = false) =>
    verb(t, home, queue, args, json);
  const folder = join(home, "spool/outbound/new");
  /** Whoever is on a list, and whether it is due. */
  const lists = () =>
    readdirSync(folder)
      .sort()
      .map((file) => {
        const due = parseName(file)?.due ?? 0;
        const list = readFileSync(join(folder, file, "recipients"), "utf8");
        return `${list.trimEnd().split("\n")} ${due * 1000 <= Date.now() ? "now" : "later"}`;
      })
      .sort();
  return { home, run, lists };
}

const later = { due: 600, attempt: 1 };

t.test("retry: of a domain, however it is written", async (t) => {
  const { home, run, lists } = await homeWith(t);
  put(home, { ...later, recipients: ["a@Bücher.example", "b@x.example"] });
  put(home, { ...later, recipients: ["c@xn--bcher-kva.EXAMPLE"] });
  put(home, { due: 600, recipients: ["d@bücher.example"] });
  t.match(await run(["retry", "--domain", "BÜCHER.example"]), {
    code: 0,
    out: [
      "outbound: 3 recipients of xn--bcher-kva.example due now, in 3 entries",
      "1 entry was divided",
      "",
    ].join("\n"),
    err: /Z outbound\/\S+: divided: 1 recipient of xn--bcher-kva\.example due now, the others \(1\) wait on\n/,
  });
  t.same(lists(), [
    "a@Bücher.example now",
    "b@x.example later",
    "c@xn--bcher-kva.EXAMPLE now",
    "d@bücher.example now",
  ]);
  t.match(await run(["retry", "--domain", "nobody.example", "outbound"]), {
    code: 0,
    out: "outbound: nobody of them is due now\n",
  });
});

t.test("retry: one recipient, of one list", async (t) => {
  const { home, run, lists } = await homeWith(t);
  const talk = "talk@lists.example.org";
  const recipients = ["Ann@x.example", "b@x.example"];
  put(home, { ...later, recipients, list: news });
  put(home, { ...later, recipients, list: talk });
  const args = ["retry", "--recipient", "Ann B <ann@X.example>", "--list"];
  t.match(JSON.parse((await run([...args, news.toUpperCase()], true)).out), {
    recipients: 1,
    entries: 1,
    divided: 1,
    busy: [],
  });
  t.same(lists(), [
    "Ann@x.example now",
    "Ann@x.example,b@x.example later",
    "b@x.example later",
  ]);
});

t.test("drop: wherever they wait, and nobody is told", async (t) => {
  const { home, run, lists } = await homeWith(t);
  const recipients = ["Ann@x.example", "b@y.example"];
  put(home, { ...later, recipients });
  const held = put(home, { recipients, queue: "held" });
  put(home, { ...later, recipients: ["ann@x.example"] });
  t.match(await run(["drop", "--recipient", "ann@x.example"]), {
    code: 0,
    out: [
      "dropped ann@x.example (3 times), in 3 entries; nobody is told",
      "1 entry has ended with it",
      "",
    ].join("\n"),
    err: /Z outbound\/\S+: dropped ann@x\.example, nobody is left\n/,
  });
  t.same(lists(), [`${recipients} later`]);
  t.match((await run(["show", held])).out, /"reason": "ann@x\.example"/);
  t.match(await run(["outbound"]), { out: /^outbound: 1 recipient waits/ });
  t.match(await run(["drop", "--domain", "@x.example"]), {
    code: 0,
    out: "nobody of them waits\n",
  });
  t.same(readdirSync(join(home, "spool/nodes")), [], "the node has left");
  for (const queue of ["outbound", "held"])
    t.same(readdirSync(join(home, "spool", queue, "cur")), []);
});

t.test("what a runner has at work is told at the end: exit 75", async (t) => {
  const { home, run, lists } = await homeWith(t);
  const node = "elsewhere.77.0mwwreval";
  // Of another host, and alive.
  mkdirSync(join(home, "spool/nodes", node, "lock"), { recursive: true });
  const id = put(home, { recipients: ["a@x.example", "b@x.example"], node });
  put(home, { ...later, recipients: ["a@x.example", "b@y.example"] });
  const busy = new RegExp(
    `outbound/${id} is at work on ${node} \\(2 of them\\); say it again in a moment$`,
  );
  t.match(await run(["retry", "--domain", "x.example"]), {
    code: 75,
    out: /^outbound: 1 recipient of x\.example due now/,
    err: busy,
  });
  t.same(lists(), ["a@x.example now", "b@y.example later"]);
  const { code, out } = await run(["drop", "--domain", "x.example"], true);
  t.equal(code, 75);
  t.match(JSON.parse(out), {
    recipients: 1,
    ended: 1,
    busy: [{ queue: "outbound", entry: id, node, recipients: 2 }],
  });
  t.same(lists(), ["b@y.example later"]);
});

t.test("what a dead runner had at work is taken over first", async (t) => {
  const { home, run, lists } = await homeWith(t);
  const node = "here.77.0mwwreval";
  put(home, { ...later, recipients: ["a@x.example", "b@y.example"], node });
  t.match(await run(["drop", "--domain", "x.example"]), {
    code: 0,
    err: /taken over from here\.77\.0mwwreval, attempt 2/,
  });
  t.notOk(existsSync(join(home, "spool/outbound/cur", node)));
  t.same(lists().length, 1);
});

t.test(
  "a list that there is not is told, unless something waits",
  async (t) => {
    const { home, run } = await homeWith(t);
    put(home, { ...later, recipients: ["a@x.example"], list: "gone@x.org" });
    const args = ["--domain", "x.example", "--list"];
    for (const action of ["retry", "drop"])
      t.match(await run([action, ...args, "nwes@lists.example.org"]), {
        code: 67,
        err: /^there is no list nwes@lists\.example\.org; make it with/,
      });
    t.match(await run(["drop", ...args, "news"]), {
      code: 67,
      err: /did you mean news@/,
    });
    t.match(await run(["drop", ...args, news]), {
      code: 0,
      out: "nobody of them waits\n",
    });
    t.match(await run(["drop", ...args, "Gone@x.org"]), {
      code: 0,
      out: /^dropped 1 recipient of x\.example, in 1 entry/,
    });
  },
);

t.test("without a spool nothing is made", async (t) => {
  const home = t.testdir({ "listmill.toml": "", lists: {} });
  t.match(
    await verb(t, home, queue, ["drop", "--domain", "x.example"], false),
    {
      code: 75,
      err: /this folder is missing; mount it/,
    },
  );
  t.same(readdirSync(home).sort(), ["listmill.toml", "lists"]);
});

t.test(
  "root is refused in the home of another account",
  { skip: process.getuid?.() !== 0 && "only root can be" },
  async (t) => {
    const { home, run } = await homeWith(t);
    writeFileSync(join(home, "listmill.toml"), "");
    chownSync(home, 12_345, 12_345);
    const id = put(home, {
      ...later,
      recipients: ["a@x.example", "b@y.example"],
    });
    for (const action of ["retry", "drop"])
      t.match(await run([action, "--domain", "x.example"]), {
        code: 77,
        err: /belongs to another account than root/,
      });
    t.match(waiting(home, "outbound"), [new RegExp(id)]);
  },
);
