/**
 * What the hooks of consumers do: the envelope is made, a broker gets it, and what it said is the
 * verdict. Done only where it has said that it has it; tried again it has the same id.
 */
import { oneLine } from "../base/log.ts";
import type { Site } from "../lists/settings.ts";
import { Lines } from "./lines.ts";
import { type Copy, envelopeOf } from "./making.ts";
import { type Line, parcelOf } from "./parcel.ts";

/** What a hook is asked, with what it may answer. */
interface Question<V> extends Copy {
  readonly site: Site;
  readonly now: number;
  readonly trial: boolean;
  later(reason: string): V;
  away(reason: string, until: number): V;
  reject(reason: string): V;
}

type Brokers = "amqp" | "redis" | "zeromq";
type Section<N extends Brokers> = NonNullable<Site["archive"][N]>;

const lines = new Lines();

/**
 * The hook of a broker.
 * @param name of its section
 * @param open a line to it; throws where it cannot be reached
 * @param isShared whether one line carries several messages at once
 */
export function publisher<N extends Brokers>(
  name: N,
  open: (section: Section<N>, home: string) => Promise<Line>,
  isShared = true,
) {
  return async <V>(ask: Question<V>): Promise<V | undefined> => {
    const { home, archive } = ask.site;
    const section = archive[name] as Section<N> | undefined;
    if (!section)
      return ask.reject(`[archive.${name}] is not set in listmill.toml`);
    const envelope = await envelopeOf(ask, section.inline);
    if (typeof envelope === "string") return ask.reject(envelope);
    if (ask.trial) return undefined;
    const sent = await lines.send(
      `${name} ${isShared ? "" : ask.queue} ${home} ${JSON.stringify(section)}`,
      () => open(section, home),
      parcelOf(envelope),
    );
    switch (sent.is) {
      case "taken":
        return undefined;
      case "later":
        return ask.later(told(name, sent.reason));
      case "refused":
        return ask.reject(told(name, sent.reason));
      case "away":
        return ask.away(told(name, sent.reason), ask.now + sent.wait);
    }
  };
}

function told(name: string, reason: string): string {
  return oneLine(`[archive.${name}] ${reason}`, 500);
}
