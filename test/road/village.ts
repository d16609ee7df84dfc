/**
 * People with mailboxes behind a real Postfix, and lists beside them whose mill is a process of its
 * own. People write with swaks, and read what comes into their Maildirs.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { adding } from "./asking.ts";
import { until } from "./mill.ts";
import { fieldsOf, mailsIn, PostHome } from "./postHome.ts";
import { account, call, freePort, Servers } from "./servers.ts";
import { type Letter, letterOf } from "./town.ts";

/** What a village is made of. */
export interface Plan {
  /** Settings of each list by its address, as `list create` takes them. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Names of people: their mailboxes are at box.test. */
  readonly people: readonly string[];
  /** Lines of listmill.toml. */
  readonly site?: string;
  /** Lists share the domain of the people: each has addresses of its own, not the whole domain. */
  readonly shared?: boolean;
  /** What Postfix does with mail for some people, instead of putting it into their mailboxes. */
  readonly instead?: Readonly<Record<string, string>>;
  /** How mail comes to the mill, as `aliases` calls it; the Maildir by default. */
  readonly way?: string;
  /** Tables of transports that Postfix looks into before its own. */
  readonly transports?: string;
  /** More lines of main.cf. */
  readonly main?: string;
  /** Lines of master.cf. @param dir Postfix's folder */
  master?(dir: string): string;
}

export class Village {
  readonly home: PostHome;
  /** Postfix's. */
  readonly dir: string;
  readonly #port: number;
  readonly #read = new Set<string>();

  private constructor(home: PostHome, dir: string, port: number) {
    this.home = home;
    this.dir = dir;
    this.#port = port;
  }

  static async open(t: Test, plan: Plan): Promise<Village> {
    const servers = new Servers(t);
    const port = await freePort();
    const dir = join(servers.dir, "postfix");
    const home = await PostHome.make(
      join(servers.dir, "home"),
      account(servers, "listpipe"),
      `${plan.site ?? ""}\n[outbound]\nsmtp = "smtp://127.0.0.1:${port}"\nrate = 0\n`,
    );
    for (const [address, settings] of Object.entries(plan.lists))
      await home.tell("list", "create", address, ...settings);
    mkdirSync(dir);
    const master = await home.aliases(
      "postfix",
      plan.way ?? "1. The Maildir",
      "In master",
    );
    servers.bash(`${adding} start_postfix "$@"`, [dir, String(port)], {
      BOXES: plan.people.join(" "),
      MAIN: await mainOf(home, plan, servers.dir),
      MASTER: `${master}${plan.master?.(dir) ?? ""}`,
    });
    await home.run(t);
    return new Village(home, dir, port);
  }

