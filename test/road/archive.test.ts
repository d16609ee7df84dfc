/**
 * Real list archives on their way through ours: taken in, put into threads, written out and read again; and
 * posts that come by the MTA's pipe, whether they want to be archived or not.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Catalogue } from "../../src/archive/catalogue.ts";
import { forestOf } from "../../src/archive/trees.ts";
import archive from "../../src/cli/archive.ts";
import { flat } from "../../src/mail/threads.ts";
import { verb } from "../cli/atHome.ts";
import { list, Mill } from "./mill.ts";
import { startSink } from "./sink.ts";

const corpus = "../shared/corpus/lists";
const skip = existsSync(corpus) ? false : `no corpus: ${corpus}`;
const other = "copy@lists.example.org";

/** Mailboxes and folders, and how many messages each has. */
function sources(): [path: string, messages: number][] {
  const table: Record<string, { messages: number | null }> = JSON.parse(
    readFileSync(join(corpus, "expected.json"), "utf8"),
  );
  return Object.entries(table).flatMap(([name, { messages }]) =>
    messages === null ? [] : [[join(corpus, name), messages]],
  );
}

t.test(
  "archives of others are taken in, and come out as they were",
  { skip },
  async (t) => {
    const mill = await Mill.make(t.testdir(), {
      smtp: "smtp://127.0.0.1:9",
      members: ["anna@example.org"],
    });
    await mill.tell(["list", "create", other]);
    let all = 0;
    let doubles = 0;
    for (const [path, messages] of sources()) {
      const args = ["import", list, "--doubles", "--mbox", path];
      const { out } = await verb(t, mill.home, archive, args, true);
      const { stored, known, refused } = JSON.parse(out);
      t.same([stored + known, refused], [messages, 0], path);
      all += messages;
      doubles += known;
    }
    const box = join(mill.home, "all.mbox");
    await mill.tell(["archive", "export", list, "--mbox", box]);
    await mill.tell(["archive", "import", other, "--doubles", "--mbox", box]);
    const [one, two] = [list, other].map(
      (name) => new Catalogue(mill.home, name),
    );
    if (!one || !two) throw new Error("no catalogue");
    t.teardown(() => {
      one.close();
      two.close();
    });
    const most = Number.MAX_SAFE_INTEGER;
    const sums = ({ index }: Catalogue) =>
      [...index.choose({ most })].map(({ sum }) => sum);
    t.equal(one.index.count, all - doubles);
    t.same(sums(two), sums(one), "byte for byte, in the same order");
    const rows = [...one.index.choose({ most })];
    const keys = [...flat(forestOf(rows))].flatMap(
      ({ key }) => key?.number ?? [],
    );
    t.equal(new Set(keys).size, rows.length, "each is in one thread");
    const threads = new Set(rows.map(({ thread }) => thread));
    t.comment(
      `${all} messages, ${doubles} of them twice, ${threads.size} threads`,
    );
    for (const name of [list, other])
      t.match(await mill.tell(["archive", "verify", name]), /all whole/);
  },
);

t.test("posts have links, and who wants no copy has none", async (t) => {
  const sink = await startSink(t);
  const mill = await Mill.make(t.testdir(), {
    smtp: sink.url,
    members: ["anna@example.org"],
    site: '[archive]\npermalink = "https://lists.example.org/{{list}}/{{hash}}"',
    list: 'policy = "open"',
  });
  const send = (id: string, field: string) =>
    mill.tell(
      ["receive", "--sender", "anna@example.org", list],
      `From: anna@example.org\nTo: ${list}\nMessage-ID: <${id}>\nSubject: ${id}\n${field}\nx\n`,
    );
  await send("a@b", "X-Other: yes\n");
  await send("private@b", "X-No-Archive: yes\n");
  // From outside nobody gets into a stream.
  for (const stream of ["archive", "events-amqp"]) {
    const to = list.replace("@", `-${stream}@`);
    const refused = mill.start(
      ["receive", "--sender", "x@example.net", to],
      "",
      "Subject: x\n\nx\n",
    );
    t.equal((await refused.ended).code, 77, stream);
  }
  await mill.finish();
  const shown = JSON.parse(
    await mill.tell(["archive", "list", list, "--json"]),
  );
  t.match(shown, [
    { number: 1, message_id: "a@b", hash: "2AZYWIZED4JE6LED7JXVQIMSAA437BO3" },
  ]);
  t.match(
    await mill.tell([
      "archive",
      "show",
      list,
      "2AZYWIZED4JE6LED7JXVQIMSAA437BO3",
    ]),
    `Archived-At: <https://lists.example.org/${list}/2AZYWIZED4JE6LED7JXVQIMSAA437BO3>`,
  );
  t.equal(sink.counts("Subject: private@b").get("anna@example.org"), 1);
  t.notMatch(
    sink.taken.find(({ text }) => text.includes("private@b"))?.text,
    "Archived-At",
  );
});
