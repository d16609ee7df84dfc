/**
 * One POST (RFC 9110): a body that is streamed, and of the answer its status and the first line of its text.
 * Redirects are not followed. A connection of its own, so that none is found dead.
 */
import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { errnoOf } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { chunks, type Piece } from "../../base/pieces.ts";
import { silence } from "../../lists/sources/silence.ts";

/** Bytes of an answer that are looked at. */
const LOOKED_AT = 2000;

export interface Sending {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: readonly Piece[];
  /** Certificates that are trusted, PEM. */
  readonly ca: string | string[];
  /** Milliseconds of silence. */
  readonly timeout: number;
  /** Milliseconds that the whole may take. */
  readonly longest: number;
}

export interface Answer {
  readonly status: number;
  readonly line: string;
  readonly retryAfter: string | undefined;
}

/** Nobody is there: nothing was sent. */
export class Absent extends Error {}

const absent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ETIMEDOUT",
]);

/** Sends it. Throws Absent, or why there is no answer. */
export async function send(sending: Sending): Promise<Answer> {
  const { url, headers, body, ca, timeout, longest } = sending;
  const request = url.protocol === "https:" ? overHttps : overHttp;
  const options = { method: "POST", headers, ca, timeout, agent: false };
  const asked = request(url, options);
  const whole = setTimeout(() => asked.destroy(silence(longest)), longest);
  let isConnected = false;
  asked.on("socket", (socket) =>
    socket.once("connect", () => {
      isConnected = true;
    }),
  );
  asked.on("timeout", () => {
    const error = silence(timeout);
    asked.destroy(isConnected ? error : absence(url, error.message));
  });
  try {
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      asked.on("response", resolve);
      asked.on("error", reject);
    });
    // Who answers before he has read all of it may close the connection: the answer counts.
    const sent = pipeline(Readable.from(chunks(body)), asked);
    sent.catch(() => {});
    const response = await answered;
    return {
      status: response.statusCode ?? 0,
      line: await firstLine(response),
      retryAfter: response.headers["retry-after"],
    };
  } catch (error) {
    const code =
      errnoOf(error) ?? errnoOf((error as AggregateError).errors?.[0]);
    const isAbsent = !isConnected && code !== undefined && absent.has(code);
    throw isAbsent ? absence(url, code) : error;
  } finally {
    clearTimeout(whole);
    asked.destroy();
  }
}

function absence({ host }: URL, why: string): Absent {
  return new Absent(oneLine(`${host}: ${why}`, 300));
}

async function firstLine(response: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const chunk of response) {
      text += Buffer.from(chunk).toString("latin1");
      if (text.length > LOOKED_AT) break;
    }
  } catch {
    // What came before it broke off will do.
  }
  const utf8 = Buffer.from(text.slice(0, LOOKED_AT), "latin1").toString();
  return oneLine(utf8.trim().split(/\r?\n/, 1)[0] ?? "", 200);
}
