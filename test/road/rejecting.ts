/**
 * Hosts that take mail for a domain and refuse much of it: a real Postfix and a real Exim, each with what
 * its own settings can say. Whose address says what is the same for both.
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { adding } from "./asking.ts";
import { reconfigure } from "./exim.ts";
import { mailsIn } from "./postHome.ts";
import { freePort, type Servers } from "./servers.ts";

export interface Host {
  readonly domain: string;
  readonly port: number;
  /** What has come into somebody's mailbox. */
  mails(name: string): string[];
}

/** Who has a mailbox. `grey` gets a message when it is tried again. */
const BOXES = ["well", "grey"];

/** What is said to others, whatever comes and however often. Nobody is called `gone`. */
const replies = {
  full: "552 5.2.2 Mailbox full",
  brim: "452 4.2.2 Mailbox full",
  later: "451 4.3.0 The mail store is being repaired",
  policy: "550 5.7.1 Refused by a rule of this site",
} as const;
const greylisted = "450 4.7.1 Greylisted, come back later";

export async function rejectingPostfix(
  servers: Servers,
  domain: string,
): Promise<Host> {
  const port = await freePort();
  const dir = join(servers.dir, "refuses");
  const table = (entries: Record<string, string>) =>
    `inline:{ ${Object.entries(entries)
      .map(([name, value]) => `{ ${name}@${domain} = ${value} }`)
      .join(", ")} }`;
  const boxes = BOXES.map((name) => [name, `${domain}/${name}/`]);
  servers.bash(`${adding} start_postfix "$@"`, [dir, String(port)], {
    MAIN: `\
virtual_mailbox_domains = ${domain}
virtual_mailbox_maps = ${table(Object.fromEntries(boxes))}
smtpd_restriction_classes = greylisting
greylisting = check_policy_service unix:private/greylist
smtpd_recipient_restrictions = check_recipient_access ${table({ ...replies, grey: "greylisting" })}
smtpd_error_sleep_time = 0`,
    MASTER: `greylist unix - n n - 0 spawn user=vmail argv=${greylister(servers.dir)}\n`,
  });
  return {
    ...{ domain, port },
    mails: (name) => mailsIn(join(dir, "mail", domain, name)),
  };
}

/** A program that Postfix asks (SMTPD_POLICY_README): who has tried it before may pass. */
function greylister(dir: string): string {
  const program = join(dir, "greylist");
  const known = join(dir, "known");
  mkdirSync(known);
  chmodSync(known, 0o777);
  writeFileSync(
    program,
    `#!/bin/sh
while read -r line; do
  case $line in
    sender=*) from=\${line##*@} ;;
    recipient=*) to=\${line#*=} ;;
    '')
      if mkdir "${known}/$from $to" 2>/dev/null; then echo "action=${greylisted}"; else echo action=dunno; fi
      echo ;;
  esac
done
`,
    { mode: 0o755 },
  );
  return program;
}

export async function rejectingExim(
  servers: Servers,
  domain: string,
): Promise<Host> {
  const port = await freePort();
  const dir = join(servers.dir, "exim");
  servers.bash('start_exim "$@"', [dir, String(port)], {
    BOXES: BOXES.join(" "),
  });
  const refusals = Object.entries({
    gone: "550 5.1.1 No such user",
    ...replies,
  })
    .map(
      ([name, reply]) =>
        `${reply.startsWith("4") ? "defer" : "deny"} local_parts = ${name}\n  message = ${reply}`,
    )
    .join("\n");
  const acl = `\
begin acl
rcpt:
${refusals}
defer local_parts = grey
  message = ${greylisted}
  ! seen = -0s / key=\${sender_address_domain} \${local_part}
require verify = recipient
accept
`;
  await reconfigure(dir, (settings) =>
    settings
      .replaceAll("box.test", domain)
      .replace("acl_smtp_rcpt = accept", "acl_smtp_rcpt = rcpt")
      .concat(acl),
  );
  return {
    ...{ domain, port },
    mails: (name) => mailsIn(join(dir, "mail", name)),
  };
}
