/**
 * The body that MediaWiki's BounceHandler takes, application/x-www-form-urlencoded:
 * `action=bouncehandler&email=<a message>`, its fields in any order. The message passes through as it
 * comes and is never held, so memory is flat; of the other fields only the short ones that are asked for
 * are kept. A "%" that begins no escape stands for itself, as in the URL Standard. Pure.
 */
import { exit, Failure } from "../base/errors.ts";
import { Unescaped } from "./unescaped.ts";

/** Bytes of a name, and of a field that is kept, before they are decoded. */
const SHORT = 1024;

const AND = 38;
const EQUALS = 61;

const kept = ["action", "recipient"] as const;
type Kept = (typeof kept)[number];

/** Where the bytes that come belong. */
type Place = "name" | "message" | Kept | "nowhere";

export class Form {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #most: number;
  readonly #found = new Map<string, string>();
  #place: Place = "name";
  /** Of the name, or of a field that is kept. */
  #short: Buffer = Buffer.alloc(0);
  #message: Unescaped | undefined;

  /** @param most bytes of the whole body */
  constructor(source: AsyncIterable<Uint8Array>, most: number) {
    this.#source = source;
    this.#most = most;
  }

  /** A field, once all of the message was read. */
  get(name: Kept): string | undefined {
    return this.#found.get(name);
  }

  /**
   * The bytes of the field `email`; it ends with the body.
   * Throws Failure: 64 this is no such form, 77 it is too large.
   */
  async *message(): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const bytes of this.#source) {
      size += bytes.byteLength;
      if (size > this.#most)
        throw new Failure(
          exit.noPermission,
          `the form is larger than ${this.#most} bytes, the limit of this site`,
        );
      yield* this.#read(
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      );
    }
    yield* this.#end();
    if (!this.#message) throw noMessage();
    const action = this.get("action") ?? "bouncehandler";
    if (action !== "bouncehandler")
      throw new Failure(exit.usage, "the action must be bouncehandler");
  }

  /** Reads on; a field may begin in one chunk and end in another. */
  *#read(chunk: Buffer): Generator<Uint8Array> {
    let from = 0;
    while (from < chunk.length) {
      const to = this.#endOf(chunk, from);
      const part = chunk.subarray(from, to);
      if (this.#place === "message") yield* notEmpty(this.#message?.take(part));
      else if (this.#place !== "nowhere") this.#keep(part);
      from = to + 1;
      if (to === chunk.length) return;
      if (chunk[to] === EQUALS) this.#begin();
      else yield* this.#end();
    }
  }

  /** Where the name or the field that is being read ends; the chunk's end where it does not. */
  #endOf(chunk: Buffer, from: number): number {
    const and = chunk.indexOf(AND, from);
    const end = and < 0 ? chunk.length : and;
    if (this.#place !== "name") return end;
    const equals = chunk.subarray(from, end).indexOf(EQUALS);
    return equals < 0 ? end : from + equals;
  }

  #keep(part: Buffer): void {
    if (this.#short.length + part.length > SHORT)
      throw this.#place === "name"
        ? noMessage()
        : new Failure(exit.usage, `the field ${this.#place} is too long`);
    this.#short = Buffer.concat([this.#short, part]);
  }

  /** A name is whole: its field begins. */
  #begin(): void {
    const name = textOf(this.#short);
    this.#short = Buffer.alloc(0);
    this.#place = kept.find((one) => one === name) ?? "nowhere";
    if (name !== "email") return;
    if (this.#message)
      throw new Failure(exit.usage, 'the form has two fields "email"');
    this.#message = new Unescaped();
    this.#place = "message";
  }

  /** A field is whole. */
  *#end(): Generator<Uint8Array> {
    if (this.#place === "message") yield* notEmpty(this.#message?.rest());
    else if (this.#place !== "name" && this.#place !== "nowhere")
      this.#found.set(this.#place, textOf(this.#short));
    this.#short = Buffer.alloc(0);
    this.#place = "name";
  }
}

/** curl calls what it sends a form where it is not told otherwise. */
function noMessage(): Failure {
  return new Failure(
    exit.usage,
    'the form has no field "email"; a message that is sent as it is needs the Content-Type message/rfc822',
  );
}

function textOf(bytes: Buffer): string {
  const unescaped = new Unescaped();
  const whole = [unescaped.take(bytes), unescaped.rest()];
  return Buffer.concat(whole).toString("utf8");
}

function* notEmpty(bytes: Buffer | undefined): Generator<Buffer> {
  if (bytes && bytes.length > 0) yield bytes;
}
