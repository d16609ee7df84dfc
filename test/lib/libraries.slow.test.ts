// lib/listmill.py and lib/Listmill.pm: the same hook in both languages gives the same answers.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import t from "tap";
import { Toy, until } from "../engine/toy.ts";

interface Language {
  readonly name: string;
  readonly program: string;
  readonly end: string;
  /** A program around the body of a function of `ask`. */
  readonly hook: (body: string) => string;
  /** Bodies by what they do. */
  readonly bodies: Readonly<Record<string, string>>;
}

const python: Language = {
  name: "Python",
  program: "/usr/bin/python3",
  end: "py",
  hook: (body) =>
    `#!/usr/bin/python3\nimport os, sys, subprocess\nfrom listmill import serve\ndef hook(ask):\n${body.replace(/^/gm, "    ")}\nserve(hook)\n`,
  bodies: {
    nothing: "pass",
    reject: 'ask.reject("Not " + ask.header("subject") + " of " + ask.sender)',
    hold: 'ask.hold(ask.setting("colour") + ask.setting("none", " sky"))',
    later: 'try: ask.later("Soon")\nexcept Exception: pass',
    discard: 'return ask.discard("Gone")',
    skip: "ask.skip()",
    fails: 'raise RuntimeError("Ouch")',
    route: 'print("noise")\nsubprocess.run(["cat"])\nreturn "next"',
    edit: 'return ask.open().read().replace(b"Hello", b"Gr\\xfc\\xdfe")',
    large: 'return ask.open().read() + b"\\xfc\\n" * 200_000',
    crlf: 'return "Subject: new\\r\\n\\r\\nbody\\r\\n"',
    wrong: "return 5",
    recipients: 'return (f"{n}@a.example" for n in range(3))',
    broken: 'yield "a@a.example"\nraise RuntimeError("Ouch")',
    refine: "return reversed(list(ask.recipients()))",
    nobody: "return []",
    emit: 'ask.emit("a@b.example", "Subject: more\\n\\n")\nask.emit("c@d.example", b"Subject: due\\n\\n", due=2000000000)',
    nowhere: 'ask.emit("../x", "")',
    deliver:
      'return ((address, "sent", "250 Ok") for address in ask.recipients())',
  },
};

const perl: Language = {
  name: "Perl",
  program: "/usr/bin/perl",
  end: "pl",
  hook: (body) =>
    `#!/usr/bin/perl\nuse strict;\nuse warnings;\nuse Listmill;\nListmill::serve(sub {\nmy ($ask) = @_;\n${body}\n});\n`,
  bodies: {
    nothing: "return",
    reject:
      "$ask->reject('Not ' . $ask->header('subject') . ' of ' . $ask->sender)",
    hold: "$ask->hold($ask->setting('colour') . $ask->setting('none', ' sky'))",
    later: "$ask->later('Soon')",
    discard: "return $ask->discard('Gone')",
    skip: "$ask->skip",
    fails: 'die "RuntimeError: Ouch\\n"',
    route: 'print "noise\\n"; system "cat"; return "next"',
    edit: "(my $text = $ask->text) =~ s/Hello/Gr\\xfc\\xdfe/; return $text",
    large: 'return $ask->text . "\\xfc\\n" x 200_000',
    crlf: 'return "Subject: new\\r\\n\\r\\nbody\\r\\n"',
    wrong: "return 5",
    recipients: 'return [map { "$_\\@a.example" } 0 .. 2]',
    broken:
      'my $n = 0; return sub { die "RuntimeError: Ouch\\n" if $n++; "a\\@a.example" }',
    nobody: "return []",
    refine:
      "my $next = $ask->recipients; my @all; while (defined(my $it = $next->())) { unshift @all, $it } return \\@all",
    emit: '$ask->emit("a\\@b.example", "Subject: more\\n\\n"); $ask->emit("c\\@d.example", "Subject: due\\n\\n", 2000000000); return',
    nowhere: '$ask->emit("../x", "")',
    deliver:
      'my $next = $ask->recipients; return sub { my $it = $next->(); defined $it ? [$it, "sent", "250 Ok"] : undef }',
  },
};

