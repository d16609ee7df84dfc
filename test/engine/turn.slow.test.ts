// Verdicts end to end: where the entry goes, and what its envelope says of it.
import {
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { blankEnvelope, formatEnvelope } from "../../src/spool/envelope.ts";
import { formatName } from "../../src/spool/name.ts";
import { MESSAGE, Toy } from "./toy.ts";

t.test("each exit code moves the entry where it says", async (t) => {
  const later = [
    [75, "not now", /^not now$/],
    [3, "it broke", /^exit code 3: it broke$/],
    [139, "", /^exit code 139: ended by SIGSEGV$/],
  ] as const;
  for (const [code, text, reason] of later) {
    const toy = new Toy(t);
    toy.shell("q/10-approve/10-first", `echo ${text}; exit ${code}`);
    toy.shell("q/20-route/10-on", "echo next");
    const { id, due } = await toy.put("q");
    await toy.turn("q");
    const { name, envelope, message } = toy.one("q");
    t.equal(name.id, id);
    t.equal(name.attempt, 1);
    t.ok(name.due >= due + 60 && name.due <= due + 77, "the first wait");
    t.match(envelope.history, [
      { where: "q/10-approve/10-first", what: "later", reason },
    ]);
    t.equal(message, MESSAGE);
    t.equal(
      toy.said.filter((line) => line.includes("q/10-approve/10-first")).length,
      1,
      `one line: ${toy.said}`,
    );
    t.equal(await toy.turn("q"), 0, "it is not due");
    t.same(toy.found("next"), []);
  }
  await t.test("pass", async (t) => {
    const toy = new Toy(t);
    toy.shell("q/10-approve/10-first", "exit 0");
    toy.shell("q/20-route/10-on", "echo next");
    await toy.put("q");
    await toy.turn("q");
    t.same(toy.found("q"), []);
    t.equal(toy.one("next").message, MESSAGE);
  });
  await t.test("skip", async (t) => {
    const toy = new Toy(t);
    toy.shell("q/10-approve/10-first", "exit 99");
    toy.shell("q/10-approve/20-never", "exit 77");
    toy.shell("q/20-route/10-on", "echo next");
    await toy.put("q");
    await toy.turn("q");
    toy.one("next");
  });
  await t.test("reject", async (t) => {
    const toy = new Toy(t);
    toy.shell("q/10-approve/10-first", "echo No spam, please.; exit 77");
    await toy.put("q");
    await toy.turn("q");
    t.same(toy.found("q"), []);
    const { message, recipients } = toy.one("outbound");
    t.equal(message, "Refused: No spam, please.\n");
    t.equal(recipients, "author@a.example\n");
    t.match(toy.said.at(-1), /rejected by q\/10-approve\/10-first: No spam/);
  });
  await t.test("hold, and a person's release", async (t) => {
    const toy = new Toy(t);
    toy.shell("q/10-approve/10-first", "echo Who are you?; exit 80");
    toy.shell("q/20-route/10-on", "echo next");
    const { id } = await toy.put("q");
    await toy.turn("q");
    const { name, envelope } = toy.one("held");
    t.equal(name.id, id);
    t.same(envelope.rest, { queue: "q", stage: "q/10-approve" });
    t.match(envelope.history, [{ what: "held", reason: "Who are you?" }]);
    const { rest: _, ...freed } = envelope;
    await toy.put("q", { envelope: { ...freed, passed: ["q/10-approve"] } });
    await toy.turn("q");
    toy.one("next");
  });
  await t.test("discard", async (t) => {
    const toy = new Toy(t);
    toy.shell("q/10-approve/10-first", "echo rubbish; exit 81");
    await toy.put("q");
    await toy.turn("q");
    for (const queue of toy.spool.queues()) t.same(toy.found(queue), []);
    t.match(toy.said, [/: discarded by q\/10-approve\/10-first: rubbish$/]);
  });
});

t.test(
  "programs are told of what is held or refused, in its commit",
  async (t) => {
    for (const [kind, code] of [
      ["hold", 80],
      ["reject", 77],
    ] as const)
      for (const tellsHeld of [false, true]) {
        const toy = new Toy(t);
        toy.tellsPrograms = true;
        toy.tellsHeld = tellsHeld;
        toy.shell("q/10-approve/10-first", `echo why; exit ${code}`);
        const { id } = await toy.put("q");
        await toy.turn("q");
        t.match(toy.one("programs").envelope, {
          recipient: `${kind}: why`,
          origin: `q/${id}`,
        });
        t.same(toy.found("q"), []);
        if (kind === "reject") toy.one("outbound");
        else t.equal(toy.one("held").name.id, id);
        t.equal(toy.found("told").length, Number(kind === "hold" && tellsHeld));
      }
  },
);

t.test("what is tried too long fails, with the reason", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/10-approve/10-first", "echo not now; exit 75");
  await toy.put("q");
  for (let tries = 0; toy.found("failed").length === 0; tries += 1) {
    if (tries > 500) throw new Error("it never failed");
    await toy.turn("q");
    toy.ahead += 600_000;
  }
  t.same(toy.found("q"), []);
  const { envelope, name } = toy.one("failed");
  t.ok(toy.ahead >= 86_400_000, "not before give_up");
  t.ok(name.attempt > 100, "however many tries that were");
  t.same(envelope.rest, { queue: "q" });
  t.equal(envelope.history.length, 20, "the oldest events fall off");
  t.match(envelope.history.at(-1), {
    what: "failed",
    reason: /^given up after \d+ tries: q\/10-approve\/10-first: not now$/,
  });
});

