/**
 * A real Exim that passes mail for lists to the LMTP door, set up with exactly what
 * `listmill aliases` prints.
 */
import { join } from "node:path";
import { logIn, program, reconfigure } from "./exim.ts";
import type { PostHome } from "./postHome.ts";
import { call, type Servers } from "./servers.ts";

export interface Exim {
  readonly dir: string;
  /** All that it has logged. */
  log(): string;
  submit(sender: string, recipients: readonly string[], text: string): void;
  /** Tries whatever waits at once. */
  retry(): void;
}

/** Starts one on a port; it ends with the servers. */
export async function startExim(
  servers: Servers,
  home: PostHome,
  port: number,
): Promise<Exim> {
  const dir = join(servers.dir, "exim");
  servers.bash('start_exim "$@"', [dir, String(port)]);
  const part = (heading: string) => home.aliases("exim", "3. LMTP", heading);
  const [router, transport, acl] = [
    await part("Router"),
    await part("Transport:"),
    await part("In the ACL"),
  ];
  await reconfigure(dir, (settings) =>
    settings
      .replace("acl_smtp_rcpt = accept", "acl_smtp_rcpt = rcpt")
      .replace("begin routers\n", (begin) => `${begin}${router}\n`)
      .replace("begin transports\n", (begin) => `${begin}${transport}\n`)
      .concat(`begin acl\nrcpt:\n${acl}\naccept\n`),
  );
  const config = join(dir, "exim.conf");
  return {
    dir,
    log: () => logIn(dir),
    submit: (sender, recipients, text) =>
      call(
        program,
        ["-C", config, "-f", sender, "-oi", "-odb", "--", ...recipients],
        text,
      ),
    retry: () => call(program, ["-C", config, "-qff"]),
  };
}
