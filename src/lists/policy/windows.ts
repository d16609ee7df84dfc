/**
 * Things that happened, as rules and hooks count them: posts of a list, of an author. All hosts that
 * share the state count together.
 */
import { stateOf } from "../state.ts";

/** Things that happened, as the state keeps them for sliding windows. */
export interface Windows {
  /** Notes a thing once. @returns how many others of its kind and key there are in the window */
  note(
    kind: string,
    key: string,
    id: string,
    now: number,
    window: number,
  ): Promise<number>;
  /** Notes it where none of its kind and key is noted. @returns the id of the one that is */
  first(
    kind: string,
    key: string,
    id: string,
    now: number,
    window: number,
  ): Promise<string>;
  count(kind: string, key: string, since: number): Promise<number>;
  latest(
    kind: string,
    key: string,
  ): Promise<{ readonly at: number; readonly id: string } | undefined>;
  forget(kind: string, key: string): Promise<void>;
}

/** Those of a home. */
export async function windowsOf(home: string): Promise<Windows> {
  return (await stateOf(home)).windows;
}
