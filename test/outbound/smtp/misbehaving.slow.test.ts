// A server that goes wrong in every way at every step of the second of three messages: everybody has
// one outcome, and `sent` is who the server took.
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { parseRelay } from "../../../src/outbound/smtp/dial.ts";
import { Session } from "../../../src/outbound/smtp/session.ts";
import type {
  Offer,
  Transaction,
} from "../../../src/outbound/smtp/transaction.ts";
import { type Wire, wireOf } from "../../../src/outbound/wire.ts";
import {
  close,
  half,
  halfHang,
  hang,
  type Say,
  type Script,
  type Scripted,
  scripted,
} from "../scripted.ts";

/** Milliseconds: a busy machine must not be taken for a silent server. */
const TIMEOUT = 20_000;
/** The same for a server that falls silent. */
const SHORT = 1500;
const THREE = ["a@x", "b@x", "c@x"];

t.setTimeout(200_000);

/** Announced extensions, and the scheme. */
const modes = {
  pipelining: ["smtp", "250-x\r\n250 PIPELINING"],
  none: ["smtp", "250 x"],
  chunking: ["smtp", "250-x\r\n250-PIPELINING\r\n250 CHUNKING"],
  lmtp: ["lmtp", "250-x\r\n250 PIPELINING"],
  "lmtp, chunking": ["lmtp", "250-x\r\n250-PIPELINING\r\n250 CHUNKING"],
} as const;

type Step = "MAIL" | "RCPT" | "DATA" | "content";

/** What is right at a step. */
const right: Record<Step, string> = {
  MAIL: "250 2.1.0 ok",
  RCPT: "250 2.1.5 ok",
  DATA: "354 go on",
  content: "250 2.0.0 taken",
};

type Fault = (reply: string) => Say;

const singly = (reply: string) => async (socket: Socket) => {
  for (const byte of Buffer.from(`${reply}\r\n`)) {
    socket.write(Uint8Array.of(byte));
    await new Promise(setImmediate);
  }
};

/** It is slow or says it oddly, but it says it. */
const harmless: Record<string, Fault> = {
  late: (reply) => async (socket) => {
    await sleep(20);
    socket.write(`${reply}\r\n`);
  },
  "byte by byte": singly,
  "many lines": (reply) => {
    const code = reply.slice(0, 3);
    return `${`${code}-line\r\n`.repeat(1000)}${reply}`;
  },
  "without words": (reply) => reply.slice(0, 3),
};

/** It refuses, and goes on. */
const refusals: Record<string, Fault> = {
  "451": () => "451 4.3.0 not now",
  "552": () => "552 5.3.4 no",
  "503": () => "503 5.5.1 out of step",
};

/** After this nothing that it says can be believed, or it says nothing any more. */
const fatal: Record<string, Fault> = {
  closes: () => close,
  "half a line": () => half,
  "421": () => "421 4.3.2 going down",
  "421 and closes": () => (socket) => void socket.end("421 4.3.2 bye\r\n"),
  garbage: () => "hello",
  "a wrong code": () => "650 what",
  "no code": () => "ok 250",
  "two codes in a reply": () => "250-one\r\n251 two",
  "10,000 lines": (reply) =>
    `${`${reply.slice(0, 3)}-line\r\n`.repeat(10_000)}${reply}`,
  "a long line": (reply) => `${reply} ${"x".repeat(3000)}`,
  "zero bytes": () => "\0\0\0\0",
};

/** The same, but it takes a while to see it. */
const silent: Record<string, Fault> = {
  hangs: () => hang,
  "half a line, then silence": () => halfHang,
};

/** Wrong for the one step where another class of reply was due. */
const twice: Record<string, Fault> = {
  "two replies in one packet": (reply) => `${reply}\r\n${reply}`,
};

interface Case {
  readonly mode: keyof typeof modes;
  readonly recipients: readonly string[];
  readonly ahead: boolean;
  readonly step: Step;
  readonly fault: string;
  readonly say: Say;
}

function scriptOf({ mode, recipients, step, say }: Case): Script {
  const last = recipients.at(-1);
  return {
    ehlo: modes[mode][1],
    mail: (count) => (count === 2 && step === "MAIL" ? say : right.MAIL),
    rcpt: (address, count) =>
      count === 2 && step === "RCPT" && address === last ? say : undefined,
    dataOf: (count) => (count === 2 && step === "DATA" ? say : undefined),
    endOf: (address, count) =>
      count === 2 &&
      step === "content" &&
      (address === last || !mode.startsWith("lmtp"))
        ? say
        : undefined,
  };
}

/** Three messages. With `ahead` each is offered before the one before has its reply. */
async function converse(
  server: Scripted,
  { recipients, ahead, fault }: Case,
  content: Wire,
): Promise<Transaction[]> {
  const address = parseRelay(server.url);
  const session = await Session.open({
    address,
    hostname: "x",
    timeout: fault in silent ? SHORT : TIMEOUT,
  });
  const letter = { sender: "s@x", recipients, content };
  const found: Transaction[] = [];
  let offer: Offer | undefined = session.offer(letter);
  for (let count = 1; offer !== undefined; count++) {
    await offer.open;
    const done = offer.complete();
    if (ahead) offer = count < 3 ? session.offer(letter) : undefined;
    found.push(await done);
    if (!ahead) offer = count < 3 ? session.offer(letter) : undefined;
  }
  await session.quit();
  return found;
}

