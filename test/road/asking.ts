/**
 * A Postfix with settings of a test's own, and what an SMTP server says to a recipient.
 */
import { Talk } from "../receipt/talk.ts";
import { until } from "./mill.ts";

/**
 * For Servers.bash, before `start_postfix`: puts $MAIN and $MASTER into the configuration, before
 * Postfix starts. Settings are replaced: of a double one each daemon warns, and the log daemon would
 * wait for itself.
 */
export const adding = `postfix() {
  if [ "$3" = start ]; then
    while read -r line; do postconf -c "$2" -e "$line" 2>/dev/null; done <<< "$MAIN"
    printf '%s' "\${MASTER-}" >> "$2/master.cf"
  fi
  command postfix "$@"
};`;

/** What a server on loopback answers to RCPT, asked again while it says that it does not know yet. */
export async function verdict(
  port: number,
  sender: string,
  recipient: string,
): Promise<string> {
  let reply = "";
  await until(
    async () => {
      reply = await rcpt(port, sender, recipient);
      return !reply.includes("in progress");
    },
    () => `a verdict for ${recipient}: ${reply}`,
  );
  return reply;
}

async function rcpt(
  port: number,
  sender: string,
  recipient: string,
): Promise<string> {
  const talk = await Talk.silent(`127.0.0.1:${port}`);
  try {
    await talk.reply();
    await talk.say("EHLO client.test");
    const [, reply = ""] = await talk.all(
      `MAIL FROM:<${sender}>`,
      `RCPT TO:<${recipient}>`,
    );
    return reply;
  } finally {
    talk.close();
  }
}
