// Posts for consumers, and questions as hooks ask them.
import type { Asked, Outcome, Post } from "../../src/archivers/asked.ts";
import { identityOf } from "../../src/archivers/asked.ts";
import { openMessage } from "../../src/mail/message.ts";

export const list = {
  address: "dev@lists.example.org",
  local: "dev",
  domain: "lists.example.org",
};

export const text = (id: string, body = "Text.\n") =>
  `From: Anna <anna@example.org>\nTo: <${list.address}>\nSubject: post ${id}\nDate: Mon, 20 Jul 2026 10:00:00 +0200\nMessage-ID: <${id}@home.example>\n\n${body}`;

/** @param home absolute @param content the message; what `text` makes of the number without it */
export async function postOf(
  home: string,
  number: number,
  content: string | Buffer = text(`p${number}`),
  more: Partial<Post> = {},
): Promise<Post> {
  const message = await openMessage([Buffer.from(content)], 100_000);
  return {
    home,
    list,
    number,
    identity: identityOf(message),
    received: new Date("2026-11-26T16:02:59Z"),
    message,
    now: Date.UTC(2026, 10, 26, 17),
    patience: 50_000,
    mustHold() {},
    ...more,
  };
}

/** A question whose verdicts are what was said. */
export const asked = (more: Partial<Asked<Outcome>>): Asked<Outcome> =>
  ({
    site: { home: "/nowhere", hooks: { timeout: 60_000 } },
    list,
    envelope: { number: 7, received: "2026-11-26T16:02:59Z" },
    now: 0,
    trial: false,
    holds: () => true,
    log() {},
    later: (reason) => ({ kind: "later", reason }),
    away: (reason, until) => ({ kind: "away", reason, until }),
    reject: (reason) => ({ kind: "refused", reason }),
    ...more,
  }) as Asked<Outcome>;
