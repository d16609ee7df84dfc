// One contract, two ways to run: what a forked hook and an inline one answer has the same effect.
import t from "tap";
import { MESSAGE, Toy } from "./toy.ts";

interface Case {
  readonly what: string;
  readonly forked: Record<string, string>;
  readonly inline: Record<string, string>;
  readonly recipients?: readonly string[];
  /** Where things are then: `queue: message | recipients | recipient`. */
  readonly after: readonly string[];
}

const emits = (path: string) =>
  `mkdir -p "$LISTMILL_EMIT/${path.split("/")[0]}"; cat >"$LISTMILL_EMIT/${path}"`;
const content = "[Buffer.from('Subject: new\\n\\nbody\\n')]";
const same = (name: string) => `next: ${name} |  | list@b.example`;
const original = MESSAGE.replaceAll("\n", "/");
const edited = "Subject: edited/X: 1//Hello/";

const cases: readonly Case[] = [
  {
    what: "approve: a pass",
    forked: { "q/10-approve/10-a": "echo fine" },
    inline: { "q/10-approve/10-a": "return { kind: 'pass' }" },
    after: [same(original)],
  },
  {
    what: "approve: a refusal",
    forked: { "q/10-approve/10-a": "echo No.; exit 77" },
    inline: { "q/10-approve/10-a": "return { kind: 'reject', reason: 'No.' }" },
    after: ["outbound: Refused: No./ | author@a.example | author@a.example"],
  },
  {
    what: "route: the first that answers wins",
    forked: {
      "q/20-route/10-silent": "exit 0",
      "q/20-route/20-a": "echo ' next '; echo more",
      "q/20-route/30-b": "echo other",
    },
    inline: {
      "q/20-route/10-silent": "",
      "q/20-route/20-a": "return ' next '",
      "q/20-route/30-b": "return 'other'",
    },
    after: [same(original)],
  },
  {
    what: "route: out of the mill",
    forked: { "q/20-route/10-a": "echo outbound" },
    inline: { "q/20-route/10-a": "return 'outbound'" },
    after: [`outbound: ${original} | list@b.example | list@b.example`],
  },
  {
    what: "edit: one after the other, nothing printed changes nothing",
    forked: {
      "q/20-edit/10-subject": "sed 's/^Subject:.*/Subject: edited/'",
      "q/20-edit/20-nothing": "exit 0",
      "q/20-edit/30-field": "sed '1aX: 1'",
    },
    inline: {
      "q/20-edit/10-subject":
        "return text(ask.message.text.replace(/^Subject:.*/, 'Subject: edited'))",
      "q/20-edit/20-nothing": "",
      "q/20-edit/30-field":
        "return text(ask.message.text.replace('\\n', '\\nX: 1\\n'))",
    },
    after: [same(edited)],
  },
  {
    what: "recipients: appended, one entry for all",
    forked: {
      "q/30-recipients/10-a": "echo a@x; echo; echo b@x",
      "q/30-recipients/20-b": "echo c@y",
      "q/30-recipients/30-none": "exit 0",
    },
    inline: {
      "q/30-recipients/10-a": "return ['a@x', '', 'b@x']",
      "q/30-recipients/20-b": "return (async function* () { yield 'c@y' })()",
      "q/30-recipients/30-none": "return []",
    },
    after: [`outbound: ${original} | a@x b@x c@y | `, same(original)],
  },
  {
    what: "recipients: one that fails makes the message wait",
    forked: {
      "q/30-recipients/10-a": "echo a@x",
      "q/30-recipients/20-b": "echo b@x; exit 1",
    },
    inline: {
      "q/30-recipients/10-a": "return ['a@x']",
      "q/30-recipients/20-b":
        "return (function* () { yield 'b@x'; throw new Error('down') })()",
    },
    after: [`q: ${original} |  | list@b.example`],
  },
  {
    what: "refine: the list goes through each",
    forked: {
      "q/30-recipients/10-a": "echo b@x; echo a@x; echo b@x",
      "q/40-refine/10-unique": "sort -u",
      "q/40-refine/20-more": "cat; echo z@x",
    },
    inline: {
      "q/30-recipients/10-a": "return ['b@x', 'a@x', 'b@x']",
      "q/40-refine/10-unique":
        "return [...new Set(await Array.fromAsync(ask.recipients()))].sort()",
      "q/40-refine/20-more":
        "return (async function* () { yield* ask.recipients(); yield 'z@x' })()",
    },
    after: [`outbound: ${original} | a@x b@x z@x | `, same(original)],
  },
  {
    what: "refine: an empty list is empty",
    forked: {
      "q/30-recipients/10-a": "echo a@x",
      "q/40-refine/10-none": "cat >/dev/null",
    },
    inline: {
      "q/30-recipients/10-a": "return ['a@x']",
      "q/40-refine/10-none": "return []",
    },
    after: [same(original)],
  },
  {
    what: "refine: without a list nothing is asked",
    forked: { "q/40-refine/10-a": "cat" },
    inline: { "q/40-refine/10-a": "return ['a@x']" },
    after: [same(original)],
  },
  {
    what: "emit: messages for now and for later",
    forked: {
      "q/50-emit/10-a": `printf 'Subject: new\\n\\nbody\\n' | (${emits("now@x/1")})`,
      "q/50-emit/20-b": emits("later@x/4000000000.copy"),
    },
    inline: {
      "q/50-emit/10-a": `ask.emit({ recipient: 'now@x', content: ${content} })`,
      "q/50-emit/20-b": "ask.emit({ recipient: 'later@x', due: 4000000000 })",
    },
    after: [
      "incoming: Subject: new//body/ |  | now@x",
      `incoming: 4000000000 ${original} |  | later@x`,
      same(original),
    ],
  },
  {
    what: "emit: what a hook emits that fails does not go out",
    forked: {
      "q/50-emit/10-a": emits("a@x/1"),
      "q/50-emit/20-b": `${emits("b@x/1")}; exit 1`,
    },
    inline: {
      "q/50-emit/10-a": "ask.emit({ recipient: 'a@x' })",
      "q/50-emit/20-b":
        "ask.emit({ recipient: 'b@x' }); throw new Error('down')",
    },
    after: [`q: ${original} |  | list@b.example`],
  },
  {
    what: "deliver: sent, later and never",
    recipients: ["a@x", "b@x", "c@x", "d@x"],
    forked: {
      "outbound/10-deliver/10-a":
        'while read -r a; do case $a in a@x) echo "$a\tsent\t250 ok";; b@x) echo "$a\tlater\t451 wait";; c@x) echo "$a\tnever\t550 no";; esac; done <"$LISTMILL_RECIPIENTS"; echo "stranger@x\tsent\tok"',
    },
    inline: {
      "outbound/10-deliver/10-a": `return (async function* () {
        const kinds = { 'a@x': 'sent', 'b@x': 'later', 'c@x': 'never' };
        for await (const address of ask.recipients())
          if (kinds[address]) yield [{ address, kind: kinds[address], reply: 'x' }];
        yield [{ address: 'stranger@x', kind: 'sent', reply: '' }];
      })()`,
    },
    after: [
      "incoming: Failed: c@x/ |  | author@a.example",
      `outbound: ${original} | b@x d@x | list@b.example`,
    ],
  },
  {
    what: "deliver: a hook that refuses fails those who are left",
    recipients: ["a@x", "b@x", "c@x"],
    forked: {
      "outbound/10-deliver/10-a":
        'sed "s/$/\tsent\tok/;q" "$LISTMILL_RECIPIENTS"',
      "outbound/10-deliver/20-b": "echo No way.; exit 77",
    },
    inline: {
      "outbound/10-deliver/10-a": `return (async function* () {
        yield [{ address: 'a@x', kind: 'sent', reply: 'ok' }];
      })()`,
      "outbound/10-deliver/20-b": "return { kind: 'discard', reason: 'No.' }",
    },
    after: ["incoming: Failed: b@x,c@x/ |  | author@a.example"],
  },
  {
    what: "deliver: all are sent",
    recipients: ["a@x", "b@x"],
    forked: {
      "outbound/10-deliver/10-a":
        'sed "s/$/\tsent\tok/" "$LISTMILL_RECIPIENTS"',
    },
    inline: {
      "outbound/10-deliver/10-a": `return (async function* () {
        for await (const address of ask.recipients())
          yield [{ address, kind: 'sent', reply: 'ok' }];
      })()`,
    },
    after: [],
  },
  {
    what: "consume: one refuses for good, one skips the rest",
    forked: {
      "q/10-consume/10-a": emits("a@x/1"),
      "q/10-consume/20-b": "echo Not for me.; exit 77",
      "q/10-consume/30-c": "exit 99",
      "q/10-consume/40-d": "exit 1",
    },
    inline: {
      "q/10-consume/10-a": "ask.emit({ recipient: 'a@x' })",
      "q/10-consume/20-b": "return { kind: 'reject', reason: 'Not for me.' }",
      "q/10-consume/30-c": "return { kind: 'skip' }",
      "q/10-consume/40-d": "throw new Error('never asked')",
    },
    after: [
      `failed: ${original} |  | list@b.example`,
      `incoming: ${original} |  | a@x`,
      same(original),
    ],
  },
];

