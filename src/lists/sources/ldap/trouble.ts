/**
 * What an error of the directory means: another server may still answer, or a person must act. Pure.
 */
import { exit, Failure, messageOf } from "../../../base/errors.ts";
import { oneLine } from "../../../base/log.ts";
import { silence } from "../silence.ts";

/** Nobody answered, or said that it cannot just now: another server may. */
export class Unreachable extends Error {}

/** Result codes (RFC 4511, 4.1.9) of a server that cannot just now: time limit, busy, unavailable. */
const notNow = [3, 51, 52];

/** What to do about other result codes. */
const advice: Readonly<Record<number, string>> = {
  4: "the server's limit of entries cuts the answer: have it raised for bind_dn",
  8: "the server wants TLS: set starttls or an ldaps:// URL",
  10: "the answer lies on another server: ask that one (of Active Directory the global catalogue, port 3268)",
  11: "a limit of the server cuts the answer: have it raised for bind_dn, or an index made",
  13: "the server wants TLS: set starttls or an ldaps:// URL",
  32: "there is no such entry: look at base and member_base",
  34: "this is no DN: look at base, member_base and bind_dn",
  48: "the server does not let this one in: set bind_dn and password_file",
  49: "the server refuses bind_dn or its password",
  50: "bind_dn may not read this",
};

/**
 * An error of the package or of a socket, as what to do about it.
 * @param where what a Failure begins with
 * @param timeout milliseconds that were waited
 */
export function told(
  error: unknown,
  where: string,
  timeout: number,
): Unreachable | Failure {
  if (error instanceof Failure || error instanceof Unreachable) return error;
  const { code } = error as { code?: unknown };
  const said = oneLine(wordsOf(error, timeout), 300);
  const failure = (what: string) =>
    new Failure(exit.tryLater, `${where}: ${what} (${said})`, { cause: error });
  if (typeof code === "number" && !notNow.includes(code))
    return failure(advice[code] ?? "the server refuses");
  if (typeof code === "string" && isOfCertificate(code))
    return failure(
      "the server's certificate is not trusted: look at ca_file and the host's name in url",
    );
  return new Unreachable(said, { cause: error });
}

/** What the package and Node say, as short as the field says it. */
const words: readonly (readonly [RegExp, string])[] = [
  [/^Connection closed before .*/, "the server closed the connection"],
  [/^Socket error\..*\n/, ""],
  [/; if the root CA is .*/, ""],
  [/\s*Code: 0x[0-9a-f]+$/, ""],
];

/** The error in words; several addresses of a host that all refuse come as one without any. */
function wordsOf(error: unknown, timeout: number): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  let said = messageOf(first);
  if (/^Connection timeout$|^\w+: Operation timed out$/.test(said))
    return silence(timeout).message;
  for (const [pattern, by] of words) said = said.replace(pattern, by);
  const { code } = first as { code?: unknown };
  return said.trim() || `result code ${code}`;
}

/** Node's names for what is wrong with a certificate. */
function isOfCertificate(code: string): boolean {
  return /CERT|CRL|SIGNATURE|ISSUER|INVALID_CA|HOSTNAME|PURPOSE|PATH_LENGTH/.test(
    code,
  );
}
