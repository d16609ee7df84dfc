/**
 * What another program prints: started without a shell, with an environment made from nothing. It is
 * whole only where the program ended with 0. Nothing of it is left running.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { errnoOf } from "./errors.ts";
import { oneLine } from "./log.ts";

/** Milliseconds that a program may run. */
const LONGEST = 5 * 60_000;

const environment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
};

/**
 * Its stdout in chunks, as fast as they are taken.
 * @param search folders where it is looked for, as PATH has them
 * @param longest milliseconds that it may run
 * Throws where it is not installed, fails, is killed or takes too long.
 */
export async function* outputOf(
  program: string,
  args: readonly string[],
  search: string = environment.PATH,
  longest = LONGEST,
): AsyncGenerator<Buffer> {
  const child = spawn(program, args, {
    cwd: "/",
    env: { ...environment, PATH: search },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Node's own time limit would go on where the program cannot be started.
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, longest);
  let said = "";
  child.stderr.on("data", (data) => {
    said = `${said}${data}`.slice(0, 2000);
  });
  // Rejects where it could not be started; asked below, if somebody still reads.
  const closed = once(child, "close");
  closed.catch(() => {});
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const [code, signal] = await closed;
    if (isLate)
      throw new Error(
        `${program} took more than ${longest / 60_000} minutes and was ended`,
      );
    if (code !== 0)
      throw new Error(
        `${program} ended with ${code ?? signal}${said && ": "}${oneLine(said, 300)}`,
      );
  } catch (error) {
    // Where it could not be started its output breaks off, which says less.
    throw await closed.then(
      () => error,
      (reason) => notStarted(program, search, reason),
    );
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

function notStarted(program: string, search: string, reason: unknown): unknown {
  if (errnoOf(reason) !== "ENOENT") return reason;
  return new Error(
    `the program ${program} is needed and not installed in ${search}`,
    { cause: reason },
  );
}
