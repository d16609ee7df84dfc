/** Who does what a command does, for the history of members. */
import { account } from "../base/environment.ts";
import type { Actor } from "../state/journal.ts";

/** @param by "import" where it takes in members of elsewhere */
export function actor(by: "command" | "import" = "command"): Actor {
  return { by, who: account() };
}
