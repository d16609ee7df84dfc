import t from "tap";
import type { TextName } from "../../../src/lists/texts/catalogue.ts";
import { readTemplate, rendered } from "../../../src/lists/texts/template.ts";

const read = (name: TextName, text: string | Buffer) =>
  readTemplate(name, Buffer.from(text as string));

function fill(
  name: TextName,
  text: string,
  words: Record<string, string | string[]>,
) {
  const { template, problems } = read(name, text);
  if (!template) throw new Error(JSON.stringify(problems));
  return rendered(template, (word) => [words[word] ?? ""].flat());
}

t.test("paragraphs are joined, indented lines stay", async (t) => {
  const text =
    "Subject: Hello  {{address}}!\r\n\r\nOne {{list}}\r\ntwo\r\n  {{join}}\r\n  x\r\nthree\r\n\r\n\r\nfour\r\n";
  const words = { list: "l", address: "a", join: "j" };
  t.same(fill("goodbye", text, words), {
    subject: "Hello a!",
    body: "One l two\n  j\n  x\nthree\n\nfour",
  });
  t.equal(
    fill("reason-loop", "日本語\n日本語\nabc\nde\n", {}).body,
    "日本語日本語abc de",
    "Japanese has no blank at the end of a line",
  );
});

t.test("a paragraph without its word is left out", async (t) => {
  const text =
    "Subject: x\n\n{{description}}\n\n{{address}} {{reply}} {{days}}\n\nHere:\n  {{link}}\n";
  const words = { reply: "r", address: "", days: "3" };
  t.equal(fill("confirm-subscribe", text, words).body, " r 3");
  t.equal(
    fill("confirm-subscribe", text, { ...words, link: "u", description: "d" })
      .body,
    "d\n\n r 3\n\nHere:\n  u",
  );
});

t.test("a word of lines", async (t) => {
  const text = "Subject: x\n\n{{count}}:\n  {{members}}\nend\n";
  t.equal(
    fill("who", text, { count: "2", members: ["a", "", "  b"] }).body,
    "2:\n  a\n\n    b\nend",
  );
});

t.test("what is filled in is no text", async (t) => {
  const words = { address: "{{join}}", join: "{{list}}", list: "Subject: x" };
  t.same(
    fill("goodbye", "Subject: {{address}}\n\n{{join}} {{list}}\n", words),
    { subject: "{{join}}", body: "{{list}} Subject: x" },
  );
});

t.test("what is wrong is told with its line", async (t) => {
  const cases: [TextName, string | Buffer, number, RegExp, boolean][] = [
    [
      "faq",
      "Subject: x\n\n{{adress}} {{owner}}\n",
      3,
      /{{adress}} is no/,
      true,
    ],
    [
      "goodbye",
      "Subject: x\n\n{{join}}\n{{adress}}",
      4,
      /mean {{address}}/,
      true,
    ],
    ["goodbye", "Subject: {{ list }}\n\n{{join}}\n", 1, /mean {{list}}/, true],
    ["faq", "Betreff: x\n\ntext\n", 1, /first line must be "Subject: "/, true],
    ["faq", "Subject:  \n\ntext\n", 1, /first line/, true],
    ["faq", "", 1, /first line/, true],
    ["faq", "Subject: x\nTo: y\n\ntext\n", 2, /a blank line/, true],
    ["faq", "Subject: x\n\n  \n", 1, /nothing but a Subject/, true],
    ["faq", "Subject: x\n\nHow {{list to\n", 3, /not closed/, true],
    ["faq", "Subject: x\n\nA bell\u0007\n", 3, /control character/, true],
    [
      "faq",
      Buffer.from("Subject: x\n\nok\nGr\xfc\xdfe\n", "latin1"),
      4,
      /not UTF-8/,
      true,
    ],
    ["who", "Subject: x\n\nThey: {{members}}\n", 3, /one of its own/, true],
    ["who", "Subject: x\n\nnone\n", 1, /{{members}} is missing/, true],
    ["reason-loop", "Subject: x\n\nok\n", 1, /no Subject/, true],
    ["reason-loop", "One.\n\nTwo.\n", 2, /one sentence/, true],
    ["reason-loop", " \n", 1, /empty/, true],
  ];
  for (const [name, text, line, what, broken] of cases) {
    const { template, problems } = read(name, text);
    t.match(problems, [{ line, what, broken }], String(what));
    t.equal(template === undefined, broken);
  }
});
