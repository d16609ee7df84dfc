/**
 * Logging in to a relay (RFC 4954): PLAIN, LOGIN, and CRAM-MD5 where there is nothing better. A
 * password never goes in clear text over a connection that others could read.
 */
import { createHmac } from "node:crypto";
import type { Reply } from "./reply.ts";

export interface Login {
  readonly user: string;
  readonly password: string;
}

/**
 * @param mechanisms that the server offers, in capitals
 * @param secret nobody can read what goes over the connection
 * @param ask sends a line, and settles with the reply to it
 * @returns why it failed, for a person; undefined when we are logged in
 */
export async function logIn(
  login: Login,
  mechanisms: readonly string[],
  secret: boolean,
  ask: (line: string) => Promise<Reply>,
): Promise<string | undefined> {
  const { user, password } = login;
  const usable = secret ? mechanisms : mechanisms.filter(isSecret);
  let reply: Reply;
  if (usable.includes("PLAIN")) {
    reply = await ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`);
  } else if (usable.includes("LOGIN")) {
    reply = await ask("AUTH LOGIN");
    if (reply.code === 334) reply = await ask(base64(user));
    if (reply.code === 334) reply = await ask(base64(password));
  } else if (usable.includes("CRAM-MD5")) {
    reply = await ask("AUTH CRAM-MD5");
    if (reply.code === 334) {
      const challenge = Buffer.from(reply.lines.join(""), "base64");
      const proof = createHmac("md5", password).update(challenge).digest("hex");
      reply = await ask(base64(`${user} ${proof}`));
    }
  } else
    return mechanisms.some((it) => it === "PLAIN" || it === "LOGIN")
      ? "no login over a connection that is not encrypted"
      : "the relay offers no login that we know";
  return reply.code === 235 ? undefined : `login refused: ${reply.text}`;
}

/** It does not show the password. */
function isSecret(mechanism: string): boolean {
  return mechanism === "CRAM-MD5";
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
