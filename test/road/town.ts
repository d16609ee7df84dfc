/**
 * A home with a list, an MTA that takes all, and people who write to the list and read what comes.
 */
import type { Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import { keyringOf } from "../../src/lists/keyring.ts";
import { returnOf } from "../../src/lists/tokens.ts";
import { openMessage } from "../../src/mail/message.ts";
import { readable } from "../../src/mail/text.ts";
import { feed, makeHome, news, runAll } from "../cli/atHome.ts";
import { type Sink, startSink } from "./sink.ts";

/** A letter as its reader sees it. */
export interface Letter {
  readonly to: string;
  /** Envelope sender. */
  readonly sender: string;
  readonly from: string;
  readonly subject: string;
  readonly replyTo: string;
  readonly text: string;
  /** The whole message. */
  readonly source: string;
}

export class Town {
  readonly home: string;
  readonly sink: Sink;
  /** All that the mill has said. */
  readonly log: string[] = [];
  /** Milliseconds by which it is later than on the clock. */
  later = 0;
  #read = 0;

  private constructor(home: string, sink: Sink) {
    this.home = home;
    this.sink = sink;
  }

  /** @param list settings of the list `news` */
  static async build(
    t: Test,
    list: Record<string, unknown> = {},
    settings = "",
  ): Promise<Town> {
    // tap removes the folder after what is torn down only if that was asked for before.
    t.teardown(() => {});
    const dir = t.testdir();
    const sink = await startSink(t);
    const home = await makeHome(t, {
      dir,
      smtp: sink.url,
      settings,
      list: { policy: "members", digest: { enabled: false }, ...list },
    });
    return new Town(home, sink);
  }

  get roster() {
    return new Context(this.home, false).roster;
  }

  async members(): Promise<string[]> {
    const found: string[] = [];
    for await (const { address } of this.roster.members(news))
      found.push(address);
    return found;
  }

  /**
   * Somebody writes; the mill works until nothing is left to do.
   * @param to an address, or an extension of the list such as `subscribe`; "" is the list
   * @returns the letters that the mill has sent
   */
  async write(
    from: string,
    to: string,
    subject = "",
    body = "",
    header: readonly string[] = [],
  ): Promise<Letter[]> {
    const lines = [
      ...(from === "" ? [] : [`From: ${from}`]),
      `To: ${addressOf(to)}`,
      `Subject: ${subject}`,
      `Message-ID: <${Date.now()}.${Math.random()}@example.org>`,
      ...header,
      "",
      body,
    ];
    return this.post(`${lines.join("\n")}\n`, from, to);
  }

  /** The same with a whole message. */
  async post(message: string, from: string, to: string): Promise<Letter[]> {
    const sender = /<(.*)>/.exec(from)?.[1] ?? from;
    await feed(this.home, message, { sender, recipients: [addressOf(to)] });
    return this.work();
  }

  /** The mill works until nothing is due. @returns the letters since the last time */
  async work(): Promise<Letter[]> {
    this.log.push(...(await runAll(this.home, { after: this.later })));
    return this.unread();
  }

  /** The address that says yes to a question of some time ago whether somebody wants to join or leave. */
  async question(
    address: string,
    asked: number,
    action: "subscribe" | "unsubscribe" = "subscribe",
  ): Promise<string> {
    const { site, lists, clock } = new Context(this.home, false);
    const list = lists.get(news);
    if (!list) throw new Error("no list");
    const keyring = await keyringOf(site.home, clock);
    const more = action === "subscribe" ? "posts" : "";
    const said = { action, more, address } as const;
    return returnOf({ site, list, keyring }, "confirm", said, asked).address;
  }

  async unread(): Promise<Letter[]> {
    const taken = this.sink.taken.slice(this.#read);
    this.#read = this.sink.taken.length;
    const letters: Letter[] = [];
    for (const { sender, recipients, text } of taken)
      for (const to of recipients)
        letters.push(await letterOf(text.replaceAll("\r\n", "\n"), sender, to));
    return letters;
  }
}

/** A message as its reader sees it. @param source with LF */
export async function letterOf(
  source: string,
  sender: string,
  to: string,
): Promise<Letter> {
  const message = await openMessage([Buffer.from(source)], 1_000_000);
  const read = await readable(message.pieces(), { limit: 1_000_000 });
  return {
    to,
    sender,
    from: message.header.text("From"),
    subject: read.subject,
    replyTo: message.header.text("Reply-To"),
    // As a program shows flowed text.
    text: read.text.replace(/ \n/g, " "),
    source,
  };
}

/** An address of the list `news`. */
export function addressOf(extension: string): string {
  if (extension.includes("@")) return extension;
  return extension === "" ? news : news.replace("@", `-${extension}@`);
}
