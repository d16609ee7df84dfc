/**
 * The name of a list's mailbox as the name of a folder of a Maildir++: `.lists_example_org.dev`. A dot
 * separates levels there, so within one it is written `_`; `_` and `%` are written as %5F and %25, so that no
 * two lists share a folder. What is not ASCII is written as IMAP does (RFC 3501, 5.1.3). Pure.
 */
import type { List } from "../../lists/directory.ts";

/**
 * @param template levels separated by `/`, with {{list}}, {{local}} and {{domain}}
 * @returns begins with a dot; "" where it would be no name
 */
export function mailboxName(
  template: string,
  list: Pick<List, "address" | "local" | "domain">,
): string {
  const words: Record<string, string> = {
    list: list.address,
    local: list.local,
    domain: list.domain,
  };
  const levels = template
    .split("/")
    .map((level) =>
      encoded(
        level.replace(/\{\{(.*?)\}\}/g, (_, name: string) =>
          (words[name] ?? "").replace(/[%_]/g, (c) =>
            c === "%" ? "%25" : "%5F",
          ),
        ),
      ),
    );
  return levels.includes("") ? "" : `.${levels.join(".")}`;
}

function encoded(level: string): string {
  return level
    .replaceAll(".", "_")
    .replaceAll("/", "%2F")
    .replace(/&|[^ -~]+/g, (text) => (text === "&" ? "&-" : `&${utf7(text)}-`));
}

function utf7(text: string): string {
  return Buffer.from(text, "utf16le")
    .swap16()
    .toString("base64")
    .replace(/=+$/, "")
    .replaceAll("/", ",");
}
