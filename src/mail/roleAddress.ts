/**
 * Addresses behind which there is no person: mail systems, list managers and what they call the
 * addresses of a list, and those that say themselves that nobody reads them. Pure.
 */
import { keyOf, localOf } from "./address.ts";

/** Characters of a local part that are looked at. */
const LONGEST = 256;

interface Role {
  /** In words that follow "is". */
  readonly name: string;
  /** Of a local part in lower case. */
  readonly is: RegExp;
}

const roles: readonly Role[] = [
  {
    name: "a mail system",
    is: /^(mail(er)?[-_.]?d[ae][ae]mon|mail[-_.]?delivery([-_.].*)?|post[-_.]?master|uucp|mmdf|nobody|devnull)$|[-_.]daemon$/,
  },
  {
    name: "an address that nobody reads",
    is: /(^|[-_.+=])(no|do[-_.]?not|dont)[-_.]?reply($|[-_.+=\d])|^(no[-_.]?responder|n[ãa]o[-_.]?responda|ne[-_.]?pas[-_.]?repondre|nicht[-_.]?antworten|non[-_.]?rispondere|niet[-_.]?antwoorden)$/,
  },
  {
    name: "an address for bounces",
    is: /(^|[-_.])bounces?($|[+=]|[-_.]?\d|[-_.].*[=\d])|[+=]bounces?($|[-+=\d])|[-_.](errors|return-\d+)($|[-+=])/,
  },
  {
    name: "an address of a list",
    is: /^owner-|-(request|owner|outgoing)$|-owner[+=]/,
  },
  {
    name: "a list manager",
    is: /^(listserv|listproc|lists?erver|majordomo|mailman|sympa|ezmlm|mlmmj)$/,
  },
  {
    name: "an autoresponder",
    is: /^(auto[-_.]?(reply|respon[ds]er?|response|answer|mailer|responses?-.+)|automated-response|vacation)$/,
  },
  {
    name: "a challenge",
    is: /-confirm-[\d.]{9,}|^(spamblocker-challenge|spamhippo|spambush)$/,
  },
];

/** What an address is, in words that follow "is"; undefined: it may be a person's. */
export function roleOf(address: string): string | undefined {
  // RFC 5321 has 64 octets; what is far longer is no address, and the patterns would take their time.
  const local = unwrapped(keyOf(localOf(address).slice(0, LONGEST)));
  return roles.find(({ is }) => is.test(local))?.name;
}

/** The address within one that a forwarder rewrote (SRS) or the sender has signed (BATV). */
function unwrapped(local: string): string {
  const forwarded = /^srs[01][=+-].*=(.+)$/.exec(local)?.[1];
  const signed = /^prvs=[^=]*=(.+)$/.exec(local)?.[1];
  return forwarded ?? signed ?? local;
}
