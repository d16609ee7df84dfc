/** What brokers lack of what their sections ask for: files of the settings. Looks only. */
import { messageOf } from "../base/errors.ts";
import type { Site } from "../lists/settings.ts";
import { addressOf } from "./address.ts";

/** @returns sentences for people */
export function brokerTroubles({
  home,
  archive,
}: Pick<Site, "home" | "archive">): string[] {
  return (["amqp", "redis"] as const).flatMap((name) => {
    const access = archive[name];
    if (!access) return [];
    const section = `archive.${name}`;
    try {
      addressOf(access, home, section);
      return [];
    } catch (error) {
      const words = messageOf(error);
      return words.startsWith("[") ? [words] : [`[${section}] ${words}`];
    }
  });
}
