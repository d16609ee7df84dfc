// What is done once stays done: consumers, deliveries and edits over several tries.
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { MESSAGE, Toy } from "./toy.ts";

/** A mill whose hooks write their names into a diary. */
function diarist(t: Test) {
  const toy = new Toy(t);
  const diary = join(toy.home, "diary");
  const trouble = join(toy.home, "trouble");
  appendFileSync(trouble, "");
  const emit = (to: string) =>
    `mkdir -p "$LISTMILL_EMIT/${to}"; cat >"$LISTMILL_EMIT/${to}/1"`;
  return {
    toy,
    /** Adds a hook that fails with `code` as long as there is trouble. */
    hook(path: string, text: string, code = 0) {
      toy.shell(
        path,
        `echo ${path} >>${diary}; ${text}\n[ -e ${trouble} ] && exit ${code}; exit 0`,
      );
    },
    emit,
    mend: () => rmSync(trouble),
    diary: () => readFileSync(diary, "utf8").trim().split("\n"),
    recipients: () =>
      toy.found("incoming").map(({ envelope }) => envelope.recipient),
    async again() {
      toy.ahead += 700_000;
      await toy.turn("q");
    },
  };
}

t.test("a consumer that fails is asked again alone", async (t) => {
  const { toy, hook, emit, diary, recipients, again, mend } = diarist(t);
  hook("q/10-consume/10-good", emit("good@x"));
  hook("q/10-consume/20-bad", emit("bad@x"), 1);
  hook("q/10-consume/30-quiet", "");
  const { id } = await toy.put("q");
  await toy.turn("q");
  t.same(recipients(), ["good@x"], "what the good one emitted went out");
  t.equal(toy.one("q").name.id, id);
  t.same(toy.one("q").progress.trim().split("\n"), [
    "done\tq/10-consume/10-good",
    "done\tq/10-consume/30-quiet",
  ]);
  await again();
  mend();
  await again();
  t.same(recipients().sort(), ["bad@x", "good@x"], "once");
  t.same(toy.found("q"), []);
  t.same(diary(), [
    "q/10-consume/10-good",
    "q/10-consume/20-bad",
    "q/10-consume/30-quiet",
    "q/10-consume/20-bad",
    "q/10-consume/20-bad",
  ]);
});

t.test("what other hooks emit waits until all is done", async (t) => {
  const { toy, hook, emit, recipients, again, mend } = diarist(t);
  hook("q/05-emit/10-copy", emit("copy@x"));
  hook("q/10-consume/10-good", emit("good@x"));
  hook("q/10-consume/20-bad", "", 1);
  await toy.put("q");
  await toy.turn("q");
  await again();
  t.same(recipients(), ["good@x"]);
  mend();
  await again();
  t.same(recipients().sort(), ["copy@x", "good@x"], "each once");
});

t.test(
  "an emit hook that fails does not double what others emitted",
  async (t) => {
    const { toy, hook, emit, recipients, again, mend } = diarist(t);
    hook("q/50-emit/10-good", emit("good@x"));
    hook("q/50-emit/20-bad", "", 1);
    await toy.put("q");
    await toy.turn("q");
    await again();
    t.same(recipients(), []);
    mend();
    await again();
    t.same(recipients(), ["good@x"]);
  },
);

t.test(
  "a refusal of one consumer is kept once, whatever becomes of the others",
  async (t) => {
    const { toy, hook, again, mend } = diarist(t);
    hook("q/10-consume/10-no", "echo Not mine.; exit 77");
    hook("q/10-consume/20-bad", "", 1);
    await toy.put("q");
    await toy.turn("q");
    await again();
    mend();
    await again();
    const { envelope, message } = toy.one("failed");
    t.equal(message, MESSAGE);
    t.match(envelope, {
      rest: { queue: "q" },
      history: [
        { where: "q/10-consume/10-no", what: "failed", reason: "Not mine." },
      ],
    });
    t.same(toy.found("q"), []);
  },
);

