/**
 * The gist of a server's reply: what is the same for all to whom it happens. Addresses, queue ids and
 * numbers become `…`; the reply code and the status code in front stay (RFC 5321 §4.2, RFC 3463).
 * Pure.
 */
import { oneLine } from "../base/log.ts";

/** Characters of a reply that are looked at. */
const LIMIT = 200;

const CODES = /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?(?![\d.])/;
const ADDRESS = /<?[^\s<>@:;,()"']+@[^\s<>@:;,()"']+>?/g;
const VERSION6 =
  /(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?![\w:])/gi;
/** Words with a figure in them; what is joined to a long one with hyphens is a part of the same id. */
const WORD = /[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*/g;
/** Letters from which on a word with a figure in it is an id. */
const ID = 6;

/** @param reply one line or several */
export function gistOf(reply: string): string {
  const text = oneLine(reply, LIMIT).replace(/\s+/g, " ");
  const codes = CODES.exec(text)?.[0] ?? "";
  const rest = text
    .slice(codes.length)
    .replace(ADDRESS, "…")
    .replace(VERSION6, "…")
    .replace(WORD, (word) => (isId(word) ? "…" : word.replace(/\d+/g, "…")))
    .replace(/…(?:[.:/-]?…)+/g, "…");
  return codes + rest;
}

function isId(word: string): boolean {
  return word
    .split("-")
    .some((part) => part.length >= ID && /\d/.test(part) && /\D/.test(part));
}
