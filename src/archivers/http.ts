/**
 * Posts to a web server: the message as it is, signed, or the form that HyperKitty takes. What a try whose
 * answer was lost has brought comes again under the same key, `<list>/<number>`.
 */

import { exit, Failure, messageOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { oneLine } from "../base/log.ts";
import { chunks, lengthOf } from "../base/pieces.ts";
import { HOUR } from "../base/units.ts";
import { secretsIn } from "../lists/secret.ts";
import {
  certificatesOf,
  certificatesOfTheSystem,
} from "../lists/sources/trust.ts";
import { parseDate } from "../mail/date.ts";
import type { Outcome, Post } from "./asked.ts";
import { hyperkittyForm } from "./http/form.ts";
import { Absent, type Answer, send } from "./http/send.ts";
import { signaturesOf } from "./http/signature.ts";

export interface HttpSettings {
  readonly url: string;
  readonly style: "raw" | "hyperkitty";
  readonly secret_file?: string | undefined;
  readonly key_file?: string | undefined;
  readonly key_in_url: boolean;
  readonly ca_file?: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Milliseconds that one is left alone who is not there, the first time and at most. */
const FIRST = 10_000;
const LONGEST = 5 * 60_000;
/** How long those that are not there have been left alone last, by their URL. */
const absences = new Map<string, number>();

/** Brings a post. */
export async function toHttp(
  post: Post,
  settings: HttpSettings,
): Promise<Outcome> {
  const { url, ca_file, timeout } = settings;
  const { headers, body, place } = await letter(post, settings);
  try {
    const answer = await send({
      ...{ url: place, headers, body, timeout, longest: post.patience },
      ca:
        certificatesOf(ca_file, { home: post.home, section: "archive.http" }) ??
        (place.protocol === "https:" ? certificatesOfTheSystem() : []),
    });
    absences.delete(url);
    failpoint("http-answered");
    return outcomeOf(answer, post.now);
  } catch (error) {
    if (error instanceof Absent) {
      const wait = Math.min((absences.get(url) ?? FIRST / 2) * 2, LONGEST);
      absences.set(url, wait);
      return { kind: "away", reason: error.message, until: post.now + wait };
    }
    if (error instanceof Failure) throw error;
    return { kind: "later", reason: oneLine(messageOf(error), 300) };
  }
}

/** What is sent. */
async function letter(post: Post, settings: HttpSettings) {
  const { list, message, number, identity } = post;
  const { style, secret_file, key_file, key_in_url } = settings;
  const form =
    style === "hyperkitty"
      ? hyperkittyForm(list.address, message.pieces())
      : { type: "message/rfc822", body: message.pieces() };
  const place = new URL(settings.url);
  const id = `${encodeURI(list.address)}/${number}`;
  const headers: Record<string, string | number> = {
    "user-agent": "listmill",
    "content-type": form.type,
    "content-length": lengthOf(form.body),
    "idempotency-key": id,
    "listmill-list": encodeURI(list.address),
    "listmill-number": number,
    "listmill-hash": identity,
  };
  const [key] = secrets(post, "key_file", key_file);
  if (key !== undefined && key_in_url) place.searchParams.set("key", key);
  else if (key !== undefined)
    headers.authorization = `${style === "hyperkitty" ? "Token" : "Bearer"} ${key}`;
  const signing = secrets(post, "secret_file", secret_file);
  if (signing.length > 0) {
    const seconds = Math.floor(post.now / 1000);
    headers["webhook-id"] = id;
    headers["webhook-timestamp"] = seconds;
    headers["webhook-signature"] = await signaturesOf(
      ...([signing, id, seconds, chunks(form.body)] as const),
    );
  }
  return { headers, body: form.body, place };
}

/** The lines of a secret's file; none without a file. */
function secrets(post: Post, setting: string, path: string | undefined) {
  if (path === undefined) return [];
  const found = secretsIn(post.home, path) ?? [];
  if (found.length > 0 && found.every((one) => /^[!-~]+$/.test(one)))
    return found;
  throw new Failure(
    exit.tryLater,
    `[archive.http] ${setting} ${path}: there must be a secret on a line of its own, without blanks`,
  );
}

function outcomeOf(answer: Answer, now: number): Outcome {
  const { status, line } = answer;
  const said = `it answers ${status}${line && `: ${line}`}`;
  if (status >= 200 && status < 300) return { kind: "done", what: `${status}` };
  if (status >= 300 && status < 400)
    return {
      kind: "later",
      reason: `${said}; it sends on to another place, which is not followed: set url to where posts are taken`,
    };
  if (status >= 400 && status < 500 && ![408, 425, 429].includes(status))
    return { kind: "refused", reason: said };
  const until = whenOf(answer.retryAfter, now);
  return until === undefined
    ? { kind: "later", reason: said }
    : { kind: "away", reason: said, until };
}

/** Retry-After (RFC 9110, 10.2.3): seconds, or a date; an hour at most. */
function whenOf(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const at = /^\d{1,9}$/.test(value.trim())
    ? now + Number(value) * 1000
    : parseDate(value)?.getTime();
  if (at === undefined || at <= now) return undefined;
  return Math.min(at, now + HOUR);
}
