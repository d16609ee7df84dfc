/**
 * The envelope of a message out of its trace fields, RFC 5321 §4.4: what the last MTA wrote on top
 * when it delivered into a Maildir. Fields below the first Received are older, and a stranger may
 * have written them, so they say nothing. Pure.
 */
import { canonical, fromLine } from "./address.ts";
import type { Header } from "./header.ts";

export interface TraceEnvelope {
  /** "" is the null sender `<>`; undefined: nothing says who sent it. */
  readonly sender: string | undefined;
  /** Canonical; undefined: nothing says who it is for. */
  readonly recipient: string | undefined;
}

/** Reads Return-Path, and Delivered-To, X-Original-To or Envelope-To, in this order. */
export function traceEnvelope(header: Header): TraceEnvelope {
  const trusted = header.before("Received");
  return { sender: senderOf(trusted), recipient: recipientOf(trusted) };
}

function senderOf(trusted: Header): string | undefined {
  const path = trusted.get("Return-Path");
  if (path === undefined) return undefined;
  return /^<\s*>$/.test(path) ? "" : fromLine(path);
}

function recipientOf(trusted: Header): string | undefined {
  for (const name of ["Delivered-To", "X-Original-To", "Envelope-To"]) {
    const value = trusted.get(name);
    const address = value === undefined ? undefined : canonical(value);
    if (address !== undefined) return address;
  }
  return undefined;
}
