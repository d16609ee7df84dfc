// A home with a list on which it is judged, with a time of the test's own: what is emitted is caught,
// and the looks at the end of a day are taken when the day is over.
import type { Test } from "tap";
import type { z } from "zod";
import { bytes } from "../../../src/base/pieces.ts";
import { consume } from "../../../src/bounce/judge/consume.ts";
import { Context } from "../../../src/cli/context.ts";
import { keyringOf } from "../../../src/lists/keyring.ts";
import type { Emitter } from "../../../src/lists/letter.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
import { eventSchema } from "../../../src/lists/schema/event.ts";
import { stamped } from "../../../src/lists/stamps.ts";
import { stateOf } from "../../../src/lists/state.ts";
import { openMessage } from "../../../src/mail/message.ts";
import { found } from "../../../src/receipt/door.ts";
import { newId } from "../../../src/spool/name.ts";
import { makeHome, news } from "../../cli/atHome.ts";

export const DAY = 86_400_000;

/** A message that followed from a bounce. */
export interface Letter {
  readonly to: string;
  readonly sender: string | undefined;
  readonly text: string;
  readonly due: number;
}

/** What a mail system says about one recipient. */
export interface Said {
  readonly to: string;
  readonly status?: string;
  readonly says?: string;
  /** The Message-ID of the post. */
  readonly post?: string;
}

export class Court {
  readonly home: string;
  now = Date.UTC(2026, 2, 1, 12);
  readonly letters: Letter[] = [];
  readonly logged: string[] = [];
  /** What programs were told, by id. */
  readonly events = new Map<string, z.output<typeof eventSchema>>();
  #alarms: Letter[] = [];

  readonly address: string;

  private constructor(home: string, address: string) {
    this.home = home;
    this.address = address;
  }

  static async open(
    t: Test,
    bounces: Record<string, unknown> = {},
    settings = "",
    more: Record<string, unknown> = {},
    dir = t.testdir(),
    name = "",
  ): Promise<Court> {
    const list = {
      bounces: { log_only: "0s", ...bounces },
      owners: ["olga@owners.test"],
      ...more,
    };
    const home = await makeHome(t, { dir, list, settings });
    if (name === "") return new Court(home, news);
    const address = `${name}@lists.example.org`;
    await new Context(home, false).lists.create(address, list);
    return new Court(home, address);
  }

  get #context() {
    return new Context(this.home, false);
  }

  get list() {
    return this.#context.list(this.address);
  }

  get roster() {
    return rosterOf(this.home);
  }

  state() {
    return stateOf(this.home);
  }

  async members(...addresses: string[]): Promise<void> {
    await this.roster.import(this.address, addresses);
  }

  async isSuspended(address: string): Promise<boolean | undefined> {
    const member = await this.roster.get(this.address, address);
    return member && member.suspended !== undefined;
  }

  /** The return path that a recipient's copy was sent with. @param at milliseconds since 1970 */
  async path(
    address: string,
    purpose: "bounce" | "probe" = "bounce",
    at = this.now,
  ): Promise<string> {
    const { site, list } = { site: this.#context.site, list: this.list };
    const keyring = await keyringOf(this.home, { now: () => at });
    const [one] = await stamped({ site, list, keyring }, purpose, at, [
      address,
    ]);
    return one?.address ?? "";
  }

  /** A message comes to an address of the list. @returns what has followed from it */
  async take(
    text: string,
    recipient: string,
    {
      id = newId(this.now),
      ours = false,
      crash = false,
    }: { id?: string; ours?: boolean; crash?: boolean } = {},
  ): Promise<Letter[]> {
    const { site, lists } = this.#context;
    const content = [Buffer.from(text)];
    const message = await openMessage(content, site.limits.header);
    const at = await found(lists, site, recipient);
    const sent: Parameters<Emitter["emit"]>[0][] = [];
    await consume(
      {
        ...{ site, lists, message, id, ours, now: this.now },
        list: at?.list,
        envelope: {
          ...{ sender: "", recipient, history: [] },
          origin: ours ? "outbound/x" : "mta",
          received: new Date(this.now).toISOString(),
          ...(at ? { list: at.list.address, extension: at.extension } : {}),
        },
        log: (line) => void this.logged.push(line),
        emit: (one) => void sent.push(one),
      },
      (address) => found(lists, site, address),
    );
    const emitted: Letter[] = [];
    for (const { queue, recipient, content, sender, due = 0 } of sent) {
      const text = (await bytes(content, 1e7)).toString();
      if (queue === "events") {
        const event = JSON.parse(text.slice(text.indexOf("\n\n")));
        this.events.set(event.id, eventSchema.parse(event));
        continue;
      }
      emitted.push({ to: recipient, sender, text, due: due * 1000 });
    }
    if (crash) return [];
    for (const one of emitted)
      (one.due > 0 ? this.#alarms : this.letters).push(one);
    return emitted.filter(({ due }) => due === 0);
  }

  /** A report by a mail system. @param to where it comes; everybody's address of the list by default */
  async bounce(
    some: Said | readonly Said[],
    to = "news-bounces@lists.example.org",
    more: { id?: string; ours?: boolean; crash?: boolean } = {},
  ): Promise<Letter[]> {
    return this.take(report([some].flat()), to, more);
  }

  /** Somebody has the looks taken that are not due. */
  async early(): Promise<void> {
    const all = this.#alarms;
    this.#alarms = [];
    for (const one of all) await this.take(one.text, one.to, { ours: true });
  }

  /** Time goes on, and the list takes the looks that are due meanwhile. */
  async pass(days: number): Promise<void> {
    const end = this.now + days * DAY;
    for (;;) {
      const [next] = this.#alarms
        .filter(({ due }) => due <= end)
        .sort((a, b) => a.due - b.due);
      if (!next) break;
      this.#alarms = this.#alarms.filter((one) => one !== next);
      this.now = Math.max(this.now, next.due);
      await this.take(next.text, next.to, { ours: true });
    }
    this.now = end;
  }

  /** Letters to somebody since they were asked for last. */
  to(address: string): Letter[] {
    const found = this.letters.filter(({ to }) => to === address);
    for (const one of found) this.letters.splice(this.letters.indexOf(one), 1);
    return found;
  }
}

export function subjectOf(letter: Letter | undefined): string {
  return (
    /^Subject: (.*(?:\n[ \t].*)*)/m
      .exec(letter?.text ?? "")?.[1]
      ?.replace(/\n/g, "") ?? ""
  );
}

let reports = 0;

export function report(some: readonly Said[]): string {
  reports += 1;
  const groups = some.map(
    ({ to, status = "5.1.1", says = "550 5.1.1 no such user" }) =>
      `Final-Recipient: rfc822; ${to}\nAction: failed\nStatus: ${status}\nDiagnostic-Code: smtp; ${says}\n`,
  );
  const post = some[0]?.post ?? `post-${reports}@example.net`;
  return `From: MAILER-DAEMON@mx.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-${reports}@mx.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

It could not be delivered.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

${groups.join("\n")}
--cut
Content-Type: message/rfc822-headers

Message-ID: <${post}>
Subject: Seed potatoes
From: anna@example.net

--cut--
`;
}