t.test("an entry that kills its runners fails at last", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/10-approve/10-first", "exit 0");
  const name = await toy.put("q");
  for (const attempt of [193, 194])
    await toy.put("q", {
      name: { ...name, id: `${name.id.slice(0, -3)}${attempt}`, attempt },
    });
  await toy.turn("q");
  const { envelope } = toy.one("failed");
  t.match(envelope.history, [
    { what: "failed", reason: "given up: it came back 194 times" },
  ]);
});

t.test("what cannot be read goes to failed and stays whole", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/10-approve/10-first", "exit 0");
  const put = async (message: string) =>
    toy.put("q", { message: [Buffer.from(message)] });
  await put("no colon\n");
  const broken = await put(MESSAGE);
  writeFileSync(
    join(toy.spool.waiting("q"), formatName(broken), "envelope.json"),
    "{",
  );
  const blank = await put(MESSAGE);
  writeFileSync(
    join(toy.spool.waiting("q"), formatName(blank), "envelope.json"),
    formatEnvelope(blankEnvelope(blank.id)),
  );
  const empty = await put(MESSAGE);
  rmSync(join(toy.spool.waiting("q"), formatName(empty), "message"));
  await toy.turn("q");
  t.same(toy.found("q"), []);
  const failed = toy.found("failed");
  t.same(failed.map(({ message }) => message).sort(), [
    "",
    MESSAGE,
    MESSAGE,
    "no colon\n",
  ]);
  const reasons = failed.map(({ envelope }) => envelope.history[0]?.reason);
  for (const reason of [
    /^no colon in its first line$/,
    /^envelope\.json: /,
    /^its envelope was lost$/,
    /^there is no message in the entry$/,
  ])
    t.ok(
      reasons.some((said) => reason.test(said ?? "")),
      `${reasons}`,
    );
});

t.test("a file of an MTA becomes an entry, with LF line ends", async (t) => {
  const toy = new Toy(t);
  toy.shell("incoming/20-route/10-on", "echo next");
  toy.spool.make("incoming");
  writeFileSync(
    join(toy.spool.waiting("incoming"), "1700000000.M1P2.host"),
    MESSAGE.replaceAll("\n", "\r\n"),
  );
  t.equal(await toy.turn("incoming"), 1);
  const { message, envelope } = toy.one("next");
  t.equal(message, MESSAGE);
  t.equal(envelope.recipient, "list@b.example");
});

t.test("a refused hook makes messages wait, and says what to do", async (t) => {
  const toy = new Toy(t);
  const file = toy.hook("q/10-approve/10-open", "#!/bin/sh\n", 0o777);
  await toy.put("q");
  await toy.turn("q");
  t.match(toy.one("q").envelope.history, [
    {
      what: "later",
      reason: `${file}: refused, others can write to it (chmod o-w)`,
    },
  ]);
});