t.test(
  "consumers that are through keep what they emitted when another holds or gives up",
  async (t) => {
    for (const [code, where] of [
      [80, "held"],
      [75, "failed"],
    ] as const) {
      const { toy, hook, emit, recipients } = diarist(t);
      hook("q/10-consume/10-good", emit("good@x"));
      hook("q/10-consume/20-bad", "", code);
      await toy.put("q");
      if (where === "failed") toy.ahead = 90_000_000;
      await toy.turn("q");
      t.same(recipients(), ["good@x"]);
      const { progress, envelope } = toy.one(where);
      t.equal(progress, "done\tq/10-consume/10-good\n");
      t.equal(envelope.rest?.queue, "q");
    }
  },
);

t.test("a person's release of a consumer's hold counts", async (t) => {
  const { toy, hook, diary } = diarist(t);
  hook("q/10-consume/10-strict", "", 80);
  await toy.put("q");
  await toy.turn("q");
  const { envelope } = toy.one("held");
  const passed = [String(envelope.rest?.stage)];
  await toy.put("q", { envelope: { ...envelope, passed } });
  await toy.turn("q");
  t.equal(toy.found("held").length, 1, "only the first");
  t.same(toy.found("q"), []);
  t.equal(diary().length, 2);
});

t.test("a consumer that waits is tried before a person is asked", async (t) => {
  const { toy, hook } = diarist(t);
  hook("q/10-consume/10-later", "", 75);
  hook("q/10-consume/20-hold", "", 80);
  await toy.put("q");
  await toy.turn("q");
  t.equal(toy.one("q").envelope.history[0]?.where, "q/10-consume/10-later");
});

t.test("a retry begins with the message as it came", async (t) => {
  const { toy, hook, emit, again, mend } = diarist(t);
  toy.shell("q/05-edit/10-mark", "sed '1aX-Mark: 1'");
  hook("q/10-consume/10-good", emit("good@x"));
  hook("q/10-consume/20-bad", emit("bad@x"), 1);
  await toy.put("q");
  await toy.turn("q");
  t.equal(toy.one("q").message, MESSAGE);
  mend();
  await again();
  const marked = MESSAGE.replace("\n", "\nX-Mark: 1\n");
  t.same(
    toy.found("incoming").map(({ message }) => message),
    [marked, marked],
  );
});

/** A deliver hook that says what stands in a plan, `address kind` a line, and writes a diary. */
function deliverer(t: Test) {
  const toy = new Toy(t);
  const diary = join(toy.home, "diary");
  toy.shell(
    "outbound/10-deliver/10-a",
    `tr '\\n' ' ' <"$LISTMILL_RECIPIENTS" >>${diary}; echo >>${diary}
cat ${toy.home}/plan`,
  );
  return {
    toy,
    plan(...lines: string[]) {
      const text = lines.map((line) => `${line.replaceAll(" ", "\t")}\n`);
      rmSync(join(toy.home, "plan"), { force: true });
      appendFileSync(join(toy.home, "plan"), text.join(""));
    },
    diary: () =>
      existsSync(diary)
        ? readFileSync(diary, "utf8")
            .trimEnd()
            .split("\n")
            .map((line) => line.trim())
        : [],
  };
}

t.test("only those who have not got it are tried again", async (t) => {
  const { toy, plan, diary } = deliverer(t);
  plan("a@x sent ok", "b@x later 451", "a@x never 550");
  await toy.put("outbound", { recipients: ["a@x", "b@x", "c@x"] });
  await toy.turn("outbound");
  const entry = toy.one("outbound");
  const silence = "no deliver hook said what became of it";
  t.equal(
    entry.progress.trimEnd(),
    `sent\t1\tok\nlater\t2\t451\nlater\t3\t${silence}`,
    "the first word counts",
  );
  t.match(entry.envelope.history, [
    { what: "later", where: "outbound", reason: "2 (451)" },
  ]);
  t.equal(toy.said.filter((line) => /sent 1, later 2/.test(line)).length, 1);
  plan("b@x sent ok", "c@x never 550");
  toy.ahead += 700_000;
  await toy.turn("outbound");
  t.same(toy.found("outbound"), []);
  t.equal(toy.one("incoming").message, "Failed: c@x\n");
  t.same(diary(), ["a@x b@x c@x", "b@x c@x"]);
});

