/**
 * The world outside: a small SMTP server on loopback that stores what it gets in Maildirs,
 * `<folder>/<address>/new/`.
 */
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export interface PostOffice {
  readonly port: number;
  /** Paths of what lies in an address's mailbox, oldest first. */
  mailbox(address: string): string[];
  /** The only message in a mailbox that has a text in it; undefined until it is there. */
  find(address: string, text: string): string | undefined;
  close(): Promise<void>;
}

export async function openPostOffice(folder: string): Promise<PostOffice> {
  let count = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    async onData(stream, { envelope }, done) {
      const message = await buffer(stream);
      const sender = envelope.mailFrom ? envelope.mailFrom.address : "";
      for (const { address } of envelope.rcptTo) {
        count += 1;
        store(join(folder, address), `${count}.eml`, [
          Buffer.from(`Return-Path: <${sender}>\n`),
          Buffer.from(
            message.toString("latin1").replaceAll("\r\n", "\n"),
            "latin1",
          ),
        ]);
      }
      done();
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;

  const mailbox = (address: string) => {
    const box = join(folder, address, "new");
    if (!existsSync(box)) return [];
    const names = readdirSync(box).sort(
      (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
    );
    return names.map((name) => join(box, name));
  };
  return {
    port,
    mailbox,
    find: (address, text) =>
      mailbox(address).find((path) => readFileSync(path).includes(text)),
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** Delivers as a Maildir wants it: written in tmp/, renamed into new/. */
function store(box: string, name: string, content: readonly Buffer[]): void {
  for (const part of ["tmp", "new", "cur"])
    mkdirSync(join(box, part), { recursive: true });
  writeFileSync(join(box, "tmp", name), Buffer.concat(content));
  renameSync(join(box, "tmp", name), join(box, "new", name));
}
