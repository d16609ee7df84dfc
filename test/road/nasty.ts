/**
 * Mails that somebody writes who wants to see the command addresses of a list fail: nasty pieces put
 * together by fast-check, the same ones each time. Mail number n knows only the domains eN.example
 * (who asks) and vN.example (who is named), and the word kanariNx, so each letter tells which mail it
 * follows from.
 */
import fc from "fast-check";
import { anyString } from "../anyString.ts";

/** A mail as its bytes, in Latin-1, and what the MTA says of it. */
export interface Hostile {
  readonly sender: string;
  readonly recipient: string;
  readonly source: string;
}

const list = "news";
const host = "lists.example.org";
const many = (count: number, text: string) => text.repeat(count);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const word = (text: string) => `=?utf-8?b?${base64(text)}?=`;

/** From fields. */
const authors = [
  "eve@E",
  "Eve <eve@E>",
  '"victim@V" <eve@E>',
  "victim@V <eve@E>",
  "<victim@V> <eve@E>",
  "eve@E, victim@V",
  "eve(a (nested) comment)@E (and more)",
  `eve@E ${many(200, "(")}`,
  '"a b"@E',
  '"a\\"b"@E',
  '"<victim@V>"@E',
  "<@relay.evil.example,@other.evil.example:eve@E>",
  "eve%V@E",
  "eve!victim@E",
  "group: eve@E, victim@V;",
  "undisclosed-recipients:;",
  "jürgen@E",
  "eve@bücher.E",
  "eve@xn--bcher-kva.E",
  `${many(1000, "a")}@E`,
  `${many(64, "a")}@E`,
  `eve@${many(30, "sub.")}E`,
  "eve@E\r\nBcc: victim@V",
  "eve@E\rBcc: victim@V",
  "eve@E\0@V",
  `=?utf-8?q?eve=0D=0ABcc:_victim=40V?= <eve@E>`,
  `${word("Eve\r\nBcc: victim@V\r\n\r\nkanari")} <eve@E>`,
  `${many(400, word("Eve "))} <eve@E>`,
  `=?x?q?${many(5000, "=?x?q?")}`,
  '"unclosed <eve@E>',
  "eve@E>",
  "<eve@E",
  "",
  "eve",
  "@",
  "eve@E@V",
  `"${many(3000, "\\")}" <eve@E>`,
  `${many(3000, "x, ")}eve@E`,
  "\u202eeve@E",
  "eve\u200b@E",
  "=?utf-8?q?eve?=@E",
  "Eve =?utf-7?q?+AGUAdgBl?= <eve@E>",
  "MAILER <eve@E>",
] as const;

/** Commands, each on one line. */
const commands = [
  "subscribe",
  "subscribe victim@V",
  "subscribe Victim <victim@V>",
  "subscribe <victim@V>,<other@V>",
  'subscribe "victim@V"@V',
  "subscribe @relay.evil.example:victim@V",
  "subscribe group:victim@V,other@V;",
  "subscribe victim@V\0other@V",
  "subscribe digest nomail posts victim@V",
  `subscribe ${many(64, "v")}@V`,
  `subscribe ${many(1000, "v")}@V`,
  `subscribe ${many(200, "v@V ")}`,
  "subscribe jürgen@V",
  `subscribe ${list}@${host}`,
  `subscribe "${list}"@${host}`,
  `subscribe ${list}-owner@${host}`,
  `subscribe secret@${host}`,
  "subscribe postmaster@V",
  "unsubscribe victim@V",
  "unsubscribe member@inside.example",
  "set digest victim@V",
  "set nomail",
  "set vacation until 9999-99-99",
  `set vacation until ${many(400, "9")}-01-01`,
  "set vacation until 275760-09-13",
  "set vacation until 2099-02-30 victim@V",
  "set language ../../etc/passwd",
  "set language xx-kanari",
  "set language de victim@V",
  "set own-copy on victim@V",
  "set __proto__ on",
  "set constructor",
  "get ../../etc/passwd",
  "get /etc/passwd",
  "get 1",
  "get 1-999999999",
  "get 10-1",
  `get ${many(400, "9")}`,
  `get 1-${many(400, "9")}`,
  `get ${many(400, "1 ")}`,
  "get -1",
  "get 1e9",
  "get 0x1",
  "get ١-٩",
  "get Infinity",
  "thread 1",
  `thread ${many(400, "9")}`,
  "index",
  "index 9-1",
  `index 1-${many(400, "9")}`,
  "who",
  "who; cat /etc/passwd",
  "help",
  "help {{list}} {{address}} {{owner}}",
  "faq",
  "info $(id)",
  "{{list}} {{command}}",
  "{{results}}",
  "$(id)",
  "`id`",
  "; rm -rf /",
  "| mail victim@V",
  "&& id",
  "../../bin/sh",
  "/bin/sh -c id",
  "%s%s%s%n",
  "--boundary",
  "--=_kanari--",
  "Content-Type: text/html",
  "Bcc: victim@V",
  ".",
  "..",
  "QUIT",
  "DATA",
  "confirm",
  `confirm ${many(30, "a")}`,
  `confirm ${many(400, "a")}`,
  `confirm ${many(900, "a")}`,
  "confirm TOKEN",
  "CONFIRM UPPER",
  "confirm TOKENTOKEN",
  "confirm TOKEN TOKEN TOKEN",
  "confirm CUT",
  "confirm MODERATE",
  "approve MODERATE",
  "approve TOKEN",
  "reject CUT",
  "discard TOKEN",
  "free MODERATE",
  "approve ../../held",
  "constructor",
  "__proto__",
  "toString victim@V",
  "hasOwnProperty",
  "kanari",
  "<script>kanari</script>",
  "http://kanari.evil.example/ now",
  "\u202eebircsbus",
  "ｓｕｂｓｃｒｉｂｅ",
  "退会",
  "désabonner victim@V",
  "Re: Re: AW: help",
  many(500, "a"),
  many(10_000, "a "),
  "\x1b[2J\x07help",
  "help\x0b\x0c\x85\u2028who",
  "end",
  "-- ",
] as const;

