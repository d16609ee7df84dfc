#!/usr/bin/env listmill-hook
// Brings this host's index of the archive up to it, some dozens of posts at a time: so search, threads and
// answers by mail, which go on where this has ended, are quick.
import { withCatalogue } from "../../../src/archive/catalogue.ts";
import type { Ask } from "../../../src/hook.ts";

/** Posts that wait for it. */
const ENOUGH = 50;
/** Milliseconds. */
const WHILE = 20_000;

const waiting = new Map<string, number>();

export default async function index(ask: Ask): Promise<void> {
  const { list, site, trial, signal } = ask;
  if (!list || trial) return;
  const { address } = list;
  const posts = (waiting.get(address) ?? ENOUGH) + 1;
  waiting.set(address, posts > ENOUGH ? 0 : posts);
  if (posts <= ENOUGH) return;
  const end = performance.now() + WHILE;
  const goesOn = () => performance.now() < end && !signal.aborted;
  await withCatalogue(site.home, address, (catalogue) =>
    catalogue.catchUp({ goesOn }),
  );
}
