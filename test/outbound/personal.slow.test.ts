import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { addFooter } from "../../src/mail/footer.ts";
import { looksLikeMessage } from "../../src/mail/header.ts";
import { openMessage } from "../../src/mail/message.ts";
import { dkimSigned, protection } from "../../src/mail/mime.ts";
import { parseWithPython, pythonMissing } from "../mail/python.ts";
import { merged, templateFor, values } from "./personal/lists.ts";

const corpus = "../shared/corpus";
const missing = existsSync(corpus) ? pythonMissing : `no corpus: ${corpus}`;
const url = "https://lists.example.org/u/{{token}}";
const footer = "____\nGrüße an {{address}}\n{{unsubscribe}}";
const settings = `unsubscribe_url = "${url}"\nheaders = ["X-Member: {{address}}"]\nfooter = ${JSON.stringify(footer)}`;
const anna = "anna@example.org";
const filled = footer
  .replace("{{address}}", anna)
  .replace("{{unsubscribe}}", url.replace("{{token}}", values.token));

function files(folder: string, every: number): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !/\.(?:json|yml|xml)$/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .filter((_, at) => at % every === 0);
}

/** As all mail that goes out. */
function withoutBareCr(message: Buffer): Buffer {
  const text = message.toString("latin1").replace(/\r(?!\n)/g, " ");
  return Buffer.from(text, "latin1");
}

/** The texts of the parts, whatever their line ends. */
const shown = (parts: readonly { type: string; text: string }[]) =>
  parts.map(
    ({ type, text }) => `${type}: ${text.replace(/\r\n?/g, "\n").trimEnd()}`,
  );

t.test(
  "real mail reads as if the footer had been written for one person",
  { skip: missing },
  async (t) => {
    const paths = [
      ...files(join(corpus, "messages"), 4),
      ...files(join(corpus, "bounces"), 20),
    ];
    const outputs: Buffer[] = [];
    const oracles: Buffer[] = [];
    const names: string[] = [];
    for (const path of paths) {
      const original = readFileSync(path);
      const message = await openMessage([original], 256 * 1024);
      if (!looksLikeMessage(message.header)) continue;
      const template = await templateFor(original, settings);
      if (template === undefined) continue;
      const out = await merged(template, anna);
      template.close();
      const text = out.toString("latin1");
      t.ok(
        text.includes(`\r\nX-Member: ${anna}\r\n`) ||
          text.startsWith(`X-Member: ${anna}\r\n`),
        path,
      );
      const keeps = dkimSigned(message.header);
      const written = keeps ? message : await addFooter(message, filled);
      if (keeps || (await protection(message)) !== "none")
        t.notMatch(text, values.token.concat("\r\n\r\n"), path);
      names.push(path);
      outputs.push(out);
      oracles.push(withoutBareCr(await bytes(written.pieces(), 1e9)));
    }
    const found = parseWithPython(outputs);
    const wanted = parseWithPython(oracles);
    const different = names.filter(
      (_, at) =>
        found[at]?.subject !== wanted[at]?.subject ||
        shown(found[at]?.parts ?? []).join("\0") !==
          shown(wanted[at]?.parts ?? []).join("\0"),
    );
    t.same(different, []);
    t.ok(names.length > 400, `${names.length} files`);
  },
);

t.test("a million recipients cost no more memory than some", async (t) => {
  const post = `A: b\n\n${"a line of text\n".repeat(700)}`;
  const template = await templateFor(post, settings);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = (recipients: number) => {
    for (let n = 0; n < recipients; n += 1)
      template?.wire(`user${n}@example.org`, values);
    // What is freed late is freed by the second.
    collect();
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const some = held(1000);
  const many = held(1_000_000);
  t.ok(many - some < 5e6, `${Math.round((many - some) / 1e3)} KB more`);
});
