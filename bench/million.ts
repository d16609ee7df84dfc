/**
 * A home with a list of a million members, made once for all benches that want one.
 */
import { Home } from "./home.ts";

export const MILLION = 1_000_000;

let made: Promise<Home> | undefined;

export function million(): Promise<Home> {
  made ??= Home.make({ members: MILLION });
  return made;
}
