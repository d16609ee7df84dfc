/**
 * A pipe of Postfix's that brings bounces by HTTP, set up as docs/http.md has it.
 */
import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./servers.ts";

/** The table of transports for the return paths of a domain's lists. */
export function bouncesOf(domain: string): string {
  const host = domain.replaceAll(".", "\\.");
  // In main.cf a dollar is written twice.
  return `regexp:{ { /^.+[-+](bounces|probe)([-+].*)?@${host}$$/ listmill-bounce: } }`;
}

/**
 * @param dir where its files may lie
 * @param port of the door
 * @returns a line of master.cf
 */
export function bouncePipe(
  dir: string,
  user: Account,
  port: number,
  token: string,
): string {
  const config = join(dir, "listmill.curl");
  const script = join(dir, "listmill-bounce");
  writeFileSync(
    config,
    `url = "http://127.0.0.1:${port}/api/bounces"
header = "Authorization: Bearer ${token}"
header = "Content-Type: message/rfc822"
fail
silent
show-error
max-time = 120
`,
    { mode: 0o600 },
  );
  chownSync(config, user.uid, user.gid);
  writeFileSync(
    script,
    `#!/bin/sh
exec >/dev/null
curl --config ${config} --data-binary @- || exit 75
`,
    { mode: 0o755 },
  );
  return `listmill-bounce unix - n n - 4 pipe\n  flags=DR user=${user.name} argv=${script}\n`;
}