for (const { name, program, end, hook, bodies } of [python, perl]) {
  const skip = existsSync(program) ? false : `no ${program}`;

  t.test(`a hook in ${name}`, { skip }, async (t) => {
    const toy = new Toy(t);
    let count = 0;
    /** One message past one hook. @returns its queue, and why it waits there */
    const pass = async (verb: string, body: string, message = "") => {
      count += 1;
      const queue = `q${count}`;
      toy.hook(
        `${queue}/${verb}/10-it.serve.${end}`,
        hook(bodies[body] ?? body),
      );
      if (verb !== "60-route" && verb !== "10-deliver")
        toy.shell(`${queue}/90-route/10-on`, `echo ${queue}x`);
      await toy.put(queue, {
        message: [Buffer.from(message || "Subject: it\n\nHello\n")],
        ...(verb === "10-deliver"
          ? { recipients: ["a@a.example", "b@b.example"] }
          : {}),
      });
      await toy.turn(queue);
      const [waits] = toy.found(queue);
      return { queue, reason: waits?.envelope.history[0]?.reason };
    };
    const went = (queue: string) => toy.one(`${queue}x`);
    const outcome = async (body: string) =>
      (await pass("10-approve", body)).reason;

    await t.test("verdicts", async (t) => {
      went((await pass("10-approve", "nothing")).queue);
      went((await pass("10-approve", "skip")).queue);
      t.equal(await outcome("reject"), undefined);
      t.match(toy.one("outbound").message, /^Refused: Not it of author@a/);
      await outcome("hold");
      t.equal(toy.one("held").envelope.history[0]?.reason, "blue sky");
      t.equal(await outcome("later"), "Soon");
      await outcome("discard");
      t.match(toy.said.at(-1), /discarded by .*: Gone$/);
      t.equal(await outcome("fails"), "RuntimeError: Ouch");
      t.match(await outcome("wrong"), /returned what approve cannot use/);
      t.match(await outcome("nowhere"), /approve hooks cannot emit/);
    });

    await t.test(
      "route, with noise on stdout and a child that reads",
      async (t) => {
        await pass("60-route", "route");
        t.equal(toy.one("next").message, "Subject: it\n\nHello\n");
        await until("it is logged", () =>
          toy.said.some((line) => line.endsWith(": noise")),
        );
      },
    );

    await t.test("edit, bytes as they are", async (t) => {
      const text = (path: string) =>
        readFileSync(join(path, "message"), "latin1");
      const edited = went((await pass("20-edit", "edit")).queue);
      t.equal(text(edited.path), "Subject: it\n\nGrüße\n");
      const large = went((await pass("20-edit", "large")).queue);
      t.equal(
        text(large.path),
        `Subject: it\n\nHello\n${"ü\n".repeat(200_000)}`,
      );
      const crlf = went((await pass("20-edit", "crlf")).queue);
      t.equal(crlf.message, "Subject: new\n\nbody\n");
      const same = went((await pass("20-edit", "nothing")).queue);
      t.equal(same.message, "Subject: it\n\nHello\n");
    });

    await t.test("recipients and refine", async (t) => {
      const queue = "list";
      const stage = (path: string, body: string) =>
        toy.hook(`${queue}/${path}.serve.${end}`, hook(bodies[body] ?? ""));
      stage("30-recipients/10-it", "recipients");
      stage("40-refine/10-it", "refine");
      stage("40-refine/20-same", "nothing");
      await toy.put(queue);
      await toy.turn(queue);
      const sent = toy
        .found("outbound")
        .filter(({ recipients }) => !recipients.includes("author"));
      t.same(
        sent.map(({ recipients }) => recipients),
        ["2@a.example\n1@a.example\n0@a.example\n"],
      );
      stage("30-recipients/10-it", "broken");
      await toy.put(queue);
      await toy.turn(queue);
      t.equal(
        toy.one(queue).envelope.history[0]?.reason,
        "RuntimeError: Ouch",
        "a failed source never shrinks a list",
      );
    });

    await t.test("emit", async (t) => {
      await pass("50-emit", "emit");
      const found = toy.found("incoming");
      t.same(
        found.map(({ message, envelope }) => [envelope.recipient, message]),
        [
          ["a@b.example", "Subject: more\n\n"],
          ["c@d.example", "Subject: due\n\n"],
        ],
      );
      t.equal(found[1]?.name.due, 2_000_000_000);
      const { reason } = await pass("50-emit", "nowhere");
      t.match(reason, /not an address: .*\.\.\/x/);
    });

    await t.test("deliver", async (t) => {
      const { queue } = await pass("10-deliver", "deliver");
      t.same(toy.found(queue), [], toy.said.slice(-3).join("\n"));
      t.match(toy.said.join("\n"), /2 .*sent|sent.* 2/);
    });

    await t.test("by hand", async (t) => {
      const stage = t.testdir({ "10-approve": {}, "40-refine": {} });
      const once = (verb: string, body: string, input: string) => {
        const file = join(stage, verb, "10-it");
        writeFileSync(file, hook(bodies[body] ?? ""), { mode: 0o755 });
        const { status, stdout } = spawnSync(file, ["--once"], {
          input,
          encoding: "latin1",
          env: {
            PYTHONPATH: resolve("lib"),
            PERL5LIB: resolve("lib"),
            LISTMILL_SENDER: "me",
          },
        });
        return [status, stdout];
      };
      const message = "Subject: it\n\n";
      t.same(once("10-approve", "reject", message), [77, "Not it of me\n"]);
      t.same(once("10-approve", "nothing", message), [0, ""]);
      t.same(once("10-approve", "fails", message), [
        75,
        "RuntimeError: Ouch\n",
      ]);
      t.same(once("40-refine", "refine", "a\nb\n"), [0, "b\na\n"]);
      t.same(once("40-refine", "nothing", "a\nb\n"), [0, "a\nb\n"]);
      t.same(once("40-refine", "skip", "a\nb\n"), [99, "a\nb\n"]);
      t.same(once("40-refine", "nobody", "a\nb\n"), [0, ""]);
      t.same(once("40-refine", "later", "a\nb\n"), [75, "Soon\n"]);
    });

    await t.test("fields that are unknown are passed over", async (t) => {
      const file = join(t.testdir(), "10-it");
      writeFileSync(file, hook(bodies.reject ?? ""), { mode: 0o755 });
      const question = {
        more: [1, -2.5e3, "]", [], { a: ['"}', null], b: {} }],
        id: "7",
        yes: true,
        no: false,
        verb: "approve",
        none: null,
        count: 0,
        deep: { one: { two: "}" } },
        variables: { LISTMILL_SENDER: "me", LISTMILL_COUNT: "2" },
        message: toy.hook("message", "Subject: it\n\n"),
        recipients: null,
        emit: null,
        output: "/dev/null",
        last: {},
      };
      const spaced = JSON.stringify(question, null, 1).replace(/\n/g, " ");
      const { stdout } = spawnSync(file, {
        input: `${JSON.stringify(question)}\n${spaced}\n`,
        encoding: "utf8",
        env: { PYTHONPATH: resolve("lib"), PERL5LIB: resolve("lib") },
      });
      const answer = { id: "7", code: 77, reason: "Not it of me" };
      t.same(
        stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
        [answer, answer],
      );
    });
  });

  t.test(`headers of strangers, in ${name}`, { skip }, async (t) => {
    const toy = new Toy(t);
    const say =
      name === "Python"
        ? 'ask.later("|".join(ask.headers("X-It")) + "|" + ask.get("SUBJECT"))'
        : "$ask->later(join('|', $ask->header('X-It'), $ask->get('SUBJECT')))";
    toy.hook(`q/10-approve/10-it.serve.${end}`, hook(say));
    toy.environment.LISTMILL_SETTING_FOOTER =
      'a "quoted" {brace} \\ and \u2028 \u{1f600} \ud800';
    await toy.put("q", {
      message: [
        Buffer.from(
          'Subject: "}\\ \x01ü\u{1f600}\nx-it:one\n\ttwo\nX-IT : three\nnot a field\nX-It:\n\nX-It: body\n',
        ),
      ],
    });
    await toy.turn("q");
    t.equal(
      toy.one("q").envelope.history[0]?.reason,
      `one two|three||Subject: "}\\  ü\u{1f600}`,
    );
  });
}
