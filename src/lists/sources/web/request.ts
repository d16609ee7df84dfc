/**
 * One question to a web server (RFC 9110): GET, with what is known already (ETag, Last-Modified),
 * and the whole of the answer. Redirects are followed on the same server only, so that a token goes
 * nowhere else. A body that breaks off throws, also one of which nobody can tell whether it did.
 */
import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { messageOf } from "../../../base/errors.ts";
import { silence } from "../silence.ts";

/** Bytes of the largest answer. */
const LARGEST = 2 ** 30;
/** Redirects that are followed. */
const FARTHEST = 5;

/** What a server said of an answer, to be sent with the next question for it. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}

export interface Wishes {
  readonly token: string | undefined;
  /** Certificates that are trusted, PEM. */
  readonly ca: string | string[];
  /** Milliseconds of silence; the whole may take ten times as long. */
  readonly timeout: number;
  /** Of the answer that is at hand. */
  readonly known: Validators | undefined;
}

export type Answer =
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "body";
      readonly validators: Validators;
      /** To be read to its end. */
      readonly body: AsyncIterable<Uint8Array>;
    };

/** Asks. Throws where there is no answer, or none of what was asked for. */
export async function ask(start: URL, wishes: Wishes): Promise<Answer> {
  const whole = AbortSignal.timeout(wishes.timeout * 10);
  let url = start;
  for (let hops = 0; hops <= FARTHEST; hops += 1) {
    const response = await responseOf(url, wishes, whole);
    const status = response.statusCode ?? 0;
    if (status === 200)
      return {
        kind: "body",
        validators: {
          etag: response.headers.etag,
          modified: response.headers["last-modified"],
        },
        body: bodyOf(response),
      };
    response.destroy();
    if (status === 304 && isKnown(wishes)) return { kind: "unchanged" };
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined)
      throw new Error(
        `the server answers ${status} ${response.statusMessage ?? ""}`.trimEnd(),
      );
    const next = URL.canParse(location, url.href) && new URL(location, url);
    if (!next || next.origin !== start.origin)
      throw new Error(
        "the server sends on to another one, which is not followed: set url to where the addresses are",
      );
    url = next;
  }
  throw new Error(`the server sends on more than ${FARTHEST} times`);
}

/** Whether the server was told of an answer that is at hand. */
function isKnown({ known }: Wishes): boolean {
  return known?.etag !== undefined || known?.modified !== undefined;
}

/** The head of the answer. */
function responseOf(
  url: URL,
  { token, ca, timeout, known }: Wishes,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const headers = {
    accept: "text/csv, text/plain, */*;q=0.5",
    "accept-encoding": "identity",
    "user-agent": "listmill",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(known?.etag !== undefined && { "if-none-match": known.etag }),
    ...(known?.modified !== undefined && {
      "if-modified-since": known.modified,
    }),
  };
  const request = url.protocol === "https:" ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      ca,
      headers,
      timeout,
      // A connection of its own: none is kept for a server that is asked once a post.
      agent: false,
    });
    let giveUp = (error: Error) => void asked.destroy(error);
    asked.on("timeout", () => giveUp(silence(timeout)));
    signal.addEventListener("abort", () =>
      giveUp(new Error(`no whole answer within ${timeout / 100} s`)),
    );
    asked.on("error", reject);
    asked.on("response", (response) => {
      giveUp = (error) => void response.destroy(error);
      resolve(response);
    });
    asked.end();
  });
}

async function* bodyOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    check(response);
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LARGEST) throw tooLarge();
      yield chunk;
    }
    if (!response.complete) throw new Error("aborted");
  } catch (error) {
    const isCut = messageOf(error) === "aborted";
    throw isCut ? new Error("the answer breaks off", { cause: error }) : error;
  } finally {
    response.destroy();
  }
}

/** Throws where the head tells that the body will be of no use. */
function check({ headers }: IncomingMessage): void {
  const length = headers["content-length"];
  if (
    length === undefined &&
    !/\bchunked\b/i.test(headers["transfer-encoding"] ?? "")
  )
    throw new Error(
      "the server does not say how long its answer is, so nobody can tell whether it is whole",
    );
  if (Number(length ?? 0) > LARGEST) throw tooLarge();
  const coding = headers["content-encoding"] ?? "identity";
  if (coding !== "identity")
    throw new Error(
      `the answer is compressed (${coding}), though not asked for so`,
    );
  // A page to log in at comes with 200 too, and no line of it would be an address.
  if (
    /^\s*(?:text\/html|application\/xhtml)/i.test(headers["content-type"] ?? "")
  )
    throw new Error(
      "the answer is a page for people (text/html), not a list of addresses",
    );
}

function tooLarge(): Error {
  return new Error("the answer is larger than 1 GiB");
}
