/**
 * How a message goes to a server, by what that offers. Pure.
 */
import type { Wire } from "../wire.ts";
import { isInMemory } from "./content.ts";
import type { Extensions } from "./extensions.ts";

/** Bytes of content up to which it is sent with the commands, before anybody is accepted. */
const SMALL = 1024 * 1024;

/**
 * `data`: MAIL, RCPT and DATA in one write, the content once they are answered. `steps`: each command
 * once the one before is answered. `burst`: commands and content in one write. `chunks`: MAIL and RCPT
 * in one write, the content once they are answered.
 */
export type Way = "data" | "steps" | "burst" | "chunks";

export function wayOf(
  offers: Pick<Extensions, "pipelining" | "chunking">,
  content: Pick<Wire, "plain" | "size">,
): Way {
  if (!offers.pipelining) return "steps";
  if (!offers.chunking) return "data";
  return isInMemory(content.plain) && content.size <= SMALL
    ? "burst"
    : "chunks";
}
