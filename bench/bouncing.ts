/**
 * Bounces of a list's members, as a mail system sends them to their signed return paths; left in the
 * Maildir as an MTA would leave them.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DAY } from "../src/base/units.ts";
import { keyringOf } from "../src/lists/keyring.ts";
import { stamped } from "../src/lists/stamps.ts";
import { stateOf } from "../src/lists/state.ts";
import type { Bounce } from "../src/state/bounce.ts";
import { type Home, LIST } from "./home.ts";

let made = 0;

/** Notes that so many members had a bounce before, as a list has that is some months old. */
export async function remember(home: Home, count: number): Promise<void> {
  const { bounces } = await stateOf(home.dir);
  const at = Date.now() - 20 * DAY;
  const rows = Array.from({ length: count }, (_, n): Bounce => {
    const key = `member${n}@host${n % 97}.example`;
    return {
      ...{ key, address: key, at, post: "old", kind: "hard", trust: "signed" },
      ...{ reason: "no-such-user", status: "5.1.1", detail: "no such user" },
      ...{ source: `old${n}`, report: "" },
    };
  });
  await bounces.note(LIST, rows, () => [], 0);
}

/**
 * Makes the return paths, which is no part of what is measured.
 * @returns writes the reports, of another post each time
 */
export async function reports(home: Home, count: number): Promise<() => void> {
  const now = Date.now();
  const keyring = await keyringOf(home.dir, { now: () => now });
  const [local = "", domain = ""] = LIST.split("@");
  const site = { home: home.dir, delimiters: "-+" };
  const list = { address: LIST, local, domain };
  const members = Array.from(
    { length: count },
    (_, n) => `member${n}@host${n % 97}.example`,
  );
  const paths = await stamped({ site, list, keyring }, "bounce", now, members);
  return () => {
    made += 1;
    const tmp = join(home.dir, "spool/incoming/tmp");
    const fresh = join(home.dir, "spool/incoming/new");
    mkdirSync(fresh, { recursive: true });
    for (const [at, { address }] of paths.entries()) {
      const name = `1700000000.B${made}x${at}.bench`;
      writeFileSync(join(tmp, name), report(members[at] ?? "", address));
      renameSync(join(tmp, name), join(fresh, name));
    }
  };
}

function report(member: string, path: string): string {
  return `Return-Path: <>
Delivered-To: ${path}
Received: by mx.example (Postfix) id 4XyZ; Thu, 26 Nov 2026 12:00:00 +0000 (UTC)
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ${path}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4XyZ/mx.example"
Message-Id: <${made}.${member}>

This is a MIME-encapsulated message.

--4XyZ/mx.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<${member}>: host mx.far.example[192.0.2.1] said: 550 5.1.1
    <${member}>: Recipient address rejected: User unknown (in reply to RCPT TO command)

--4XyZ/mx.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Thu, 26 Nov 2026 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; ${member}
Original-Recipient: rfc822;${member}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.far.example
Diagnostic-Code: smtp; 550 5.1.1 <${member}>: Recipient address rejected: User unknown

--4XyZ/mx.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: Anna <anna@example>
To: ${LIST}
Subject: Seed potatoes
Message-ID: <post-${made}@example>

--4XyZ/mx.example--
`;
}
