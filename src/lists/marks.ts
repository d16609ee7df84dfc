/**
 * The marks that a list leaves in the header of its posts (RFC 2919, RFC 2369, RFC 8058 aside), and
 * how they tell a post that comes back. Pure.
 */
import type { Header } from "../mail/header.ts";
import { encodePhrase, encodeWords } from "../mail/words.ts";
import type { List } from "./directory.ts";
import type { Site } from "./settings.ts";

/** The list's address with an extension, `LIST-owner@domain`, by the site's first delimiter. */
export function extended(
  site: Pick<Site, "delimiters">,
  list: Pick<List, "local" | "domain">,
  extension: string,
): string {
  const delimiter = site.delimiters.charAt(0) || "-";
  return `${list.local}${delimiter}${extension}@${list.domain}`;
}

/** The identifier of RFC 2919: the address with a dot for the @. */
export function listId({ local, domain }: List): string {
  return `${local.replaceAll("@", ".")}.${domain}`;
}

/** Lists that a message went through before the last one, whose marks are gone. */
export const BEEN = "X-BeenThere";

/** Whether a header shows that the message has been through the list already. */
export function isMarkedBy(list: List, header: Header): boolean {
  const id = `<${listId(list)}>`;
  const post = `<mailto:${list.address}>`;
  return (
    header
      .all(BEEN)
      .some((value) => value.trim().toLowerCase() === list.address) ||
    header.all("List-Id").some((value) => value.toLowerCase().includes(id)) ||
    header.all("List-Post").some((value) => value.toLowerCase().includes(post))
  );
}

/** Fields of one delivery, requests for receipts, and marks of another list. */
const foreign = [
  "Return-Path",
  "Delivered-To",
  "X-Original-To",
  "Envelope-To",
  "Delivery-Date",
  "Bcc",
  "Return-Receipt-To",
  "Disposition-Notification-To",
  "X-Confirm-Reading-To",
  "List-Id",
  "List-Post",
  "List-Help",
  "List-Subscribe",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "List-Owner",
  "List-Archive",
  "Precedence",
];

/** The header of a post as it goes out. @param address makes LIST-owner@ and the like */
export function marked(
  list: List,
  header: Header,
  address: (extension: string) => string,
): Header {
  const name = list.settings.description;
  const sender = header.get("Sender");
  let result = header
    .remove(...foreign)
    .add("List-Id", `${name ? `${encodePhrase(name)} ` : ""}<${listId(list)}>`)
    .add("List-Post", `<mailto:${list.address}>`)
    .add("List-Help", `<mailto:${address("request")}?subject=help>`)
    .add("List-Subscribe", `<mailto:${address("subscribe")}>`)
    .add("List-Unsubscribe", `<mailto:${address("unsubscribe")}>`)
    .add("List-Owner", `<mailto:${address("owner")}>`)
    .add("Precedence", "list")
    .add(BEEN, list.address)
    .set("Sender", address("bounces"));
  if (sender && !result.has("X-Original-Sender"))
    result = result.add("X-Original-Sender", sender);
  if (list.settings.reply_to === "list")
    result = result.set("Reply-To", list.address);
  return result;
}

/** The header with a prefix before the subject; undefined where it is there already. */
export function prefixed(header: Header, prefix: string): Header | undefined {
  const subject = header.text("Subject");
  if (subject.toLowerCase().includes(prefix.toLowerCase())) return undefined;
  return header.set(
    "Subject",
    encodeWords(`${prefix} ${subject || "(no subject)"}`),
  );
}
