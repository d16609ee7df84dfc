/**
 * listmill-hook: runs an inline hook as a program, by the contract of forked hooks: the message on
 * stdin, LISTMILL_ variables, the answer on stdout, the verdict as exit code. By hand it needs
 * LISTMILL_HOME and LISTMILL_LIST at most.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { systemClock } from "./base/clock.ts";
import { hookVariables } from "./base/environment.ts";
import { exit, Failure, messageOf } from "./base/errors.ts";
import { linesOfFile, pagesOfFile } from "./base/lines.ts";
import { chunks } from "./base/pieces.ts";
import { askInline } from "./engine/inline.ts";
import { type Verb, verbs } from "./engine/layers.ts";
import {
  type Answer,
  type Emission,
  formatOutcome,
  oneByOne,
  type Question,
} from "./engine/question.ts";
import { codes } from "./engine/verdict.ts";
import { Lists } from "./lists/directory.ts";
import { loadSite, type Site } from "./lists/settings.ts";
import type { Message } from "./mail/message.ts";
import { mailTrade } from "./mill.ts";
import { addressed, found } from "./receipt/door.ts";
import { writeNew } from "./spool/durable.ts";
import type { Envelope } from "./spool/envelope.ts";
import { newId } from "./spool/name.ts";

async function main(path: string | undefined): Promise<number> {
  if (path === undefined)
    throw new Failure(exit.usage, "usage: listmill-hook HOOK < MESSAGE");
  const file = resolve(path);
  const stage = basename(dirname(file));
  const verb = stage.slice(stage.indexOf("-") + 1) as Verb;
  if (!verbs.includes(verb))
    throw new Failure(
      exit.usage,
      `${file}: the folder of a hook is called NN-verb, with one of ${verbs.join(", ")}`,
    );
  const given = hookVariables();
  const site = loadSite(given.LISTMILL_HOME ?? ".");
  const lists = new Lists(site.home, site);
  const trade = mailTrade(site, lists, "listmill-hook");
  const work = mkdtempSync(join(tmpdir(), "listmill-hook-"));
  try {
    const copy = given.LISTMILL_MESSAGE ?? join(work, "message");
    if (given.LISTMILL_MESSAGE === undefined)
      await writeNew(
        copy,
        verb === "refine" ? "Subject: none\n\n" : process.stdin,
      );
    const { size } = statSync(copy);
    const message = await trade.open([{ path: copy, start: 0, end: size }]);
    if ("noMessage" in message)
      throw new Failure(
        exit.dataError,
        `stdin is no message: ${message.noMessage}`,
      );
    const envelope = await envelopeOf(given, lists, site);
    const emissions: Emission[] = [];
    let scratches = 0;
    let recipients: Promise<string> | undefined;
    const recipientsFile = () => {
      recipients ??= listFile(given.LISTMILL_RECIPIENTS, work);
      return recipients;
    };
    const question: Question<Message> = {
      id: given.LISTMILL_ID ?? newId(systemClock.now()),
      queue: given.LISTMILL_QUEUE ?? basename(dirname(dirname(file))),
      stage,
      verb,
      attempt: Number(given.LISTMILL_ATTEMPT ?? 0),
      now: systemClock.now(),
      envelope,
      message,
      file: async () => copy,
      recipients: async function* () {
        yield* linesOfFile(await recipientsFile());
      },
      recipientsFile,
      scratch: () => {
        scratches += 1;
        return join(work, `scratch.${scratches}`);
      },
      recipientsOf: () => {
        throw new Error("recipientsOf is for a runner: see listmill hooks try");
      },
      trial: given.LISTMILL_TRIAL !== undefined,
      emit: (emission) => emissions.push(emission),
      log: (text) => process.stderr.write(`${text}\n`),
      signal: new AbortController().signal,
      holds: () => true,
    };
    const hook = {
      path: file,
      file,
      layer: "site",
      how: "inline",
      version: "0",
    } as const;
    const answer = await askInline(
      hook,
      trade.equip(question),
      site.hooks.timeout,
    );
    const { kind } = answer.verdict;
    const isUnchanged =
      verb === "refine" &&
      !answer.lines &&
      (kind === "pass" || kind === "skip");
    await print(
      isUnchanged
        ? { ...answer, lines: pagesOfFile(await recipientsFile()) }
        : answer,
    );
    await write(emissions, message, given.LISTMILL_EMIT);
    return codes[answer.verdict.kind];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The list that was given, or what stdin brings. */
async function listFile(
  given: string | undefined,
  work: string,
): Promise<string> {
  if (given !== undefined) return given;
  const list = join(work, "recipients");
  await writeNew(list, process.stdin);
  return list;
}

async function envelopeOf(
  given: Record<string, string>,
  lists: Lists,
  site: Site,
): Promise<Envelope> {
  const recipient = given.LISTMILL_RECIPIENT ?? given.LISTMILL_LIST ?? "";
  const known =
    given.LISTMILL_LIST === undefined
      ? await found(lists, site, recipient)
      : addressed(lists, site.delimiters, recipient);
  const list = given.LISTMILL_LIST ?? known?.list.address;
  return {
    sender: given.LISTMILL_SENDER ?? "",
    recipient,
    ...(list
      ? { list, extension: given.LISTMILL_EXTENSION ?? known?.extension ?? "" }
      : {}),
    origin: given.LISTMILL_ORIGIN ?? "mta",
    received: new Date(systemClock.now()).toISOString(),
    history: [],
  };
}

async function print(answer: Answer): Promise<void> {
  const { stdout } = process;
  if (answer.verdict.kind !== "pass" && "reason" in answer.verdict)
    stdout.write(`${answer.verdict.reason}\n`);
  else if (answer.line) stdout.write(`${answer.line}\n`);
  if (answer.content && "pieces" in answer.content)
    for await (const chunk of chunks(answer.content.pieces()))
      stdout.write(chunk);
  for await (const line of oneByOne(answer.lines ?? nothing()))
    if (line) stdout.write(`${line}\n`);
  for await (const batch of answer.outcomes ?? [])
    for (const outcome of batch) stdout.write(`${formatOutcome(outcome)}\n`);
}

async function* nothing(): AsyncGenerator<never> {}

/** What follows goes to $LISTMILL_EMIT, or is told where there is none. */
async function write(
  emissions: readonly Emission[],
  message: Message,
  folder: string | undefined,
): Promise<void> {
  for (const [index, { recipient, content, due }] of emissions.entries()) {
    const name = `${due === undefined ? "" : `${due}.`}${index}`;
    if (folder === undefined) {
      process.stderr.write(`would emit a message to ${recipient}\n`);
      continue;
    }
    if (recipient.includes("/") || /^\.{0,2}$/.test(recipient))
      throw new Failure(
        exit.dataError,
        `emitted to "${recipient}", which is no address`,
      );
    mkdirSync(join(folder, recipient), { recursive: true });
    await writeNew(join(folder, recipient, name), content ?? message.pieces());
  }
}

process.exitCode = await main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`listmill-hook: ${messageOf(error)}\n`);
  return error instanceof Failure ? error.exitCode : exit.tryLater;
});
// Idle connections of a hook would keep the process for a while.
process.stdout.write("", () => process.exit());
