#!/usr/bin/env listmill-hook
// Holds posts that name many others beside the list: [custom] crosspost in list.toml says how many.
import type { Ask, Reply } from "../../../../../src/hook.ts";

export default function crosspost({ list, message, hold }: Ask): Reply {
  const most = Number(list?.settings.custom.crosspost ?? 10);
  const named = [...message.header.all("To"), ...message.header.all("Cc")]
    .join(",")
    .split("@").length;
  if (named - 1 > most)
    return hold(
      `It goes to ${named - 1} addresses at once, more than ${most}.`,
    );
}