function casesOf(faults: Record<string, Fault>, large: boolean): Case[] {
  const found: Case[] = [];
  for (const mode of Object.keys(modes) as (keyof typeof modes)[])
    for (const recipients of large ? [THREE] : [["a@x"], THREE])
      for (const ahead of [false, true])
        for (const step of Object.keys(right) as Step[])
          for (const [fault, how] of Object.entries(faults)) {
            if (step === "DATA" && mode.endsWith("chunking")) continue;
            if (large && step === "DATA") continue;
            const say = how(right[step]);
            found.push({ mode, recipients, ahead, step, fault, say });
          }
  return found;
}

const name = ({ mode, recipients, ahead, step, fault }: Case) =>
  `${fault} at ${step}, ${mode}, ${recipients.length} recipients${ahead ? ", ahead" : ""}`;

const kinds = ({ outcomes }: Transaction) => outcomes.map(({ kind }) => kind);

/** Who was sent to, in the server's words. */
const sent = (found: readonly Transaction[]) =>
  found.flatMap(({ outcomes }, at) =>
    outcomes
      .filter(({ kind }) => kind === "sent")
      .map(({ address }) => `${at + 1} ${address}`),
  );

/** What must hold of three transactions: each line that is not as it must be. */
type Rule = (
  it: Case,
  found: readonly Transaction[],
  taken: string[],
) => unknown[];

/** Plays all cases, many at a time. */
async function play(
  t: Test,
  cases: readonly Case[],
  content: Wire,
  rule: Rule,
): Promise<void> {
  const left = cases.values();
  const wrong: unknown[] = [];
  const player = async () => {
    for (const it of left) {
      const server = await scripted(scriptOf(it), modes[it.mode][0]);
      const found = await converse(server, it, content);
      for (const { outcomes } of found)
        if (
          String(outcomes.map(({ address }) => address)) !==
          String(it.recipients)
        )
          wrong.push([name(it), "not one outcome for each", outcomes]);
      if (found.length !== 3) wrong.push([name(it), found]);
      for (const one of rule(it, found, server.taken))
        wrong.push([name(it), one]);
      await server.close();
    }
  };
  await Promise.all(Array.from({ length: 64 }, player));
  t.same(wrong, [], `${cases.length} conversations`);
}

const differs = (found: unknown, wanted: unknown) =>
  JSON.stringify(found) === JSON.stringify(wanted) ? [] : [{ found, wanted }];

const liars: Rule = (_, found, taken) =>
  sent(found).filter((one) => !taken.includes(one));

const SMALL = await wireOf([Buffer.from("Subject: x\n\n.body\n")], "/nowhere");
const PART = Buffer.from(`${"x".repeat(62)}\r\n`.repeat(1024));
/** Streamed. */
const LARGE: Wire = {
  ...SMALL,
  size: PART.length * 3,
  stuffed: streamed(3),
  plain: streamed(3),
};

function streamed(count: number): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < count; at++) yield PART;
    },
  };
}

for (const [size, content] of Object.entries({ small: SMALL, large: LARGE })) {
  const large = content === LARGE;
  t.test(`${size}: who is slow has all the same taken it`, (t) =>
    play(t, casesOf(harmless, large), content, (it, found) => {
      const all = it.recipients.map(() => "sent");
      return found.flatMap((one) => differs(kinds(one), all));
    }),
  );

  t.test(`${size}: a refusal is for one message, and the line lives`, (t) =>
    play(t, casesOf(refusals, large), content, (it, found, taken) => {
      const kind = it.fault === "552" ? "never" : "later";
      const all = it.recipients.map(() => kind);
      const others = it.recipients.map(() => "sent");
      // A refusal at RCPT, or with LMTP at the end, is for the last recipient only.
      const own =
        it.step === "RCPT" ||
        (it.step === "content" && it.mode.startsWith("lmtp"));
      const second = own ? [...others.slice(1), kind] : all;
      return [
        ...differs(sent(found), taken),
        ...differs(found.map(kinds), [others, second, others]),
        ...found
          .flatMap(({ outcomes }) => outcomes)
          .filter(({ trouble }) => trouble !== undefined),
      ];
    }),
  );

  t.test(`${size}: nothing is believed after a fault, and nobody lost`, (t) =>
    play(
      t,
      casesOf({ ...silent, ...fatal }, large),
      content,
      (it, found, taken) => {
        const all = (kind: string) => it.recipients.map(() => kind);
        // With LMTP the recipients before the last have their reply already.
        const second =
          it.mode.startsWith("lmtp") && it.step === "content"
            ? [...all("sent").slice(1), "later"]
            : all("later");
        const goes = it.fault.startsWith("421");
        const later = found
          .flatMap(({ outcomes }) => outcomes)
          .filter(({ kind }) => kind !== "sent");
        return [
          ...liars(it, found, taken),
          ...differs(found.map(kinds), [all("sent"), second, all("later")]),
          ...differs(found[2]?.begun, false),
          ...later.filter(({ trouble, reply }) =>
            goes
              ? trouble !== undefined || !/^421 4\.3\.2/.test(reply)
              : trouble !== "broken" || reply === "",
          ),
        ];
      },
    ),
  );

  t.test(`${size}: a reply too many takes nobody away`, (t) =>
    play(t, casesOf(twice, large), content, (it, found, taken) => {
      const first = it.recipients.map(() => "sent");
      const [one = { outcomes: [] }] = found as Transaction[];
      return [
        ...liars(it, found, taken),
        ...differs(kinds(one as Transaction), first),
      ];
    }),
  );
}
