/** Where a post is found on the web: the link that [archive] permalink makes of its Message-ID. Pure. */
import type { Header } from "../mail/header.ts";
import { messageIdHash } from "../mail/messageidhash.ts";
import type { List } from "./directory.ts";
import type { Site } from "./settings.ts";

/** The link of a post of a list (RFC 5064); undefined where there is none. */
export function permalinkOf(
  { archive }: Pick<Site, "archive">,
  list: Pick<List, "address" | "local" | "domain">,
  header: Pick<Header, "get">,
): string | undefined {
  const { permalink } = archive;
  const hash = messageIdHash(header.get("Message-ID"));
  if (permalink === undefined || hash === undefined) return undefined;
  const { address, local, domain } = list;
  const words: Record<string, string> = { list: address, local, domain, hash };
  return permalink.replace(/\{\{(.*?)\}\}/g, (_, name: string) =>
    encodeURIComponent(words[name] ?? "").replaceAll("%40", "@"),
  );
}
