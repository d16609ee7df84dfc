/**
 * What a runner tells systemd where it is one of its services: that it is ready, that it still turns,
 * that it stops (sd_notify(3)). Node has no datagrams on sockets of the file system, so a shell that
 * waits for words hands them to systemd-notify(1).
 */
import { variable } from "../base/environment.ts";
import type { Log } from "../base/log.ts";
import { type Running, startProgram } from "../engine/start.ts";

/** How many signs of life fit into the time after which systemd takes a service for dead. */
const SIGNS = 3;

// One word a line; they are ours, none is of a message.
const RELAY =
  'while IFS= read -r word; do systemd-notify "$word" || exit; done';

export interface Service {
  /** @param status for people, in `systemctl status` */
  ready(status: string): void;
  stopping(): void;
}

/** A service that nobody watches. */
const alone: Service = { ready() {}, stopping() {} };

/** This process as a service, as its environment says. */
export function serviceOf(log: Log): Service {
  const socket = variable("NOTIFY_SOCKET");
  if (socket === undefined) return alone;
  const relay = startProgram(
    ["sh", "-c", RELAY],
    { environment: { PATH: "/usr/bin:/bin", NOTIFY_SOCKET: socket } },
    {},
  );
  relay.stdout.resume();
  void relay.ended.then(({ code, trouble }) => {
    if (!said.stopped)
      log(
        "service",
        `systemd is told nothing more: systemd-notify ${trouble ?? `ended with ${code}`}`,
      );
  });
  const said = new Said(relay);
  const interval = watchInterval();
  if (interval > 0) setInterval(() => said.lives(), interval).unref();
  return said;
}

/** Milliseconds between two signs of life; 0 where none are wanted. */
function watchInterval(): number {
  const pid = variable("WATCHDOG_PID");
  const wanted = Number(variable("WATCHDOG_USEC") ?? 0) / 1000;
  const isMine = pid === undefined || pid === String(process.pid);
  return isMine && wanted > 0 ? wanted / SIGNS : 0;
}

class Said implements Service {
  readonly #relay: Running;
  stopped = false;

  constructor(relay: Running) {
    this.#relay = relay;
  }

  ready(status: string): void {
    this.#say("READY=1");
    this.#say(`STATUS=${status}`);
  }

  lives(): void {
    this.#say("WATCHDOG=1");
  }

  stopping(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.#say("STOPPING=1");
    this.#relay.stdin.end();
  }

  #say(word: string): void {
    this.#relay.stdin.write(`${word}\n`);
  }
}
