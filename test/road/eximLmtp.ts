/**
 * A real Exim that passes mail for lists to the LMTP door, set up with exactly what
 * `listmill aliases` prints.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./mill.ts";
import type { PostHome } from "./postHome.ts";
import { call, type Servers } from "./servers.ts";

const program = "/opt/exim4/usr/sbin/exim4";

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
  const config = join(dir, "exim.conf");
  const part = (heading: string) => home.aliases("exim", "3. LMTP", heading);
  const [router, transport, acl] = [
    await part("Router"),
    await part("Transport:"),
    await part("In the ACL"),
  ];
  writeFileSync(
    config,
    readFileSync(config, "utf8")
      .replace("acl_smtp_rcpt = accept", "acl_smtp_rcpt = rcpt")
      .replace("begin routers\n", (begin) => `${begin}${router}\n`)
      .replace("begin transports\n", (begin) => `${begin}${transport}\n`)
      .concat(`begin acl\nrcpt:\n${acl}\naccept\n`),
  );
  call(program, ["-C", config, "-bV"]);
  process.kill(Number(readFileSync(join(dir, "exim.pid"), "utf8")), "SIGHUP");
  const log = () =>
    ["mainlog", "paniclog"]
      .map((name) => join(dir, "log", name))
      .map((path) => (existsSync(path) ? readFileSync(path, "utf8") : ""))
      .join("");
  await until(
    () => log().split("daemon started").length > 2,
    () => `Exim to take its settings\n${log()}`,
  );
  return {
    dir,
    log,
    submit: (sender, recipients, text) =>
      call(
        program,
        ["-C", config, "-f", sender, "-oi", "-odb", "--", ...recipients],
        text,
      ),
    retry: () => call(program, ["-C", config, "-qff"]),
  };
}
