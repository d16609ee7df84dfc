/**
 * Who gets a copy of what goes through the archive, or of events: each consumer has a queue of its own,
 * called archive-NAME or events-NAME, so none can hold up another. One that comes with listmill is off
 * until [archive.NAME] is set; one that an administrator made is on where it has a hook. Pure.
 */
import { domainOf } from "../mail/address.ts";
import { consumerSections } from "./schema/archive.ts";
import type { Site } from "./settings.ts";

/** The streams that have consumers. */
export type Stream = "archive" | "events";

const shape = /^(?:archive|events)-(.+)$/;

/** A consumer's section, whatever it is set to. */
interface Section {
  readonly lists?: readonly string[] | undefined;
}

/** The name of the section of a consumer that comes with listmill; undefined for any other queue. */
function sectionOf(queue: string): string | undefined {
  const name = shape.exec(queue)?.[1]?.replaceAll("-", "_");
  return name !== undefined && name in consumerSections ? name : undefined;
}

/** Whether a queue is one of a consumer. */
export function isConsumer(queue: string): boolean {
  return shape.test(queue);
}

/** Whether a queue is to be run: all are but those of consumers that nobody has set up. */
export function isSetUp(
  { archive }: Pick<Site, "archive">,
  queue: string,
): boolean {
  const name = sectionOf(queue);
  return (
    name === undefined ||
    (archive as Record<string, unknown>)[name] !== undefined
  );
}

/**
 * The queues of those who get a copy of a list's message.
 * @param ask `list` is missing for an event of a list that is gone
 */
export function consumersOf(
  ask: {
    readonly site: Pick<Site, "archive">;
    streams(prefix: string): readonly string[];
  },
  stream: Stream,
  list: string,
): string[] {
  return ask.streams(stream).filter((queue) => {
    const name = sectionOf(queue);
    if (name === undefined) return true;
    const section = (ask.site.archive as Record<string, Section | undefined>)[
      name
    ];
    return section !== undefined && isFor(section, list);
  });
}

/** The hooks of the queue of events that come with listmill. */
const usual: ReadonlySet<string> = new Set([
  "events/10-consume/10-log.hook.ts",
  "events/10-consume/20-consumers.hook.ts",
]);

/** Whether anybody but the log hears of a list's events: what comes with every post need not be told else. */
export function areHeard(
  ask: Parameters<typeof consumersOf>[0] & {
    hooksOf(queue: string): readonly {
      readonly path: string;
      readonly layer: string;
    }[];
  },
  list: string,
): boolean {
  return (
    ask
      .hooksOf("events")
      .some(({ path, layer }) => layer !== "package" || !usual.has(path)) ||
    consumersOf(ask, "events", list).length > 0
  );
}

/** Whether a section is for a list. @param list its address */
function isFor({ lists }: Section, list: string): boolean {
  return (
    lists === undefined ||
    lists.includes(list) ||
    lists.includes(`@${domainOf(list)}`)
  );
}