t.test("a route to what can be no queue waits", async (t) => {
  for (const route of ["../etc", "q", "nodes", "Posts", "a b"]) {
    const toy = new Toy(t);
    toy.shell("q/20-route/10-on", `echo '${route}'`);
    await toy.put("q");
    await toy.turn("q");
    t.match(toy.one("q").envelope.history, [
      { reason: `it cannot be routed to "${route}"` },
    ]);
  }
});

t.test("an observed hook is asked, and its verdict only told", async (t) => {
  const toy = new Toy(t);
  toy.observe = ["q/10-approve/10-strict", "q/10-approve/20-inline"];
  toy.shell("q/10-approve/10-strict", "echo Never.; exit 77");
  toy.hook(
    "q/10-approve/20-inline.hook.mjs",
    "export default (ask) => { ask.emit({ recipient: 'x@y' }); return { kind: 'discard', reason: 'Away.' } }",
  );
  toy.shell("q/20-route/10-on", "echo next");
  await toy.put("q");
  await toy.turn("q");
  toy.one("next");
  t.same(toy.found("outbound"), []);
  t.same(toy.found("incoming"), []);
  const said = toy.said.join("\n");
  t.match(said, "q/10-approve/10-strict: observed, would be reject: Never.");
  t.match(said, "20-inline.hook.mjs: observed, would be discard: Away.");
});

t.test("a broken trade gives the entry back, with the reason", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/10-approve/10-first", "exit 0");
  const mill = toy.mill as { trade: (typeof toy.mill)["trade"] };
  mill.trade = {
    ...toy.mill.trade,
    place() {
      throw new Error("list.toml, line 3: no");
    },
  };
  await toy.put("q");
  await toy.turn("q");
  const { envelope, name } = toy.one("q");
  t.equal(name.attempt, 1);
  t.match(envelope.history, [
    { what: "later", reason: "list.toml, line 3: no" },
  ]);
  t.match(toy.said, [/waits \d+ s: list\.toml, line 3: no$/]);
});

t.test("a runner that lost its lease leaves the entry alone", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-on", "echo next");
  const { id } = await toy.put("q");
  toy.holds = false;
  await toy.turn("q");
  for (const queue of ["q", "next", "failed"]) t.same(toy.found(queue), []);
  t.match(toy.said, [/dropped: .*taken over/]);
  t.ok(toy.said[0]?.includes(id));
});

t.test(
  "results that were not committed are made anew, committed ones are published",
  async (t) => {
    const toy = new Toy(t);
    toy.shell("q/20-route/10-on", "echo next");
    const name = await toy.put("q");
    const path = join(toy.spool.waiting("q"), formatName(name));
    mkdirSync(join(path, "out.tmp/next.rubbish"), { recursive: true });
    mkdirSync(join(path, "work"));
    await toy.turn("q");
    toy.one("next");
    t.notOk(existsSync(path));
    await toy.put("x");
    const child = toy.one("x");
    const second = await toy.put("q");
    const out = join(toy.spool.waiting("q"), formatName(second), "out");
    mkdirSync(out);
    renameSync(child.path, join(out, `elsewhere.${formatName(child.name)}`));
    await toy.turn("q");
    t.equal(toy.one("elsewhere").name.id, child.name.id);
    t.equal(toy.found("next").length, 1, "its hooks did not run again");
  },
);

t.test(
  "children that cannot be written give the entry back, and the runner lives",
  async (t) => {
    const toy = new Toy(t);
    toy.shell("q/30-recipients/10-a", "seq -f '%g@x' 3");
    const { distributed, ...others } = toy.mill.trade;
    const mill = toy.mill as { trade: (typeof toy.mill)["trade"] };
    mill.trade = {
      ...others,
      distributed(subject, now) {
        const found = distributed(subject, now);
        // What JSON cannot hold stands for a disk that is full.
        return {
          ...found,
          envelope: { ...found.envelope, sender: 1n as never },
        };
      },
    };
    await toy.put("q");
    await toy.turn("q");
    t.match(toy.one("q").envelope.history, [
      { what: "later", reason: /BigInt/ },
    ]);
    t.same(toy.found("outbound"), []);
    mill.trade = { ...others, distributed };
    toy.ahead += 700_000;
    await toy.turn("q");
    t.equal(toy.one("outbound").recipients, "1@x\n2@x\n3@x\n");
  },
);
