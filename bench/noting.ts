/**
 * A process of its own that takes mail over SMTP and keeps none, but says when: `node bench/noting.ts
 * DOMAIN` prints a line of JSON with its port, one with the time of the first message it took, and one
 * for each recipient in the domain. Times are milliseconds since 1970.
 */
import { createServer, type Socket } from "node:net";

const END = "\r\n.\r\n";
const [domain = ""] = process.argv.slice(2);
let isFirst = true;

const server = createServer({ noDelay: true }, serve);
server.listen({ host: "127.0.0.1", port: 0, backlog: 100 }, () => {
  const address = server.address();
  if (typeof address === "object") say({ port: address?.port });
});

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

function serve(socket: Socket): void {
  let text = "";
  let isContent = false;
  let noted: string[] = [];
  socket.setEncoding("latin1");
  socket.on("error", () => {});
  socket.on("data", (more: string) => {
    text += more;
    let replies = "";
    for (;;) {
      const end = isContent ? END : "\r\n";
      const at = text.indexOf(end);
      if (at < 0) break;
      const line = text.slice(0, at);
      text = text.slice(at + end.length);
      if (isContent) {
        took(noted);
        noted = [];
        isContent = false;
        replies += "250 2.0.0 taken\r\n";
        continue;
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "RCPT" && line.includes(domain)) noted.push(line);
      isContent = verb === "DATA";
      replies += answer(verb);
    }
    // The content itself is of no interest, only where it ends.
    if (isContent) text = text.slice(-END.length + 1);
    if (replies !== "") socket.write(replies);
  });
  socket.write("220 noting.example ESMTP\r\n");
}

function answer(verb: string): string {
  switch (verb) {
    case "EHLO":
      return "250-noting.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
    case "DATA":
      return "354 go on\r\n";
    case "QUIT":
      return "221 2.0.0 bye\r\n";
    default:
      return "250 2.1.0 ok\r\n";
  }
}

function took(noted: readonly string[]): void {
  const at = Date.now();
  if (isFirst) say({ first: at });
  isFirst = false;
  for (const recipient of noted) say({ recipient, at });
}