function shown(toy: Toy): string[] {
  return toy.spool
    .queues()
    .flatMap((queue) =>
      toy.found(queue).map(({ message, recipients, envelope, name }) => {
        const due = name.due === 4_000_000_000 ? `${name.due} ` : "";
        const list = recipients.trim().replaceAll("\n", " ");
        return `${queue}: ${due}${message.replaceAll("\n", "/")} | ${list} | ${envelope.recipient}`;
      }),
    )
    .sort();
}

for (const { what, forked, inline, recipients, after } of cases)
  t.test(what, async (t) => {
    const queue = recipients ? "outbound" : "q";
    const outcome = async (toy: Toy) => {
      if (!recipients) toy.shell("q/60-route/10-on", "echo next");
      await toy.put(queue, recipients ? { recipients } : {});
      await toy.turn(queue);
      t.same(shown(toy), [...after].sort(), toy.said.join("\n"));
    };
    await t.test("forked", async (t) => {
      const toy = new Toy(t);
      for (const [path, text] of Object.entries(forked)) toy.shell(path, text);
      await outcome(toy);
    });
    await t.test("inline", async (t) => {
      const toy = new Toy(t);
      for (const [path, text] of Object.entries(inline))
        toy.hook(
          `${path}.hook.mjs`,
          `const text = (text) => ({ text, pieces: () => [Buffer.from(text)], variables: () => ({}) });
           export default async (ask) => { ${text} }`,
        );
      await outcome(toy);
    });
  });
