/** Who does something, and by which way. Pure. */

/** The ways in which something is done. */
export const actors = ["mail", "command", "import", "web", "mill"] as const;

/** Who does something: by which way, and with what name there. */
export interface Actor {
  readonly by: (typeof actors)[number];
  /** An address, or an account of the host. */
  readonly who: string;
  /** Of the mail that asked for it. */
  readonly messageId?: string | undefined;
  /** What it follows from: an entry, `queue/id`, or a command. For events; the journal does without. */
  readonly cause?: string | undefined;
}

export const mill: Actor = { by: "mill", who: "" };