  /** Somebody writes, as from a command line. @param header fields besides From, To and Subject */
  write(
    from: string,
    to: string,
    subject = "",
    body = "",
    header: readonly string[] = [],
  ): void {
    const fields = [`Subject: ${subject}`, ...header];
    const args = [
      ...["--server", "127.0.0.1", "--port", String(this.#port)],
      ...["--from", from, "--to", to, "--body", "-"],
      ...fields.flatMap((field) => ["--header", field]),
    ];
    call("swaks", args, body);
  }

  /** Somebody answers a letter as mail programs do, with the letter below. @param to where it asks */
  reply(letter: Letter, words: string, to = letter.replyTo): void {
    const quoted = letter.text.trimEnd().replace(/^/gm, "> ");
    this.write(
      letter.to,
      to,
      `Re: ${letter.subject}`,
      `${words}\n\nOn Mon, 3 August 2026 at 10:00, ${letter.from}\nwrote:\n\n${quoted}\n`,
      [`In-Reply-To: ${fieldsOf(letter.source, "Message-ID")[0]}`],
    );
  }

  /** The same with Postfix's own program, a whole message. */
  submit(from: string, to: string, message: string): void {
    const args = ["-C", join(this.dir, "etc"), "-f", from, "-i", "--", to];
    call("sendmail", args, message);
  }

  /** Letters that somebody has not read yet. */
  async unread(address: string): Promise<Letter[]> {
    const letters: Letter[] = [];
    for (const source of this.all(address)) {
      const mark = `${address}\n${source}`;
      if (this.#read.has(mark)) continue;
      this.#read.add(mark);
      const sender = fieldsOf(source, "Return-Path")[0] ?? "";
      letters.push(
        await letterOf(source, sender.replace(/^<|>$/g, ""), address),
      );
    }
    return letters;
  }

  /** Waits for what comes to somebody. @returns the only letter */
  async letter(address: string): Promise<Letter> {
    let letters: Letter[] = [];
    await until(
      async () => {
        letters = await this.unread(address);
        return letters.length > 0;
      },
      () => `mail for ${address}\n${this.state}`,
    );
    const [letter, ...more] = letters;
    if (!letter || more.length > 0)
      throw new Error(`${letters.length} letters for ${address}, not one`);
    return letter;
  }

  /** All messages in a mailbox. */
  all(address: string): string[] {
    const [name = ""] = address.split("@", 1);
    return mailsIn(join(this.dir, "mail", "box.test", name));
  }

  /** Waits until neither Postfix nor the mill has anything left that is due. */
  async rest(seconds = 60): Promise<void> {
    await this.#until(() => this.#queued.length === 0, seconds);
  }

  /** The same, but what Postfix has deferred may be left. */
  async pause(seconds = 60): Promise<void> {
    const isDeferred = (name: string) => name === "deferred";
    await this.#until(() => this.#queued.every(isDeferred), seconds);
  }

  async #until(isDone: () => boolean, seconds: number): Promise<void> {
    let before = "";
    await until(
      async () => {
        before = this.#moves;
        if (!isDone()) return false;
        await this.home.idle();
        // Whatever went from one to the other in between was logged.
        return isDone() && before === this.#moves;
      },
      () => `rest\n${this.state}`,
      seconds,
    );
  }

  /** Has Postfix try now what it has deferred. */
  flush(): void {
    call("postqueue", ["-c", join(this.dir, "etc"), "-f"]);
  }

  /** Has it try again and again until it is rid of all. */
  async drain(): Promise<void> {
    await until(
      () => {
        if (this.#queued.length === 0) return true;
        this.flush();
        return false;
      },
      () => `an empty queue\n${this.state}`,
    );
    await this.rest();
  }

  /** Has Postfix go by other settings, soon. @param lines of main.cf */
  settle(...lines: string[]): void {
    const etc = join(this.dir, "etc");
    call("postconf", ["-c", etc, "-e", ...lines]);
    call("postfix", ["-c", etc, "reload"]);
  }

  /** What Postfix has logged. */
  get log(): string {
    return readFileSync(join(this.dir, "postfix.log"), "utf8");
  }

  /** What is said where something is waited for in vain. */
  get state(): string {
    return `${this.home.log}\n${this.log}`;
  }

  get #moves(): string {
    return `${this.home.log.length} ${this.log.length}`;
  }

  /** The queue of Postfix's that each message is in. */
  get #queued(): string[] {
    const lines = call("postqueue", ["-c", join(this.dir, "etc"), "-j"]);
    return [...lines.matchAll(/^\{"queue_name": "(\w+)"/gm)].map(
      ([, name = ""]) => name,
    );
  }
}

/** What `listmill aliases` says for main.cf, put together with what is there. */
async function mainOf(
  home: PostHome,
  { shared = false, instead = {}, transports = "", main: own = "" }: Plan,
  dir: string,
): Promise<string> {
  const others = Object.entries(instead).map(
    ([name, transport]) => `${name}@box.test=${transport}`,
  );
  const inline = others.length > 0 ? `inline:{ ${others.join(", ")} }` : "";
  const tables = (begin: string) => `${begin}${inline} ${transports} `;
  // A program gets a message for each of its people.
  const limits = Object.values(instead).map(
    (transport) =>
      `${transport.split(":", 1)[0]}_destination_recipient_limit = 1`,
  );
  const more = [...new Set(limits), ...own.split("\n").filter(Boolean)]
    .map((line) => `\n${line}`)
    .join("");
  if (!shared) {
    const main = await home.aliases("postfix", "For these two. In main.cf");
    return `${main.trimEnd().replace(/^transport_maps = /m, tables)}${more}`;
  }
  const about = "Where people have addresses";
  const table = join(dir, "listmill.regexp");
  writeFileSync(table, await home.aliases("postfix", about, "When lists"));
  const boxes = `texthash:${join(dir, "postfix", "etc", "vmailbox")}`;
  const main = await home.aliases("postfix", about, "In main.cf", "local_");
  return main
    .trimEnd()
    .replaceAll("/etc/postfix/listmill.regexp", table)
    .replace(/^virtual_mailbox_maps = /m, `$&${boxes} `)
    .replace(/^transport_maps = /m, tables)
    .concat(more);
}
