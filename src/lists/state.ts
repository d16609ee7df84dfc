/**
 * The state of a home: where it lies by the section [state] of its settings, opened once by this
 * process and kept open. What could not be opened is tried again by the next one that asks.
 */
import type { Place } from "../state/local.ts";
import type { Server } from "../state/postgres.ts";
import type { State } from "../state/state.ts";
import type { SiteSettings } from "./schema/site.ts";
import { loadSite, type Site } from "./settings.ts";
import { serverOf } from "./sources/sql/server.ts";

/** Where the state of a home lies. */
export function placeOf({ home, state }: Pick<Site, "home" | "state">): Place {
  return { home, server: serverIn(home, state) };
}

/** The server of the settings; undefined: there is none, the state is a file. */
function serverIn(
  home: string,
  { url, ...settings }: SiteSettings["state"],
): (() => Server) | undefined {
  if (url === undefined) return undefined;
  const place = { home, section: "state" };
  return () => serverOf({ url, ...settings }, place, 5432);
}

/** Throws a Failure where it is missing, of a newer listmill, damaged, or cannot be asked now. */
export function stateOf(home: string): Promise<State> {
  const known = opened.get(home);
  if (known) return known;
  const opening = open(home).catch((error) => {
    opened.delete(home);
    throw error;
  });
  opened.set(home, opening);
  return opening;
}

const opened = new Map<string, Promise<State>>();

async function open(home: string): Promise<State> {
  // Read where it is needed: the packages take a tenth of a second.
  const { openState } = await import("../state/state.ts");
  return openState(placeOf(loadSite(home)));
}
