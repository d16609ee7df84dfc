// An SMTP server that keeps what it gets, byte for byte as it came over the wire.
import { SMTPServer } from "smtp-server";
import type { Test } from "tap";

export interface Delivered {
  readonly sender: string;
  readonly recipients: readonly string[];
  /** With CRLF line ends, dots unstuffed. */
  readonly bytes: Buffer;
}

export interface CorpusSink {
  /** `smtp://127.0.0.1:port`. */
  readonly url: string;
  readonly mail: Delivered[];
}

/** @param keep gets each message; without it all are kept in `mail` */
export async function corpusSink(
  t: Test,
  keep?: (delivered: Delivered) => void,
): Promise<CorpusSink> {
  const mail: Delivered[] = [];
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    disabledCommands: ["STARTTLS"],
    async onData(stream, { envelope: { mailFrom, rcptTo } }, done) {
      const delivered = {
        sender: mailFrom === false ? "" : mailFrom.address,
        recipients: rcptTo.map(({ address }) => address),
        bytes: Buffer.concat(await Array.fromAsync(stream)),
      };
      if (keep) keep(delivered);
      else mail.push(delivered);
      done();
    },
  });
  server.on("error", () => {});
  const { promise, resolve } = Promise.withResolvers<void>();
  const listening = server.listen(0, "127.0.0.1", resolve);
  await promise;
  t.teardown(
    () => new Promise<void>((done) => void server.close(() => done())),
  );
  const address = listening.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `smtp://127.0.0.1:${port}`, mail };
}
