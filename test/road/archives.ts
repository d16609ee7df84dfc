/**
 * What came out of a mill's archivers, read with the programs that people read it with: Python's mailbox and
 * IMAP, git, a web server that public-inbox is.
 */
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Test } from "tap";
import { bare } from "../environment.ts";
import { list, names, until } from "./mill.ts";
import { account, call, freePort, type Servers } from "./servers.ts";

/** Each message of a mailbox, Latin-1, unquoted as mboxrd is. */
export function inMailbox(path: string): string[] {
  return lines(
    `
import mailbox, re, sys
box = mailbox.mbox(sys.argv[1], create=False)
for key in box.keys():
  print(re.sub(rb'(?m)^>(>*From )', rb'\\1', box.get_bytes(key)).hex())`,
    [path],
  );
}

/** What a small program in Python prints, a message a line in hex. */
function lines(program: string, args: readonly string[]): string[] {
  return execFileSync("python3", ["-c", program, ...args], {
    encoding: "latin1",
    env: bare,
    maxBuffer: 2 ** 30,
  })
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Buffer.from(line, "hex").toString("latin1"));
}

/** A Dovecot, and the Maildir of somebody who has an archive there. */
export class Mailboxes {
  readonly folder: string;
  readonly #port: number;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.#port = port;
  }

  static async start(servers: Servers): Promise<Mailboxes> {
    // Two ports: IMAP and LMTP.
    const port = await freePort();
    const dir = join(servers.dir, "dovecot");
    const { uid, gid } = account(servers, "vmail");
    servers.bash('start_dovecot "$@"', [dir, String(port)]);
    const folder = join(dir, "mail", "archive@box.test");
    mkdirSync(folder);
    chownSync(folder, uid, gid);
    // The account of listmill is in the group of the IMAP server, or the other way round.
    chmodSync(folder, 0o2770);
    return new Mailboxes(folder, port);
  }

  /** The names of all mailboxes. */
  names(): string[] {
    return this.#ask(
      `for line in i.list()[1]: print(line.split(b' "." ')[-1].strip(b'"').hex())`,
    );
  }

  /** The messages of a mailbox. @param flag that they get */
  messages(mailbox: string, flag = ""): string[] {
    return this.#ask(
      `
count = int(i.select('"' + sys.argv[2] + '"')[1][0])
for n in range(1, count + 1):
  print(i.fetch(str(n), '(BODY.PEEK[])')[1][0][1].replace(b'\\r\\n', b'\\n').hex())
if sys.argv[3] and count:
  i.store('1:*', '+FLAGS', sys.argv[3])
  i.expunge()`,
      [mailbox, flag],
    );
  }

  #ask(program: string, args: readonly string[] = []): string[] {
    return lines(
      `import imaplib, sys\ni = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))\ni.login("archive@box.test", "test")\n${program}\ni.logout()`,
      [String(this.#port), ...args],
    );
  }
}

/** A web server that keeps what it gets, by its key: what comes twice is there once. */
export async function webServer(t: Pick<Test, "teardown">) {
  const got = new Map<string, string>();
  let count = 0;
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    count += 1;
    const key = String(request.headers["idempotency-key"]);
    const text = Buffer.concat(parts).toString("latin1");
    const known = got.get(key);
    response.statusCode = known === undefined || known === text ? 200 : 409;
    got.set(key, text);
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/posts`, got, count: () => count };
}

/** public-inbox-httpd over some inboxes. @param folder with the file `config` @returns its URL */
export async function publicInbox(
  t: Pick<Test, "teardown">,
  folder: string,
): Promise<string> {
  const port = await freePort();
  const child = spawn(
    "public-inbox-httpd",
    ["-l", `127.0.0.1:${port}`, "-W0"],
    {
      env: {
        PATH: "/usr/bin:/bin",
        HOME: folder,
        PI_CONFIG: join(folder, "config"),
        // Fonts and colours are asked for nowhere.
        LC_ALL: "C.UTF-8",
      },
      stdio: "ignore",
    },
  );
  t.teardown(() => child.kill("SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    () => "public-inbox-httpd",
  );
  return url;
}

/** The messages of the inbox of the list, oldest first, of all its epochs. */
export function inInbox(folder: string): string[] {
  return names(join(folder, list, "git")).flatMap((epoch) => {
    const git = (...args: string[]) =>
      call("git", [`--git-dir=${join(folder, list, "git", epoch)}`, ...args]);
    return git("log", "--reverse", "--format=%H")
      .split("\n")
      .filter((commit) => commit !== "")
      .map((commit) => git("cat-file", "blob", `${commit}:m`));
  });
}

/** The pages of the list's messages. */
export function pages(folder: string): string[] {
  return readdirSync(join(folder, list))
    .filter((name) => name.startsWith("msg"))
    .map((name) => readFileSync(join(folder, list, name), "utf8"));
}