t.test(
  "a failure that was noted before a crash is still reported",
  async (t) => {
    const { toy, plan, diary } = deliverer(t);
    plan("b@x sent ok");
    await toy.put("outbound", {
      recipients: ["a@x", "b@x", "c@x"],
      progress: ["never\t1\t550 no", "sent\t3\tok"],
    });
    await toy.turn("outbound");
    t.same(diary(), ["b@x"]);
    t.equal(toy.one("incoming").message, "Failed: a@x\n");
    t.same(toy.found("outbound"), []);
  },
);

t.test("those who cannot be reached until give_up are reported", async (t) => {
  const { toy, plan } = deliverer(t);
  plan("a@x later 451 wait");
  await toy.put("outbound", { recipients: ["a@x", "b@x"] });
  toy.ahead = 90_000_000;
  await toy.turn("outbound");
  t.same(toy.found("outbound"), []);
  t.equal(toy.one("incoming").message, "Failed: a@x,b@x\n");
});

t.test(
  "a delivery that fails without a word leaves all for later",
  async (t) => {
    const { toy, diary } = deliverer(t);
    toy.shell("outbound/10-deliver/10-a", "echo rubbish; exit 1");
    await toy.put("outbound", { recipients: ["a@x"] });
    await toy.turn("outbound");
    t.equal(toy.one("outbound").recipients, "a@x\n");
    t.same(diary(), []);
    t.ok(toy.said.some((line) => line.includes('not "address TAB sent')));
  },
);

t.test("a retry after failures carries what consumers have done", async (t) => {
  const { toy, plan } = deliverer(t);
  plan("a@x never 550", "b@x later 451");
  const once = join(toy.home, "once");
  toy.shell("outbound/20-consume/10-count", `echo x >>${once}`);
  toy.shell(
    "outbound/30-emit/10-copy",
    'mkdir "$LISTMILL_EMIT/copy@x"; cat >"$LISTMILL_EMIT/copy@x/1"',
  );
  await toy.put("outbound", { recipients: ["a@x", "b@x"] });
  await toy.turn("outbound");
  t.equal(toy.one("outbound").recipients, "b@x\n");
  plan("b@x sent ok");
  toy.ahead += 700_000;
  await toy.turn("outbound");
  t.same(toy.found("outbound"), []);
  t.equal(readFileSync(once, "utf8"), "x\n");
  t.same(
    toy
      .found("incoming")
      .map(({ message }) => message)
      .sort(),
    ["Failed: a@x\n", MESSAGE],
    "one report, one copy",
  );
});

t.test(
  "a delivery's retry begins with the message as it came, too",
  async (t) => {
    const { toy, plan } = deliverer(t);
    toy.shell("outbound/05-edit/10-mark", "sed '1aX-Mark: 1'");
    plan("a@x never 550", "b@x later 451");
    await toy.put("outbound", { recipients: ["a@x", "b@x"] });
    await toy.turn("outbound");
    t.equal(toy.one("outbound").message, MESSAGE);
  },
);

t.test("a message that nobody names a queue for waits", async (t) => {
  const toy = new Toy(t);
  toy.shell("q/20-route/10-silent", "exit 0");
  await toy.put("q");
  await toy.turn("q");
  const { name, envelope } = toy.one("q");
  t.equal(name.attempt, 1);
  t.match(envelope.history.at(-1)?.reason, /no route hook named a queue/);
});
