/**
 * Recipients of other lists of this home: all whom a post to them would reach, and the lists in
 * them. What was asked for already is not asked for again, so circles are cut.
 */
import { exit, Failure, messageOf } from "../../base/errors.ts";
import type { SourceSettings } from "../schema/sources.ts";
import type { SourceContext } from "./context.ts";
import { together } from "./text/lines.ts";

/** All addresses. Throws a Failure (try later) where a list is unknown or one of its sources fails. */
export async function* sublistRecipients(
  settings: SourceSettings<"sublists">,
  context: SourceContext,
): AsyncGenerator<string[]> {
  if (!context.include)
    throw new Error("[sublists] other lists are not known here");
  for (const address of settings.lists)
    try {
      yield* together(context.include(address));
    } catch (error) {
      // Which of the lists it was, its own source does not tell.
      throw new Failure(
        exit.tryLater,
        `[sublists] ${address}: ${messageOf(error)}`,
        { cause: error },
      );
    }
}