const extensions = [
  "request",
  "subscribe",
  "subscribe-digest",
  "subscribe+nomail",
  "subscribe-kanari",
  "subscribe+$(id)",
  "subscribe+`id`",
  "subscribe+{{list}}",
  "unsubscribe",
  "unsubscribe+kanari",
  "unsubscribe+../..",
  "unsubscribe+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "leave",
  "join",
  "set",
  "set+digest",
  "set+__proto__",
  "set-vacation-until-2099-12-24",
  "get",
  "get-1-999999999",
  "get-10-1",
  "get+etc/passwd",
  "get-99999999999999999999",
  "thread-1",
  "index",
  "index+kanari",
  "who",
  "help",
  "help+constructor",
  "faq",
  "confirm",
  "confirm+../..",
  "confirm+kanari",
  "confirm+TOKEN",
  "confirm+UPPER",
  "confirm+CUT",
  "confirm+MODERATE",
  "confirm-TOKEN",
  "approve",
  "approve+MODERATE",
  "approve+TOKEN",
  "reject+CUT",
  "discard+TOKEN",
  "free+MODERATE",
  "owner",
  "bounces+kanari",
  "archive",
  "moderators",
  "moderators-remind",
  "digest",
  "nonsense",
  "",
] as const;

/** Fields besides. */
const fields = [
  "Message-ID: <kanari@E>",
  "Message-ID: <kanari@E>\r\n\tBcc: victim@V",
  "Message-ID: <a b>",
  `Message-ID: <${many(900, "a")}>`,
  `Message-ID: <${many(890, "ä")}>`,
  "Message-ID: <a\rBcc: victim@V>",
  "Message-ID: <a\0b@E>",
  "Message-ID: =?utf-8?q?=3Ca=0D=0ABcc:victim=40V=3E?=",
  "Reply-To: victim@V",
  "Return-Receipt-To: victim@V",
  "Errors-To: victim@V",
  "Sender: victim@V",
  "Accept-Language: ../../../etc, kanari",
  `Accept-Language: ${many(5000, "de,")}`,
  "Content-Language: {{list}}",
  "Received: from x ([::1]) by y",
  `Received: ${many(5000, "(1.2.3.4 ")}`,
  "Approved: kanari",
  "Delivered-To: victim@V",
  "Return-Path: <victim@V>",
  "X-Original-To: secret@lists.example.org",
  "Resent-From: victim@V",
  "From: victim@V",
  `Subject: ${word("help\r\nBcc: victim@V")}`,
  "no colon here",
  ": empty name",
  `X-Long: ${many(20_000, "x")}`,
  `X-Folded: ${many(2000, "a\r\n ")}`,
] as const;

type Part = (text: string) => string;

const charsets =
  "utf-8 utf-16le utf-7 iso-2022-jp iso-8859-1 windows-1252 gb18030 big5 euc-kr koi8-r shift_jis x-unknown ../../etc constructor".split(
    " ",
  );

