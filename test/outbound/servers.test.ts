// Against servers that others wrote: npm's smtp-server, and Postfix's smtp-sink where it is installed.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import t, { type Test } from "tap";
import { sinkMissing, startSink } from "../../bench/sink.ts";
import { noLog } from "../../src/base/log.ts";
import { Relay } from "../../src/outbound/smtp.ts";

async function serve(
  t: Test,
  options: SMTPServerOptions,
  host = "127.0.0.1",
): Promise<Relay> {
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    ...options,
  });
  server.on("error", () => {});
  const { promise, resolve } = Promise.withResolvers<void>();
  const listening = server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = listening.address();
  const port = typeof address === "object" ? address?.port : 0;
  const scheme = options.lmtp ? "lmtp" : options.secure ? "smtps" : "smtp";
  const relay = new Relay({
    url: `${scheme}://${host}:${port}`,
    hostname: "list.example",
    timeout: 10_000,
    log: noLog,
  });
  t.teardown(async () => {
    await relay.close();
    await new Promise<void>((done) => void server.close(done));
  });
  return relay;
}

t.test("smtp-server: envelope, bytes and refusals", async (t) => {
  const got: { from: string; to: string[]; text: string }[] = [];
  const relay = await serve(t, {
    onRcptTo(address, _session, done) {
      done(address.address.startsWith("no") ? new Error("not here") : null);
    },
    async onData(stream, session, done) {
      const text = Buffer.concat(await Array.fromAsync(stream)).toString();
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom === false ? "" : mailFrom.address;
      got.push({ from, to: rcptTo.map((it) => it.address), text });
      done();
    },
  });
  const content = [Buffer.from("Subject: x\n\n.dot\nend")];
  for (const sender of ["list-bounces@example.org", ""]) {
    const recipients = ["a@example.org", "no@example.org", "b@example.org"];
    const found = await relay.send({ sender, recipients, content });
    t.same(
      found.map((it) => it.kind),
      ["sent", "never", "sent"],
    );
    t.same(got.pop(), {
      from: sender,
      to: ["a@example.org", "b@example.org"],
      text: "Subject: x\r\n\r\n.dot\r\nend\r\n",
    });
  }
});

/** A file of so many MB, as one piece. */
function large(t: Test, megabytes: number) {
  const path = join(t.testdir(), "large");
  const block = Buffer.from(`${"x".repeat(63)}\n`.repeat(16_384));
  const file = openSync(path, "w");
  for (let i = 0; i < megabytes; i++) writeSync(file, block);
  closeSync(file);
  return { path, start: 0, end: megabytes * block.length };
}

t.test("smtp-server: a streamed message arrives whole", async (t) => {
  let received = 0;
  const relay = await serve(t, {
    onData(stream, _session, done) {
      stream.on("data", (chunk: Buffer) => {
        received += chunk.length;
      });
      stream.on("end", () => done());
    },
  });
  const content = [large(t, 5)];
  const found = await relay.send({ sender: "", recipients: ["a@x"], content });
  t.match(found, [{ kind: "sent" }]);
  t.equal(received, 5 * 16_384 * 65);
});

t.test("smtp-server: STARTTLS where it is offered", async (t) => {
  const secure: boolean[] = [];
  const onData: SMTPServerOptions["onData"] = (stream, session, done) => {
    secure.push(session.secure);
    stream.resume().on("end", () => done());
  };
  const parcel = {
    sender: "",
    recipients: ["a@x"],
    content: [Buffer.from("x\n")],
  };
  // 0.0.0.0 reaches this host too, and is not taken for loopback.
  const offered = await serve(t, { onData }, "0.0.0.0");
  t.match(await offered.send(parcel), [{ kind: "sent" }]);
  const loopback = await serve(t, { onData });
  t.match(await loopback.send(parcel), [{ kind: "sent" }]);
  t.same(secure, [true, false]);
});

t.test("smtp-server: smtps wants a certificate to trust", async (t) => {
  const relay = await serve(t, { secure: true });
  const found = await relay.send({
    sender: "",
    recipients: ["a@x"],
    content: [],
  });
  t.match(found, [{ kind: "later", reply: /certificate/i }]);
});

t.test("smtp-server: LMTP", async (t) => {
  const relay = await serve(t, {
    lmtp: true,
    onData(stream, _session, done) {
      stream.resume().on("end", () => {
        done(null, ["250 one", "250 two"] as never);
      });
    },
  });
  const found = await relay.send({
    sender: "s@x",
    recipients: ["a@x", "b@x"],
    content: [Buffer.from("x\n")],
  });
  t.same(
    found.map((it) => it.kind),
    ["sent", "sent"],
  );
});

t.test(
  "smtp-sink: many recipients, and 50 MB with memory flat",
  { skip: sinkMissing() ?? false },
  async (t) => {
    const sink = await startSink();
    const relay = new Relay({
      url: sink.url,
      hostname: "x",
      timeout: 10_000,
      log: noLog,
    });
    t.teardown(async () => {
      await relay.close();
      await sink.stop();
    });
    const recipients = Array.from(
      { length: 100 },
      (_, i) => `m${i}@example.org`,
    );
    const content = [Buffer.from("Subject: x\n\nbody\n")];
    for (let i = 0; i < 3; i++) {
      const found = await relay.send({ sender: "s@x", recipients, content });
      t.equal(found.filter((it) => it.kind === "sent").length, 100);
    }
    let peak = 0;
    const before = process.memoryUsage().arrayBuffers;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }, 1);
    const file = [large(t, 50)];
    t.match(
      await relay.send({ sender: "", recipients: ["a@x"], content: file }),
      [{ kind: "sent" }],
    );
    clearInterval(timer);
    t.ok(peak < 20_000_000, `50 MB took ${peak} bytes of memory`);
  },
);
