// A list with personal settings, and the message that a recipient of it gets, whole.
import { isUtf8 } from "node:buffer";
import { tmpdir } from "node:os";
import { listSettings } from "../../../src/lists/settings.ts";
import { openMessage } from "../../../src/mail/message.ts";
import type { Values } from "../../../src/outbound/personal/values.ts";
import { type Template, templateOf } from "../../../src/outbound/personal.ts";
import type { Body, Wire } from "../../../src/outbound/wire.ts";

export const news = "news@lists.example.org";

/** What `valuesOf` would make of an address, readably. */
export const values: Values = {
  token: "tttttttttttttttttttttttttttttttt",
  mailbox:
    "news-unsubscribe+tttttttttttttttttttttttttttttttt@lists.example.org",
};

export function personalList(personal: string, more = "") {
  const text = `${more}\n[personal]\n${personal}`;
  return { address: news, settings: listSettings({ list: {} }, text, "l") };
}

export async function templateFor(
  message: string | Uint8Array,
  personal: string,
  more?: string,
): Promise<Template | undefined> {
  const bytes = typeof message === "string" ? Buffer.from(message) : message;
  return templateOf({
    message: await openMessage([bytes], 256 * 1024),
    list: personalList(personal, more),
    spare: tmpdir(),
  });
}

export async function read(body: Body): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

/** What is wrong with a wire by itself; nothing where all is well. */
export async function wrongIn(wire: Wire): Promise<string[]> {
  const plain = await read(wire.plain);
  const stuffed = await read(wire.stuffed);
  const text = plain.toString("latin1");
  const lines = stuffed.toString("latin1").split("\r\n");
  const wrong = (is: boolean, what: string) => (is ? [what] : []);
  const [header = ""] = text.split("\r\n\r\n");
  return [
    ...wrong(plain.length !== wire.size, "size"),
    ...wrong(lines.at(-1) !== "", "no line end at the end"),
    ...wrong(/\r(?!\n)|(?<!\r)\n/.test(text), "a bare CR or LF"),
    ...wrong(
      lines.some((line) => /^\.(?!\.)/.test(line)),
      "a dot that is not stuffed",
    ),
    ...wrong(
      lines.map((line) => line.replace(/^\./, "")).join("\r\n") !== text,
      "what is stuffed is something else",
    ),
    ...wrong(
      (wire.plain === wire.stuffed) !== (text === stuffed.toString("latin1")),
      "one object or two",
    ),
    ...wrong(/[\x80-\xff]/.test(text) !== wire.eightBit, "eightBit"),
    ...wrong(!/[\x80-\xff]/.test(header) && wire.utf8Header, "utf8Header"),
    ...wrong(
      /[\x80-\xff]/.test(header) &&
        isUtf8(Buffer.from(header, "latin1")) &&
        !wire.utf8Header,
      "no utf8Header",
    ),
  ];
}

/** The message that a recipient gets, as bytes with CRLF. Throws where something is wrong with it. */
export async function merged(
  template: Template | undefined,
  address: string,
  own = values,
): Promise<Buffer> {
  const wire = template?.wire(address, own);
  if (!wire) throw new Error("no template");
  const wrong = await wrongIn(wire);
  if (wrong.length > 0) throw new Error(wrong.join(", "));
  return read(wire.plain);
}