/** Content fields and body for a text of commands. */
const shapes: readonly Part[] = [
  (text) => `\r\n${text}`,
  ...charsets.map(
    (charset): Part =>
      (text) =>
        `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}`,
  ),
  (text) =>
    `Content-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(text, "utf16le").toString("base64")}`,
  (text) =>
    `Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(text).slice(3)}!!!=\r\n=`,
  (text) =>
    `Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(text)}`,
  (text) =>
    `Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${text}=\r\n=ZZ=0D=0A=\r\n=00==`,
  (text) =>
    `Content-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n${text}`,
  (text) =>
    `Content-Type: text/html\r\n\r\n<p>${text.replaceAll("\n", "</p><p>")}</p>`,
  (text) => `Content-Type: text/html\r\n\r\n${many(300, "<div>")}${text}`,
  (text) =>
    `Content-Type: text/html\r\n\r\n<table>${many(300, "<tr><td>")}<!-- ${text}`,
  (text) => `Content-Type: text/html\r\n\r\n${many(2000, "&lt;&#x26;")}${text}`,
  (text) => `Content-Type: text/html\r\n\r\n${many(2000, "<")}${text}`,
  (text) =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${text}\r\n--b--\r\n`,
  (text) =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n${text}`,
  (text) => `Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\n${text}\r\n--b--`,
  (text) =>
    `Content-Type: multipart/alternative; boundary=""\r\n\r\n--\r\n\r\n${text}\r\n----`,
  (text) => nested(40, text),
  (text) =>
    `Content-Type: message/rfc822\r\n\r\nFrom: victim@V\r\nSubject: help\r\n\r\n${text}`,
  (text) =>
    `Content-Type: message/external-body; access-type=local-file; name="/etc/passwd"\r\n\r\n${text}`,
  (text) =>
    `Content-Type: text/plain; charset*0*=utf-8''x; x=\0\r\n\r\n${text}`,
  (text) => `Content-Type: application/octet-stream\r\n\r\n${text}`,
  (text) => `Content-Type: ${many(2000, "a;b=")}\r\n\r\n${text}`,
];

export function nested(depth: number, text: string): string {
  let inner = `Content-Type: text/plain\r\n\r\n${text}`;
  for (let at = 0; at < depth; at += 1)
    inner = `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n${inner}\r\n--b${at}--\r\n`;
  return inner;
}

/** What the tests put in for TOKEN and the like. */
export type Tokens = Readonly<
  Record<"TOKEN" | "UPPER" | "CUT" | "MODERATE", string>
>;

/** @param count of mails, which come out the same each time */
export function hostileMails(count: number, tokens: Tokens): Hostile[] {
  const pieces = fc.record({
    author: fc.constantFrom(...authors),
    extension: fc.oneof(
      { weight: 2, arbitrary: fc.constant("request") },
      { weight: 3, arbitrary: fc.constantFrom(...extensions) },
    ),
    subject: fc.constantFrom("", "hello", ...commands),
    dress: fc.constantFrom<Part>(
      (text) => text,
      word,
      (text) => `Re: [kanari] ${text}`,
      (text) => `${text}\r\nBcc: victim`,
      (text) => many(3000, word(text.slice(0, 1))),
    ),
    lines: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...commands) },
        { weight: 1, arbitrary: anyString({ maxLength: 60 }) },
      ),
      { maxLength: 14 },
    ),
    more: fc.array(fc.constantFrom(...fields), { maxLength: 3 }),
    shape: fc.constantFrom(...shapes),
    nullSender: fc.integer({ min: 0, max: 20 }).map((at) => at === 0),
  });
  return fc
    .sample(pieces, { numRuns: count, seed: 20261126 })
    .map(
      (
        { author, extension, subject, dress, lines, more, shape, nullSender },
        at,
      ) => {
        const own = (text: string) => ownOf(text, at, tokens);
        const local = extension === "" ? list : `${list}-${extension}`;
        const source = own(
          [
            `From: ${author}`,
            `Subject: ${dress(own(subject))}`,
            ...more,
            shape(own(lines.join("\n"))),
            "",
          ].join("\r\n"),
        );
        return {
          sender: nullSender ? "" : own("eve@E"),
          recipient: own(`${local}@${host}`),
          source: latin(source),
        };
      },
    );
}

/** With the names and tokens of mail number `at`. */
export function ownOf(text: string, at: number, tokens: Tokens): string {
  return text
    .replace(/TOKEN|UPPER|CUT|MODERATE/g, (name) => tokens[name as "TOKEN"])
    .replace(/(?<=[@.])E\b/g, `e${at}.example`)
    .replace(/(?<=[@.=%]|40)V\b/g, `v${at}.example`)
    .replaceAll("kanari", `kanari${at}x`);
}

/** UTF-8 bytes as Latin-1. */
export function latin(text: string): string {
  return Buffer.from(text).toString("latin1");
}
