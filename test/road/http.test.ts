// Bounces come by HTTP, from a real curl to the real `listmill run http`: as a pipe of an MTA has it, whose
// exit code decides whether the MTA tries again.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { returnPathOf } from "../../src/mail/bouncehandler.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { list, Mill, type Process, until } from "./mill.ts";
import { freePort } from "./servers.ts";

t.setTimeout(120_000);

const curl = spawnSync("curl", ["--version"]).status === 0;
const verp = "dev-bounces+ABC@lists.example.org";
const agreed = { prefix: "wiki", algorithm: "sha256", secret: "key" } as const;
const wiki = returnPathOf(
  agreed,
  { wiki: "en-wiki", user: 4711, time: 1_700_000_000_000 },
  "wiki.example.org",
);

function bounce(to: string, body = "5.1.1 gone & lost = 100% +1\n"): string {
  return `Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: <${to}>\nSubject: failure\n\n${body}`;
}

/** Starts the door. */
async function listening(mill: Mill, ...words: string[]): Promise<Process> {
  const door = mill.start(["run", ...words]);
  await until(
    () => words.every((word) => / (listens on|runs) /.test(lineOf(door, word))),
    () => `the doors to be open: ${door.log()}`,
  );
  return door;
}

function lineOf(door: Process, word: string): string {
  const lines = door.log().split("\n");
  return lines.find((line) => line.includes(` ${word}`)) ?? "";
}

async function makeMill(t: Test, port: number): Promise<Mill> {
  const mill = await Mill.make(t.testdir(), {
    smtp: "smtp://127.0.0.1:9",
    members: ["anna@example.com"],
    site: `\
[lmtp]
listen = "127.0.0.1:0"
[http]
listen = "127.0.0.1:${port}"
[bounces.bouncehandler]
secret_file = "secrets/verp"
[bounces.bouncehandler.lists]
en-wiki = "${list}"
`,
  });
  const secret = (name: string, text: string) =>
    writeFileSync(join(mill.home, "secrets", name), text, { mode: 0o600 });
  secret("verp", "key\n");
  secret("http-token", "token-of-a-site\n");
  return mill;
}

/** A pipe as docs/http.md has it. @returns its exit code */
async function pipe(
  mill: Mill,
  port: number,
  words: string,
  input: string,
  token = "token-of-a-site",
): Promise<number | null> {
  const config = join(mill.home, "listmill.curl");
  writeFileSync(
    config,
    `url = "http://127.0.0.1:${port}/api/bounces"\nheader = "Authorization: Bearer ${token}"\nfail\nsilent\nshow-error\nmax-time = 60\n`,
  );
  const script = `curl --config '${config}' ${words} || exit 75`;
  const child = spawn("sh", ["-c", script], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return code;
}

const raw = `--header 'Content-Type: message/rfc822' --data-binary @-`;
const form = "--data action=bouncehandler --data-urlencode email@-";

function last(mill: Mill) {
  const entry = mill.entries("bounces").at(-1) ?? "";
  const read = readEnvelope(entry);
  return {
    text: readFileSync(join(entry, "message"), "utf8"),
    ...(read.kind === "envelope" ? read.envelope : {}),
  };
}

t.test(
  "bounces by curl",
  { skip: curl ? false : "no curl here" },
  async (t) => {
    const port = await freePort();
    const mill = await makeMill(t, port);
    t.equal(
      await pipe(mill, port, raw, bounce(verp)),
      75,
      "nobody listens yet",
    );
    const door = await listening(mill, "http", "lmtp");
    t.teardown(() => door.child.kill("SIGKILL"));
    const own = { list, extension: "bounces+abc", recipient: verp, sender: "" };
    for (const words of [raw, form]) {
      t.equal(await pipe(mill, port, words, bounce(verp)), 0, words);
      t.match(last(mill), { ...own, text: bounce(verp) });
      t.equal(
        await pipe(mill, port, words, bounce(wiki).replaceAll("\n", "\r\n")),
        0,
      );
      t.match(last(mill), {
        list,
        extension: "bounces",
        recipient: wiki,
        text: bounce(wiki),
      });
      // Above a megabyte curl asks first whether it may send.
      const large = bounce(verp, "long line & so on\n".repeat(150_000));
      t.equal(await pipe(mill, port, words, large), 0, "2.7 MB");
      t.ok(last(mill).text === large);
    }
    t.equal(mill.entries("bounces").length, 6);
    t.equal(
      await pipe(mill, port, raw, bounce(verp), "guessed"),
      75,
      "a wrong token",
    );
    t.equal(await pipe(mill, port, raw, "no message"), 75);
    t.equal(mill.entries("bounces").length, 6);
    t.match(door.log(), / http: bounces\/\S+: from=<> to=<dev-bounces\+ABC@/);
    t.match(door.log(), / http: 127\.0\.0\.1: 403 it shows a wrong token$/m);
    t.notMatch(door.log(), /token-of-a-site|guessed/);
    door.child.kill("SIGTERM");
    t.match(await door.ended, { code: 0, log: / http lmtp: stopped$/m });
  },
);

t.test("the door beside queues", async (t) => {
  const mill = await makeMill(t, 0);
  const door = await listening(mill, "http", "owner");
  t.match(door.log(), /: runs owner/);
  door.child.kill("SIGTERM");
  t.match(await door.ended, { code: 0, log: /stopped after 0 entries/ });
});
