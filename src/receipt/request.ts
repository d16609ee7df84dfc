/**
 * What a request by HTTP is answered. A bounce that is told to be taken is on disk; where that cannot be
 * told for sure it is 503, and the MTA tries again. Network and token are looked at before a byte of the
 * message is read, and who fails there is told nothing. No answer tells of paths, settings or code.
 */
import type { IncomingMessage } from "node:http";
import { exit, Failure, messageOf } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { mustBeThere } from "../spool/enqueue.ts";
import type { Post } from "./conversation.ts";
import { Form } from "./form.ts";
import type { Gate } from "./gate.ts";
import { arrive } from "./intake.ts";
import { withoutMboxLine } from "./mboxline.ts";
import { bounces, returnedTo } from "./returned.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request, and the connection that it came by. */
export interface Asked {
  readonly request: IncomingMessage;
  /** The client's address; "" where it came by a socket. */
  readonly address: string;
  /** Has the client send the message, where it waits for a word. */
  proceed(): void;
}

/** A refusal as it goes to the log, and what the client is told. */
class Refused extends Error {
  readonly status: number;
  readonly told: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, why: string, told = why, headers = {}) {
    super(why);
    this.status = status;
    this.told = told;
    this.headers = headers;
  }
}

/** Seconds after which a client may try again. */
const WAIT = 60;

/** Bytes of a form beside its message. */
const MARGIN = 64 * 1024;

/** Types of a body that is a message as it stands. */
const MESSAGE = [
  undefined,
  "message/rfc822",
  "application/octet-stream",
  "text/plain",
];
const FORM = "application/x-www-form-urlencoded";

/** What is decided about a message, by exit code. */
const decided: Readonly<Record<number, number>> = {
  [exit.usage]: 400,
  [exit.noPermission]: 413,
  [exit.dataError]: 422,
};

/** Answers, and says in the log what was refused; it never throws. */
export async function answerTo(
  post: Post,
  gate: Gate,
  asked: Asked,
): Promise<Answer> {
  try {
    return await answer(post, gate, asked);
  } catch (error) {
    const { request, address } = asked;
    const { status, message, told, headers } = refusalOf(error);
    const isGone = request.destroyed && !request.complete;
    post.log(
      "http",
      `${address || "socket"}: ${isGone ? "gone in the middle of a message" : `${status} ${oneLine(message)}`}`,
    );
    return {
      ...said(status, { error: oneLine(told, 400) }),
      headers: { ...json, ...headers },
    };
  }
}

/** The answer to a client that is one too many. */
export function tooMany(): Answer {
  const { status, told, headers } = notNow("too many connections");
  return {
    ...said(status, { error: told }),
    headers: { ...json, ...headers, Connection: "close" },
  };
}

async function answer(post: Post, gate: Gate, asked: Asked): Promise<Answer> {
  const { request, address } = asked;
  const stranger = (why: string) => new Refused(403, why, "not for you");
  if (!gate.mayConnect(address))
    throw stranger("it is in none of [http] networks");
  const [path = "", query = ""] = halves(request.url ?? "");
  if (path === "/api/health") {
    allow(request, "GET", "HEAD");
    mustBeThere(post.spool);
    return {
      status: 200,
      headers: { "Content-Type": "text/plain" },
      body: "ok\n",
    };
  }
  if (path !== "/api/bounces")
    throw new Refused(404, `there is nothing at ${path}`, "there is nothing");
  allow(request, "POST");
  const whyNot = gate.whyNot(request.headers.authorization);
  if (whyNot !== undefined) throw stranger(whyNot);
  return bounce(post, asked, new URLSearchParams(query).get("recipient"));
}

/** Throws Refused for other methods. */
function allow({ method = "" }: IncomingMessage, ...methods: string[]): void {
  if (methods.includes(method)) return;
  const told = `only ${methods.join(" and ")}`;
  const Allow = methods.join(", ");
  throw new Refused(405, `${method}: ${told}`, told, { Allow });
}

/** Takes a bounce. Throws Refused and Failure. */
async function bounce(
  post: Post,
  { request, proceed }: Asked,
  given: string | null,
): Promise<Answer> {
  const limit = post.site.limits.message;
  const isForm = mustBeReadable(request);
  // An end of a line may be two bytes for one, and in a form six.
  const most = isForm ? 6 * limit + MARGIN : 2 * limit;
  if (Number(request.headers["content-length"] ?? 0) > most)
    throw new Refused(
      413,
      `the message is larger than ${limit} bytes, the limit of this site`,
    );
  proceed();
  const body = request.iterator({ destroyOnReturn: false });
  const form = isForm ? new Form(body, most) : undefined;
  const input = withoutMboxLine(form?.message() ?? body);
  const id = await arrive(post, input, async ({ message, size, lay }) => {
    const said = recipientIn(given) ?? recipientIn(form?.get("recipient"));
    const { recipient, at } = await returnedTo(post, message.header, said);
    const id = await lay(bounces, recipient, at);
    const whose = at ? "" : " (of no list here)";
    post.log(
      "http",
      `${bounces}/${id}: from=<> to=<${recipient}> size=${size}${whose}`,
    );
    return id;
  });
  return form
    ? said(200, { bouncehandler: { submitted: "job" } })
    : said(200, { submitted: id });
}

/** Whether the body is a form; else it is a message. Throws Refused where it is neither. */
function mustBeReadable({ headers }: IncomingMessage): boolean {
  const coding = headers["content-encoding"] ?? "identity";
  if (coding.toLowerCase() !== "identity")
    throw new Refused(415, `Content-Encoding ${coding}: send it as it is`);
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type === FORM) return true;
  if (MESSAGE.includes(type || undefined)) return false;
  throw new Refused(
    415,
    `Content-Type ${type}: send message/rfc822, or ${FORM} with a field "email"`,
  );
}

/** A "+" that nobody has escaped came out as a blank, which hardly any address has. */
function recipientIn(given: string | null | undefined): string | undefined {
  const text = given?.trim() ?? "";
  if (text === "") return undefined;
  return text.includes('"') ? text : text.replaceAll(" ", "+");
}

/** What is decided about the mail is told as it is, of any other trouble the log tells. */
function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  const why = messageOf(error);
  const status = error instanceof Failure ? decided[error.exitCode] : undefined;
  return status === undefined ? notNow(why) : new Refused(status, why);
}

function notNow(why: string): Refused {
  return new Refused(503, why, "not now, try again later", {
    "Retry-After": String(WAIT),
  });
}

const json = { "Content-Type": "application/json" };

function said(status: number, content: unknown): Answer {
  return { status, headers: json, body: `${JSON.stringify(content)}\n` };
}

/** What stands before and behind the "?". */
function halves(url: string): [string, string] {
  const at = url.indexOf("?");
  return at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}
