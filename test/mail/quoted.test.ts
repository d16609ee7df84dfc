import t from "tap";
import { quoted } from "../../src/mail/quoted.ts";

/** @param size of the chunks in which it comes */
async function quotedIn(text: string, size: number): Promise<string> {
  async function* chunks() {
    for (let at = 0; at < text.length; at += size)
      yield Buffer.from(text.slice(at, at + size), "latin1");
  }
  const parts: Uint8Array[] = [];
  for await (const part of quoted(chunks())) parts.push(part);
  return Buffer.concat(parts).toString("latin1");
}

/** As mboxrd is read, but for the empty line. */
const unquoted = (text: string) =>
  text.replace(/(?<![^\n])>(>*From )/g, "$1").replace(/\n$/, "");

const texts = [
  "a\n\nFrom here on\n>From there\n>>>From far\n> From\nFrom\nXFrom x\nfrom x\n",
  "From a@b.c Mon\nSubject: x\n\nFrom",
  "no end",
  "ends in From ",
  "\r\nFrom a\r\n>>\nFrom b\0\xff\r>From c\n",
  `${">".repeat(50)}From x\n${">".repeat(30)}\nFFFrom \nFrFrom x\n`,
  "",
];

for (const size of [1, 2, 3, 7, 1000])
  t.test(`what is quoted is read back, in chunks of ${size}`, async (t) => {
    for (const text of texts) {
      const made = await quotedIn(text, size);
      const ended = text.endsWith("\n") || text === "" ? text : `${text}\n`;
      t.notMatch(made, /^From /m);
      t.equal(unquoted(made), ended);
    }
  });

t.test("nothing but what must be is quoted", async (t) => {
  const text = ">>\nFrom\n >From x\na From b\n";
  t.equal(await quotedIn(text, 4), `${text}\n`);
});
