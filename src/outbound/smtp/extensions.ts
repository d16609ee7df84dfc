/**
 * What a server offers in its answer to EHLO or LHLO (RFC 5321 section 4.1.1.1). Pure.
 */

export interface Extensions {
  /** RFC 2920. */
  readonly pipelining: boolean;
  /** RFC 3030: BDAT. */
  readonly chunking: boolean;
  /** RFC 6152. */
  readonly eightBitMime: boolean;
  /** RFC 6531. */
  readonly smtpUtf8: boolean;
  /** RFC 3461. */
  readonly dsn: boolean;
  /** RFC 3207. */
  readonly startTls: boolean;
  /** Postfix: it makes a return path of each recipient's own. */
  readonly xverp: boolean;
  /** RFC 1870: the size of a message may be told. */
  readonly sizeTold: boolean;
  /** RFC 1870: most bytes of a message; 0 where there is no limit, or none is told. */
  readonly size: number;
  /** RFC 4954: mechanisms, in capitals. */
  readonly auth: readonly string[];
  /** RFC 9422: most recipients of a transaction; Infinity where none is told. */
  readonly recipientMax: number;
}

/** Of a server that was greeted with HELO. */
export const NOTHING: Extensions = extensionsOf([]);

/** @param lines of the reply, without the code; the first names the server */
export function extensionsOf(lines: readonly string[]): Extensions {
  const words = new Map<string, string>();
  const auth = new Set<string>();
  for (const line of lines.slice(1)) {
    const [, name = "", parameters = ""] =
      /^([A-Za-z0-9][A-Za-z0-9-]*)[ =]?(.*)$/.exec(line.trim()) ?? [];
    const keyword = name.toUpperCase();
    words.set(keyword, parameters);
    // Some say AUTH=, as clients of the last century wanted it.
    if (keyword === "AUTH")
      for (const mechanism of parameters.toUpperCase().split(/[\s=]+/))
        if (mechanism !== "") auth.add(mechanism);
  }
  const limits = words.get("LIMITS") ?? "";
  return {
    pipelining: words.has("PIPELINING"),
    chunking: words.has("CHUNKING"),
    eightBitMime: words.has("8BITMIME"),
    smtpUtf8: words.has("SMTPUTF8"),
    dsn: words.has("DSN"),
    startTls: words.has("STARTTLS"),
    xverp: words.has("XVERP"),
    sizeTold: words.has("SIZE"),
    size: numberIn(words.get("SIZE") ?? "", /^(\d{1,20})$/) ?? 0,
    auth: [...auth],
    recipientMax: limitIn(limits, "RCPTMAX"),
  };
}

function limitIn(limits: string, name: string): number {
  const found = numberIn(
    limits,
    new RegExp(`\\b${name}=([1-9]\\d{0,5})\\b`, "i"),
  );
  return found ?? Number.POSITIVE_INFINITY;
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
