/** Who does what a command does, for the history of members and for events. */
import { systemClock } from "../base/clock.ts";
import { account } from "../base/environment.ts";
import { timedId } from "../base/ids.ts";
import type { Actor } from "../state/actor.ts";

let command: string | undefined;

/** @param by "import" where it takes in members of elsewhere */
export function actor(by: "command" | "import" = "command"): Actor {
  command ??= `command/${timedId(systemClock.now())}`;
  return { by, who: account(), cause: command };
}
