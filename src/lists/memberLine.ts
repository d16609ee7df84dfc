/**
 * A member on a line: `address`, `Name <address>`, or CSV (RFC 4180, on one line)
 * `address,delivery,name`. Pure.
 */
import { oneLine } from "../base/log.ts";
import { canonical, fromLine } from "../mail/address.ts";
import { type Delivery, deliveries, type Member } from "../state/member.ts";

/** What a line says of a member, or why it cannot be read. */
export type MemberLine =
  | {
      readonly address: string;
      readonly delivery?: Delivery;
      readonly name?: string;
    }
  | { readonly why: string };

/** Most characters of a name that are kept. */
const NAME = 200;

/** Reads a line. An empty delivery or name says nothing. */
export function memberLine(line: string): MemberLine {
  const text = line.trim();
  const plain = canonical(text);
  if (plain !== undefined) return { address: plain };
  const [first = "", second = "", third = "", ...more] = cells(text);
  const address = canonical(first);
  if (address === undefined) return displayed(text);
  if (more.length > 0) return { why: "more than address,delivery,name" };
  const wish = second.trim().toLowerCase();
  const delivery = deliveries.find((known) => known === wish);
  if (wish !== "" && delivery === undefined)
    return { why: `the delivery must be one of ${deliveries.join(", ")}` };
  return { address, ...(delivery && { delivery }), ...named(third) };
}

/** `Name <address>` */
function displayed(text: string): MemberLine {
  const address = text.endsWith(">") ? fromLine(text) : undefined;
  if (address === undefined) return { why: "no usable address" };
  const name = text.slice(0, text.lastIndexOf("<")).trim();
  return { address, ...named(unquoted(name)) };
}

/** The line of a member, which memberLine reads. */
export function csvLine(
  member: Pick<Member, "address" | "delivery" | "name">,
): string {
  return [member.address, member.delivery, member.name].map(cell).join(",");
}

function named(name: string): { name?: string } {
  const clean = oneLine(name, NAME);
  return clean === "" ? {} : { name: clean };
}

function cell(text: string): string {
  return /[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `"Doe, Jane"` as a display name: quoted pairs as RFC 5322 §3.2.4 has them. */
function unquoted(name: string): string {
  const inside = /^"(.*)"$/.exec(name)?.[1];
  return inside === undefined ? name : inside.replace(/\\(.)/g, "$1");
}

/** The cells of a CSV line; a quote inside a cell that does not begin with one is itself. */
function cells(line: string): string[] {
  const found: string[] = [];
  for (let at = 0; at <= line.length; ) {
    let end: number;
    let text = "";
    if (line[at] === '"') {
      end = at + 1;
      for (; end < line.length; end += 1) {
        if (line[end] === '"' && line[end + 1] !== '"') break;
        if (line[end] === '"') end += 1;
        text += line[end];
      }
      const comma = line.indexOf(",", end);
      const next = comma < 0 ? line.length : comma;
      text += line.slice(end + 1, next);
      end = next;
    } else {
      const comma = line.indexOf(",", at);
      end = comma < 0 ? line.length : comma;
      text = line.slice(at, end);
    }
    found.push(text);
    at = end + 1;
  }
  return found;
}
